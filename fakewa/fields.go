package fakewa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"wappasim/fakewa/form"
	"wappasim/fakewa/graph"
)

// fields are the parameters of a call that is no message, or of an object among
// them. A field that is null is none.
type fields struct {
	*reading
	path   string // "" or that of the object, with a dot at its end
	values map[string]any
}

// reading is what all fields of one call share: the first refusal.
type reading struct{ refused *graph.Error }

// readFields reads the query and the body, which is a JSON object or a form. Of a
// field in both, the body's counts.
func readFields(r *http.Request, body []byte) fields {
	f := fields{&reading{}, "", make(map[string]any)}
	f.add(r.URL.Query())
	values, ok, err := form.Values(r.Header.Get("Content-Type"), body)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
	case err != nil:
		f.refused = graph.New(100, "The body cannot be %v.", err)
	case ok:
		f.add(values)
	default:
		f.addJSON(body)
	}
	return f
}

func (f fields) add(values url.Values) {
	for name, given := range values {
		f.values[name] = given[len(given)-1]
	}
}

func (f fields) addJSON(body []byte) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		f.refused = graph.New(100, "The body is no JSON: %v.", err)
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		f.refused = graph.New(100, "The body is %s; it must be an object.", form.Kind(value))
	}
	for name, v := range object {
		f.values[name] = v
	}
}

// refuse refuses the call for the value of a field.
func (f fields) refuse(name, why string, args ...any) {
	if f.refused == nil {
		f.refused = graph.New(100, "%s%s %s", f.path, name, fmt.Sprintf(why, args...))
	}
}

// notSimulated refuses fields that the real API has and the fake has not.
func (f fields) notSimulated(names ...string) {
	for _, name := range names {
		if f.has(name) && f.refused == nil {
			f.refused = graph.NotSimulated("the field " + f.path + name)
		}
	}
}

func (f fields) has(name string) bool { return f.values[name] != nil }

// text returns a string; "" if there is none.
func (f fields) text(name string) string {
	text, ok := f.values[name].(string)
	if f.has(name) && !ok {
		f.refuse(name, "is %s; it must be a string.", form.Kind(f.values[name]))
	}
	return text
}

// short is text of at most max characters.
func (f fields) short(name string, max int) string {
	text := f.text(name)
	if n := len(utf16.Encode([]rune(text))); n > max {
		f.refuse(name, "has %d characters; %d are allowed.", n, max)
	}
	return text
}

// need is text that must be there; want says in words what it must be.
func (f fields) need(name, want string) string {
	text := f.text(name)
	if text == "" {
		f.missing(name, want)
	}
	return text
}

func (f fields) missing(name, want string) {
	if f.refused == nil {
		f.refuse(name, "is missing or empty; it must be %s.", want)
		f.refused.Message = "(#100) The parameter " + f.path + name + " is required."
	}
}

// oneOf is need for one of several values.
func (f fields) oneOf(name string, values ...string) string {
	want := fmt.Sprintf("%q", values[0])
	if len(values) > 1 {
		want = "one of " + strings.Join(values, ", ")
	}
	text := f.need(name, want)
	if !slices.Contains(values, text) {
		f.refuse(name, "is %.60q; it must be %s.", text, want)
	}
	return text
}

// product checks the field that says that the call is for WhatsApp.
func (f fields) product() { f.oneOf("messaging_product", "whatsapp") }

// object returns the fields of an object, none if it is missing.
func (f fields) object(name string) fields {
	values, ok := plain(f.values[name]).(map[string]any)
	if f.has(name) && !ok {
		f.refuse(name, "is %s; it must be an object.", form.Kind(f.values[name]))
	}
	return fields{f.reading, f.path + name + ".", values}
}

// list returns an array, none if it is missing.
func (f fields) list(name string) []any {
	list, ok := plain(f.values[name]).([]any)
	if f.has(name) && !ok {
		f.refuse(name, "is %s; it must be an array.", form.Kind(f.values[name]))
	}
	return list
}

// plain decodes an array or object that is written in a string, as in forms.
func plain(value any) any {
	if text, ok := value.(string); ok {
		var decoded any
		if json.Unmarshal([]byte(text), &decoded) == nil {
			return decoded
		}
	}
	return value
}
