package flow

import (
	"fmt"
	"slices"
	"strings"
)

// route is a way from one screen to another by a navigate action.
type route struct {
	from, to string
	at       *node
	path     string
}

// actionsOf are the actions of each property, but for a footer's: only that one ends the flow.
var actionsOf = map[string][]string{
	"on-click-action":    {"data_exchange", "navigate", "open_url"},
	"on-select-action":   {"data_exchange", "update_data"},
	"on-unselect-action": {"update_data"},
}

func (s *screenCheck) action(n *node, path, component, property string) {
	s.object(n, path, "", actionSchema)
	name := n.get("name").text()
	allowed := actionsOf[property]
	if component == "Footer" {
		allowed = []string{"data_exchange", "navigate", "complete", "open_url", "update_data"}
	}
	switch {
	case slices.Contains(actionSchema["name"].values, name) && !slices.Contains(allowed, name):
		s.add("INVALID_ENUM_VALUE", n.get("name"), path+".name", "Value should be one of: [%s].", strings.Join(allowed, ", "))
	case name == "complete" && !s.screen.get("terminal").is():
		s.add("INVALID_COMPLETE_ACTION", n, path, "On-click-action 'complete' can only be configured on a terminal screen.")
	case name == "data_exchange" && !s.endpoint:
		s.add("MISSING_REQUIRED_PROPERTY", n, path, "The property 'data_api_version' is required for data_exchange action.")
	case name == "navigate":
		s.navigate(n, path)
	}
}

func (s *screenCheck) navigate(n *node, path string) {
	next := n.get("next")
	if next == nil || next.kind() != "object" {
		s.add("MISSING_REQUIRED_TYPE_PROPERTY", n, path, "Required property 'next' is missing.")
		return
	}
	s.object(next, path+".next", "", nextSchema)
	to, from := next.get("name"), s.screen.get("id").text()
	target := s.screens[to.text()]
	switch {
	case to.text() == "" || next.get("type").text() == "plugin":
		return
	case to.text() == from:
		s.add("INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", to, path+".next.name", "Same screen navigation is not allowed. Loop detected at [%s].", from)
		return
	case target == nil:
		s.add("INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", to, path+".next.name", "Unknown screen ids found: [%s].", to.text())
		return
	}
	s.routes = append(s.routes, route{from, to.text(), n, path})
	s.handedOver(n, target, path)
}

// handedOver compares what an action hands over with what the next screen's data are.
func (s *screenCheck) handedOver(n, target *node, path string) {
	payload, model := n.get("payload"), target.get("data")
	const code = "INVALID_NAVIGATE_ACTION_PAYLOAD"
	var extra, missing []string
	if payload != nil {
		for _, k := range payload.fields {
			schema := model.get(k.name)
			if schema == nil {
				extra = append(extra, k.name)
				continue
			}
			want, got := schema.get("type").text(), s.typeOf(k.value)
			switch text := k.value.text(); {
			case want == "" || got == "" || want == got:
			case isExpression(text):
				s.add(code, k.value, path+".payload."+k.name, "Schema of dynamic data '%s' is not matching schema of data model field '%s' on screen '%s'. Property is expecting '%s' but got '%s'.", text, k.name, target.get("id").text(), want, got)
			default:
				s.add(code, k.value, path+".payload."+k.name, "Schema of payload data at '%s' on screen '%s' is not matching with schema of data model field on screen '%s'. Property is expecting '%s' but got '%s'.", k.name, s.screen.get("id").text(), target.get("id").text(), want, got)
			}
		}
	}
	if model != nil {
		for _, k := range model.fields {
			if payload.get(k.name) == nil {
				missing = append(missing, k.name)
			}
		}
	}
	switch {
	case extra != nil && model == nil:
		s.add(code, n, path, "No data model is defined in the next screen '%s'.", target.get("id").text())
	case extra != nil:
		s.add(code, payload, path+".payload", "Following fields are missing in the next screen's data model: [%s].", strings.Join(extra, ", "))
	case missing != nil:
		s.add(code, n, path, "Following fields are expected in the next screen's data model but missing in payload: [%s].", strings.Join(missing, ", "))
	}
}

// typeOf returns the type of a value in a payload, or "" if nothing is known of it.
func (s *screenCheck) typeOf(n *node) string {
	m := reference.FindStringSubmatch(n.text())
	if m == nil || m[0] != n.text() {
		if isExpression(n.text()) {
			return ""
		}
		return n.kind()
	}
	root, name, _ := strings.Cut(m[1], ".")
	switch root {
	case "data":
		return modelAt(s.screen.get("data"), name).get("type").text()
	case "form":
		return inputType(s.inputs[name])
	}
	return ""
}

// inputType is the type of what people fill in.
func inputType(component string) string {
	switch component {
	case "OptIn":
		return "boolean"
	case "CheckboxGroup", "ChipsSelector", "PhotoPicker", "DocumentPicker":
		return "array"
	case "CalendarPicker", "": // depends on its mode
		return ""
	}
	return "string"
}

// modelAt returns the schema of a value in a screen's data, like a or a.b, or nil.
func modelAt(model *node, name string) *node {
	first, rest, deeper := strings.Cut(name, ".")
	found := model.get(first)
	if found == nil || !deeper {
		return found
	}
	return modelAt(found.get("properties"), rest)
}

// checkReferences checks that what texts refer to is there.
func (s *screenCheck) checkReferences(n *node, path string) {
	for i, item := range n.items {
		s.checkReferences(item, fmt.Sprintf("%s[%d]", path, i))
	}
	for _, k := range n.fields {
		s.checkReferences(k.value, join(path, k.name))
	}
	for _, m := range reference.FindAllStringSubmatch(n.text(), -1) {
		s.checkReference(n, path, m[1])
	}
}

func (s *screenCheck) checkReference(n *node, path, name string) {
	inAction := strings.Contains(path, "-action.payload")
	id := s.screen.get("id").text()
	root, rest, _ := strings.Cut(name, ".")
	switch {
	case root == "data" && modelAt(s.screen.get("data"), rest) == nil && inAction:
		s.add("INVALID_ON_CLICK_ACTION_PAYLOAD", n, path, "Missing dynamic data '${%s}' in the data model for screen %s.", name, id)
	case root == "data" && modelAt(s.screen.get("data"), rest) == nil:
		s.add("INVALID_SCREEN_DYNAMIC_DATA", n, path, "Missing dynamic data '${%s}' in the screen data model.", name)
	case root == "form" && s.inputs[strings.Split(rest, ".")[0]] == "":
		s.add("INVALID_ON_CLICK_ACTION_PAYLOAD", n, path, "Missing Form component ${%s} for screen '%s'.", name, id)
	case root == "screen":
		s.checkGlobal(n, path, name, rest)
	case root != "data" && root != "form":
		s.add("INVALID_SCREEN_DYNAMIC_DATA", n, path, "Invalid operand format '${%s}' found.", name)
	}
}

// checkGlobal checks a reference to another screen: ID.data.name or ID.form.name.
func (s *screenCheck) checkGlobal(n *node, path, name, rest string) {
	on, rest, _ := strings.Cut(rest, ".")
	part, field, _ := strings.Cut(rest, ".")
	target := s.screens[on]
	inputs := make(map[string]string)
	if target != nil {
		(&screenCheck{inputs: inputs}).collect(target.get("layout").get("children"))
	}
	there := part == "data" && target != nil && modelAt(target.get("data"), field) != nil || part == "form" && inputs[strings.Split(field, ".")[0]] != ""
	if !there {
		s.add("INVALID_SCREEN_DATA", n, path, "Global Dynamic data '${%s}' on screen %s does not exist, but is used on screen %s.", name, on, s.screen.get("id").text())
	}
}
