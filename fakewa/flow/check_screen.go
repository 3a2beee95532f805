package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxScreens is how many screens a flow may have.
const maxScreens = 100

var letters = regexp.MustCompile(`^[A-Za-z_]+$`)

func (c *checker) checkScreens() {
	all := c.root.get("screens")
	if all == nil || all.kind() != "array" {
		return
	}
	switch n := len(all.items); {
	case n == 0:
		c.add("MIN_ITEMS_REQUIRED", all, "screens", "Property 'screens' should have at least '1' item.")
	case n > maxScreens:
		c.add("MAX_SCREENS_NUMBER", all, "screens", "Maximum number of screens allowed per Flow is %d but found %d.", maxScreens, n)
	}
	for i, n := range all.items {
		path := fmt.Sprintf("screens[%d]", i)
		id := n.get("id")
		switch name := id.text(); {
		case name == "":
			continue
		case strings.EqualFold(name, "success"):
			c.add("SCREEN_ID_IS_RESERVED_KEYWORD", id, path+".id", "Screen id cannot be 'success' since it is a reserved keyword.")
		case !letters.MatchString(name):
			c.add("PATTERN_MISMATCH", id, path+".id", "Property 'id' should only consist of alphabets and underscores.")
		case c.screens[name] != nil:
			c.add("DUPLICATE_SCREEN_IDS", id, path+".id", "Duplicate screen id found: %s.", name)
		}
		if c.screens[id.text()] == nil {
			c.screens[id.text()] = n
			c.order = append(c.order, id.text())
		}
	}
	for i, n := range all.items {
		c.checkScreen(n, fmt.Sprintf("screens[%d]", i))
	}
	c.checkTerminal(all)
}

// screenCheck is the check of a screen.
type screenCheck struct {
	*checker
	screen *node
	inputs map[string]string // types of the components that take input, by name
	forms  bool              // there is a form
	outers []key             // components that take input outside of a form, their names
	counts map[string]int    // of components
}

func (c *checker) checkScreen(n *node, path string) {
	if n.kind() != "object" {
		c.add("INVALID_PROPERTY_TYPE", n, path, "Expected property '%s' to be of type object, but found %s.", path, n.kind())
		return
	}
	c.object(n, path, "", screenSchema)
	s := &screenCheck{checker: c, screen: n, inputs: make(map[string]string), counts: make(map[string]int)}
	switch {
	case n.get("success") != nil && !n.get("terminal").is():
		c.add("NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", n.get("success"), path+".success", "Property 'success' can only be specified on a terminal screen.")
	case n.get("refresh_on_back").is() && !c.endpoint:
		c.add("INVALID_PROPERTY_VALUE", n.get("refresh_on_back"), path+".refresh_on_back", "Property 'refresh_on_back' can be true only when property 'data_api_version' is set.")
	}
	if data := n.get("data"); data != nil && data.kind() == "object" {
		for _, k := range data.fields {
			c.checkModel(k, path+".data."+k.name, true)
		}
	}
	layout := n.get("layout")
	if layout == nil || layout.kind() != "object" {
		return
	}
	c.object(layout, path+".layout", "", layoutSchema)
	children := layout.get("children")
	s.collect(children)
	footers := s.children(children, path+".layout.children", false)
	if footers > 1 {
		c.add("MORE_THAN_ONE_FOOTER", children, path+".layout.children", "Maximum number of Footer component allowed per screen is 1.")
	}
	for _, typ := range []string{"EmbeddedLink", "Image", "OptIn"} {
		if most := mostPerScreen[typ]; s.counts[typ] > most {
			code := map[string]string{"EmbeddedLink": "EMBEDDED_LINK", "Image": "IMAGE", "OptIn": "OPT_IN"}[typ]
			c.add("MAX_"+code+"_PER_SCREEN", children, path+".layout.children", "Maximum number of %s allowed per screen is %d but found %d.", typ, most, s.counts[typ])
		}
	}
	if s.forms && len(s.outers) > 0 {
		var names []string
		for _, k := range s.outers {
			names = append(names, k.name)
		}
		code, message := "COMPONENTS_OUTSIDE_FORM", "Components '%s' are not allowed outside Form when Form component is present."
		c.addAt(code, s.outers[0].start, s.outers[0].end, path+".layout.children", message, strings.Join(names, "', '"))
	}
	if n.get("terminal").is() && footers == 0 {
		c.add("MISSING_FOOTER_ON_TERMINAL_SCREEN", n, path, "Footer component is missing on terminal screens: %s.", n.get("id").text())
	}
	s.checkReferences(layout, path+".layout")
}

// checkTerminal looks for a screen on which the flow can end.
func (c *checker) checkTerminal(all *node) {
	var terminal []*node
	for _, n := range all.items {
		if n.get("terminal").is() {
			terminal = append(terminal, n)
		}
	}
	switch {
	case len(all.items) == 0:
	case terminal == nil:
		c.add("MISSING_TERMINAL_SCREEN", all, "screens", "Terminal screen is required but not provided.")
	case !slices.ContainsFunc(terminal, func(n *node) bool { return n.get("success") == nil || n.get("success").is() }):
		c.add("INVALID_PROPERTY_VALUE", all, "screens", "At least one terminal screen must have property 'success' set as true.")
	}
}

var modelTypes = []string{"string", "number", "boolean", "object", "array"}

// checkModel checks the schema of a value of a screen's data.
func (c *checker) checkModel(k key, path string, top bool) {
	n := k.value
	if n.kind() != "object" {
		c.add("INVALID_SCREEN_DATA", n, path, "Missing the definition of property 'type'.")
		return
	}
	typ, example := n.get("type"), n.get("__example__")
	switch {
	case typ == nil:
		c.add("INVALID_SCREEN_DATA", n, path, "Missing the definition of property 'type'.")
		return
	case typ.kind() != "string":
		c.add("INVALID_SCREEN_DATA", typ, path+".type", "Expected the property 'type' to be of type string.")
		return
	case !slices.Contains(modelTypes, typ.text()):
		c.add("INVALID_ENUM_VALUE", typ, path+".type", "Value should be one of: [%s].", strings.Join(modelTypes, ", "))
	case example != nil && !top:
		c.add("INVALID_SCREEN_DATA", example, path, "Property '__example__' is allowed only as a top level property of data model. Invalid entry: '%s'.", path)
	case example != nil && example.kind() != typ.text():
		c.add("INVALID_SCREEN_DATA", example, path+".__example__", "Invalid data model schema. Expected property '__example__' to be of type %s, but found %s.", typ.text(), example.kind())
	}
	switch items, properties := n.get("items"), n.get("properties"); {
	case typ.text() == "array" && items == nil:
		c.add("INVALID_SCREEN_DATA", n, path, "Missing the schema for property 'items' in array.")
	case typ.text() == "array" && items.kind() != "boolean" && items.kind() != "object":
		c.add("INVALID_SCREEN_DATA", items, path+".items", "Expected the property 'items' to be of type boolean or object.")
	case typ.text() == "array" && items.kind() == "object":
		c.checkModel(key{"items", items.start, items.end, items}, path+".items", false)
	case typ.text() == "object" && properties != nil:
		for _, inner := range properties.fields {
			c.checkModel(inner, path+".properties."+inner.name, false)
		}
	}
}
