package params

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
)

// Fields are the parameters of a call, or the fields of an object among them. A
// field that is null counts as missing. Only the first refusal of a call counts.
type Fields struct {
	refused **graph.Error // shared by all objects of one call
	path    string        // "", or that of the object, with a dot at its end
	values  map[string]any
	keys    *Keys // shared by all objects of one call
	asked   *Object
}

// Of reads values. The keys in known are the API's, whether anybody asks for them or not.
func Of(values map[string]any, known ...string) Fields {
	keys := new(Keys)
	return Fields{new(*graph.Error), "", values, keys, keys.Object("", values, known...)}
}

// in returns an object of the call.
func (f Fields) in(name string, values map[string]any) Fields {
	path := f.path + name
	return Fields{f.refused, path + ".", values, f.keys, f.keys.Object(path, values)}
}

// Know notes keys that the API knows and nobody reads.
func (f Fields) Know(names ...string) {
	for _, name := range names {
		f.asked.Ask(name)
	}
}

// Unknown returns the paths of the keys for which nobody asked.
func (f Fields) Unknown() []string { return f.keys.Unknown() }

// RefuseUnknown refuses the call for the first key for which nobody asked, whatever else
// it was refused for.
func (f Fields) RefuseUnknown() {
	if unknown := f.keys.Refusal("body"); unknown != nil {
		*f.refused = unknown
	}
}

// malformed refuses the call for the shape of a field. says is Meta's message, in which
// %s is the field. That the answers to other calls than those of messages and templates
// have details beside it is [?].
func (f Fields) malformed(name, says, why string, args ...any) {
	if *f.refused == nil {
		f.Refuse(name, why, args...)
		(*f.refused).Message = "(#100) " + fmt.Sprintf(says, Path(f.path+name))
	}
}

// mustBe refuses the call for the JSON type of a field.
func (f Fields) mustBe(name, kind string, value any) {
	f.malformed(name, "Param %s must be "+kind+".", "is %s; it must be %s.", Kind(value), kind)
}

// Read reads the query and the body, which is a JSON object or a form. If both have
// a field, that of the body counts.
func Read(r *http.Request, body []byte) Fields {
	f := Of(make(map[string]any), "access_token", "appsecret_proof")
	f.add(r.URL.Query())
	values, isForm, err := Form(r.Header.Get("Content-Type"), body)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
	case err != nil:
		*f.refused = graph.New(100, "The body cannot be %v.", err)
	case isForm:
		f.add(values)
	default:
		f.addJSON(body)
	}
	return f
}

func (f Fields) add(values url.Values) {
	for name, given := range values {
		f.values[name] = given[len(given)-1]
	}
}

func (f Fields) addJSON(body []byte) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		*f.refused = graph.New(100, "The body cannot be read as JSON: %v.", err)
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		*f.refused = graph.New(100, "The body is %s; it must be an object.", Kind(value))
	}
	for name, v := range object {
		f.values[name] = v
	}
}

// Refused returns why the call is refused, or nil.
func (f Fields) Refused() *graph.Error { return *f.refused }

// Refuse refuses the call for the value of a field. why follows the field's name.
func (f Fields) Refuse(name, why string, args ...any) {
	if *f.refused == nil {
		*f.refused = graph.New(100, "%s%s %s", f.path, name, fmt.Sprintf(why, args...))
	}
}

// NotSimulated refuses fields that the real API has and the fake has not.
func (f Fields) NotSimulated(names ...string) {
	for _, name := range names {
		if f.Has(name) && *f.refused == nil {
			*f.refused = graph.NotSimulated("the field " + f.path + name)
		}
	}
}

// Has reports whether there is such a field.
func (f Fields) Has(name string) bool {
	f.asked.Ask(name)
	return f.values[name] != nil
}

// Any returns a decoded value, also that of JSON in a string; nil: the field is missing.
func (f Fields) Any(name string) any {
	f.asked.Ask(name)
	return decoded(f.values[name])
}

// Text returns a string, or "" if the field is missing.
func (f Fields) Text(name string) string {
	text, ok := f.values[name].(string)
	if f.Has(name) && !ok {
		f.mustBe(name, "a string", f.values[name])
	}
	return text
}

// Integer returns a whole number, which may be in a string, as that of a form is; 0: the
// field is missing.
func (f Fields) Integer(name string) int {
	n, ok := f.Any(name).(float64) // of "7", too
	if f.Has(name) && (!ok || n != math.Trunc(n)) {
		f.mustBe(name, "an integer", f.values[name])
	}
	return int(n)
}

// Short is Text of at most max characters.
func (f Fields) Short(name string, max int) string {
	text := f.Text(name)
	if n := Characters(text); n > max {
		f.Refuse(name, "has %d characters; %d are allowed.", n, max)
	}
	return text
}

// Need is Text of a field that must not be missing or empty. want says what it must
// be, as in "a PIN of 6 digits".
func (f Fields) Need(name, want string) string {
	text := f.Text(name)
	if text == "" {
		f.Missing(name, want)
	}
	return text
}

// Missing refuses the call because a field is missing.
func (f Fields) Missing(name, want string) {
	f.malformed(name, "The parameter %s is required.", "is missing or empty; it must be %s.", want)
}

// OneOf is Need for one of several values.
func (f Fields) OneOf(name string, values ...string) string {
	want := fmt.Sprintf("%q", values[0])
	if len(values) > 1 {
		want = "one of " + strings.Join(values, ", ")
	}
	text := f.Need(name, want)
	if !slices.Contains(values, text) {
		f.Refuse(name, "is %.60q; it must be %s.", text, want)
	}
	return text
}

// Product checks messaging_product, which must be "whatsapp".
func (f Fields) Product() { f.OneOf("messaging_product", "whatsapp") }

// Object returns the fields of an object; it has none if the object is missing.
func (f Fields) Object(name string) Fields {
	values, ok := decoded(f.values[name]).(map[string]any)
	if f.Has(name) && !ok {
		f.mustBe(name, "an object", f.values[name])
	}
	return f.in(name, values)
}

// List returns an array, or nil if the field is missing.
func (f Fields) List(name string) []any {
	list, ok := decoded(f.values[name]).([]any)
	if f.Has(name) && !ok {
		f.mustBe(name, "an array", f.values[name])
	}
	return list
}

// Objects ranges over the objects of an array.
func (f Fields) Objects(name string) iter.Seq[Fields] {
	return func(yield func(Fields) bool) {
		for i, value := range f.List(name) {
			item := fmt.Sprintf("%s[%d]", name, i)
			values, ok := value.(map[string]any)
			if !ok {
				f.mustBe(item, "an object", value)
			}
			if !yield(f.in(item, values)) {
				return
			}
		}
	}
}

// decoded decodes an array or object that a form has as JSON in a string.
func decoded(value any) any {
	if text, ok := value.(string); ok {
		var decoded any
		if json.Unmarshal([]byte(text), &decoded) == nil {
			return decoded
		}
	}
	return value
}
