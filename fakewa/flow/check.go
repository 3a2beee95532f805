package flow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// maxProblems is how many problems of a definition are told [?]: each takes time.
const maxProblems = 500

// Check returns what is wrong with a definition, in the order of the text as far as a check
// looks at one place only, and at most 500 problems. It looks for most of what Meta's list of static validation errors
// has; the package comment says what it leaves out.
func Check(definition []byte) []Problem {
	c := &checker{text: definition, screens: make(map[string]*node)}
	root, err := readNodes(definition)
	if err != nil {
		c.add("INVALID_FLOW_JSON", &node{start: 0, end: len(definition)}, "$root", "Flow JSON is not valid.")
		return c.problems
	}
	c.root = root
	if root.kind() != "object" {
		c.add("INVALID_PROPERTY_TYPE", root, "$root", "Expected property $root to be of type object, but found %s.", root.kind())
		return c.problems
	}
	c.checkVersion()
	c.object(root, "", "", rootSchema)
	c.checkScreens()
	c.checkRouting()
	return c.problems
}

// checker is a check under way.
type checker struct {
	text     []byte
	root     *node
	version  string
	endpoint bool             // the definition has data_api_version
	screens  map[string]*node // by id
	order    []string         // of the ids
	routes   []route          // of the navigate actions
	problems []Problem
}

// add adds a problem at a value.
func (c *checker) add(code string, at *node, path, message string, args ...any) {
	c.addAt(code, at.start, at.end, path, message, args...)
}

func (c *checker) addAt(code string, start, end int, path, message string, args ...any) {
	if len(c.problems) == maxProblems {
		return
	}
	p := place(c.text, start, end)
	c.problems = append(c.problems, Problem{code, "FLOW_JSON_ERROR", fmt.Sprintf(message, args...), p, []Pointer{{p, path}}})
}

var wellFormed = regexp.MustCompile(`^\d+\.\d+$`)

func (c *checker) checkVersion() {
	c.endpoint = c.root.get("data_api_version") != nil
	c.version = versions[len(versions)-1]
	switch v := c.root.get("version"); {
	case v == nil:
		c.add("MISSING_FLOW_JSON_VERSION", c.root, "$root", "Flow JSON version is not specified.")
	case !wellFormed.MatchString(v.text()) || !slices.Contains(versions, v.text()):
		c.add("INVALID_FLOW_JSON_VERSION", v, "version", "Invalid Flow JSON version.")
	default:
		c.version = v.text()
	}
	if v := c.root.get("data_api_version"); v != nil && v.value != "3.0" && (v.value != "4.0" || before(c.version, "7.3")) {
		c.add("NO_SUPPORTED_DATA_API_VERSION", v, "data_api_version", "No supported Data API version found for given Flow JSON version.")
	}
	if k := c.root.key("data_channel_uri"); k != nil && !before(c.version, "3.0") {
		c.addAt("INVALID_PROPERTY_KEY", k.start, k.end, "data_channel_uri", "Property 'data_channel_uri' cannot be specified from version 3.0 on: the endpoint is set with the Flows API.")
	}
}

// object checks the keys of an object and the JSON types of their values. The type names the
// component that it is, or is "".
func (c *checker) object(n *node, path, typ string, s schema) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		missing := s[name].required && n.get(name) == nil
		if missing && !(path == "" && name == "version") {
			c.add("MISSING_REQUIRED_TYPE_PROPERTY", n, shown(path), "Required property '%s' is missing.", name)
		}
	}
	for _, k := range n.fields {
		p, known := s[k.name]
		switch {
		case k.name == "type" && typ != "":
		case !known && typ != "":
			c.addAt("INVALID_PROPERTY_KEY", k.start, k.end, join(path, k.name), "Property '%s' cannot be specified at '%s' on '%s'.", k.name, typ, shown(path))
		case !known:
			c.addAt("INVALID_PROPERTY_KEY", k.start, k.end, join(path, k.name), "Property '%s' cannot be specified at '%s'.", k.name, shown(path))
		default:
			c.value(k, join(path, k.name), p)
		}
	}
}

// value checks the value of a property.
func (c *checker) value(k key, path string, p property) {
	v := k.value
	switch {
	case isExpression(v.text()) && !slices.Contains(fixed, k.name):
	case !slices.Contains(p.types, v.kind()):
		c.add("INVALID_PROPERTY_TYPE", v, path, "Expected property '%s' to be of type %s, but found %s.", path, strings.Join(p.types, " or "), v.kind())
	case p.values != nil && !slices.Contains(p.values, v.text()) && k.name == "type":
		c.add("INVALID_PROPERTY_VALUE", v, path, "Invalid value found for property '%s' at '%s'.", k.name, path)
	case p.values != nil && !slices.Contains(p.values, v.text()):
		c.add("INVALID_ENUM_VALUE", v, path, "Value should be one of: [%s].", strings.Join(p.values, ", "))
	case v.kind() == "string" && strings.TrimSpace(v.text()) == "" && p.required:
		c.add("PATTERN_MISMATCH", v, path, "Property '%s' should not be blank or empty string.", k.name)
	}
}

// isExpression tells whether a string stands for data: it refers to some, or is a computation
// between backticks.
func isExpression(text string) bool {
	return strings.Contains(text, "${") || len(text) > 1 && text[0] == '`' && text[len(text)-1] == '`'
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func shown(path string) string {
	if path == "" {
		return "$root"
	}
	return path
}
