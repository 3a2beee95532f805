package flow

import (
	"fmt"
)

// collect notes the names of all components that take input, in all branches.
func (s *screenCheck) collect(children *node) {
	if children == nil {
		return
	}
	for _, n := range children.items {
		typ, name := n.get("type").text(), n.get("name")
		if takesInput(typ) && name.text() != "" {
			s.inputs[name.text()] = typ
		}
		for _, branch := range branches(n) {
			s.collect(branch)
		}
	}
}

// branches returns the lists of components in a component.
func branches(n *node) (all []*node) {
	switch n.get("type").text() {
	case "Form":
		all = []*node{n.get("children")}
	case "If":
		all = []*node{n.get("then"), n.get("else")}
	case "Switch":
		if cases := n.get("cases"); cases != nil {
			for _, k := range cases.fields {
				all = append(all, k.value)
			}
		}
	}
	return all
}

// children checks components, and returns how many footers people see at most at once.
func (s *screenCheck) children(list *node, path string, inForm bool) (footers int) {
	if list == nil {
		return 0
	}
	names := make(map[string]bool)
	for i, n := range list.items {
		at := fmt.Sprintf("%s[%d]", path, i)
		typ := n.get("type")
		known, ok := components[typ.text()]
		switch {
		case n.kind() != "object":
			s.add("INVALID_PROPERTY_TYPE", n, at, "Expected property '%s' to be of type object, but found %s.", at, n.kind())
			continue
		case typ == nil:
			s.add("MISSING_REQUIRED_TYPE_PROPERTY", n, at, "Required property 'type' is missing.")
			continue
		case !ok || since[typ.text()] != "" && before(s.version, since[typ.text()]):
			s.add("INVALID_PROPERTY_VALUE", typ, at+".type", "Invalid value found for property 'type' at '%s'.", at)
			continue
		}
		s.object(n, at, typ.text(), known)
		s.counts[typ.text()]++
		footers += s.component(n, typ.text(), at, inForm)
		if name := n.get("name"); takesInput(typ.text()) && name.text() != "" {
			if names[name.text()] {
				s.add("DUPLICATE_FORM_COMPONENT_NAMES", name, at+".name", "Duplicate name found for Form components: %s.", name.text())
			}
			names[name.text()] = true
		}
	}
	return footers
}

// component checks what the schema of a component does not say.
func (s *screenCheck) component(n *node, typ, at string, inForm bool) (footers int) {
	if takesInput(typ) && !inForm {
		s.outers = append(s.outers, key{typ, n.start, n.end, n})
		if before(s.version, "4.0") {
			s.add("KEYWORD_ONE_OF", n, at, "Property '%s' must be defined inside parent property 'Form'.", typ)
		}
	}
	for _, name := range []string{"on-click-action", "on-select-action", "on-unselect-action"} {
		if action := n.get(name); action != nil && action.kind() == "object" {
			s.action(action, at+"."+name, typ, name)
		}
	}
	s.ordered(n, typ, at)
	switch typ {
	case "Footer":
		s.captions(n, at)
		return 1
	case "Form":
		s.forms = true
		return s.children(n.get("children"), at+".children", true)
	case "If":
		return s.ifElse(n, at, inForm)
	case "Switch":
		return s.cases(n, at, inForm)
	}
	if source := n.get("data-source"); source != nil && source.kind() == "array" {
		s.options(source, at+".data-source")
	}
	return 0
}

func (s *screenCheck) ifElse(n *node, at string, inForm bool) int {
	then, otherwise := n.get("then"), n.get("else")
	if then != nil && then.kind() == "array" && len(then.items) == 0 {
		s.add("INVALID_PROPERTY_VALUE", then, at+".then", "Expected array to contain at least one component.")
	}
	if condition := n.get("condition"); condition.text() != "" {
		if _, err := parseExpression(condition.text()); err != nil {
			s.add("INVALID_PROPERTY_VALUE", condition, at+".condition", "%s", err)
		}
	}
	a, b := s.children(then, at+".then", inForm), s.children(otherwise, at+".else", inForm)
	switch {
	case a > 0 && otherwise == nil:
		s.add("MISSING_FOOTER_IN_IF_ELSE_BRANCHES", n, at, "Missing Footer inside one of the 'If' component branches. Branch 'else' should exist and contain one Footer.")
	case (a > 0) != (b > 0):
		s.add("MISSING_FOOTER_IN_IF_ELSE_BRANCHES", n, at, "Footer component must be present in all branches of 'If' component if it exists in any one branch.")
	}
	return max(a, b)
}

func (s *screenCheck) cases(n *node, at string, inForm bool) (footers int) {
	cases := n.get("cases")
	if cases == nil {
		return 0
	}
	with := 0
	for _, k := range cases.fields {
		found := s.children(k.value, at+".cases."+k.name, inForm)
		footers = max(footers, found)
		with += min(found, 1)
	}
	if with > 0 && with < len(cases.fields) {
		s.add("MISSING_FOOTER_IN_SWITCH_BRANCHES", n, at, "Footer component must be present in all switch cases if it exists in one of the cases.")
	}
	return footers
}

// options checks a list of options. Their ids differ [?]: a flow with equal ones cannot be
// filled in.
func (s *screenCheck) options(source *node, at string) {
	if len(source.items) == 0 {
		s.add("MIN_ITEMS_REQUIRED", source, at, "Property 'data-source' should have at least '1' item.")
	}
	for i, option := range source.items {
		path := fmt.Sprintf("%s[%d]", at, i)
		if option.kind() != "object" {
			s.add("INVALID_PROPERTY_TYPE", option, path, "Expected property '%s' to be of type object, but found %s.", path, option.kind())
			continue
		}
		s.object(option, path, "", optionSchema)
	}
}

func (s *screenCheck) captions(n *node, at string) {
	left, center, right := n.key("left-caption"), n.key("center-caption"), n.key("right-caption")
	for _, pair := range [][2]*key{{left, right}, {right, left}} {
		if pair[0] != nil && pair[1] == nil {
			other := map[string]string{"left-caption": "right-caption", "right-caption": "left-caption"}[pair[0].name]
			s.addAt("INVALID_DEPENDENCIES", pair[0].start, pair[0].end, at, "Footer should have property %s when property %s is present.", other, pair[0].name)
		}
	}
	if center != nil && (left != nil || right != nil) {
		s.addAt("NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", center.start, center.end, at, "Properties 'center-caption' and [left-caption, right-caption] must be present exclusively at Footer.")
	}
}

// ordered checks that the least is not more than the most.
func (s *screenCheck) ordered(n *node, typ, at string) {
	for _, pair := range [][2]string{
		{"min-chars", "max-chars"}, {"min-selected-items", "max-selected-items"}, {"min-days", "max-days"},
		{"min-uploaded-photos", "max-uploaded-photos"}, {"min-uploaded-documents", "max-uploaded-documents"},
	} {
		least, most := n.get(pair[0]), n.get(pair[1])
		if least == nil || most == nil {
			continue
		}
		a, numbers := least.value.(float64)
		b, both := most.value.(float64)
		if numbers && both && a > b {
			s.add("MIN_VALUE_GREATER_THAN_MAX", least, at+"."+pair[0], "%s cannot be greater than %s for %s %s.", pair[0], pair[1], typ, n.get("name").text())
		}
	}
}
