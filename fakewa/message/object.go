package message

import (
	"fmt"
	"math"
	"net/url"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// unlimited is for values to which Meta documents no limit.
const unlimited = math.MaxInt

// parsing is shared by all objects of one body. A body is looked at in Meta's order: first
// its shape, then its meaning. The readers go on after a refusal, with zero values for what
// was refused: a key that the API does not know counts before all others, and is only known
// when everything was read.
type parsing struct {
	rules     Rules
	message   *Message
	keys      params.Keys
	facts     *facts       // nil: nobody wants them
	malformed *graph.Error // the shape: code 100
	refused   *graph.Error // the meaning: the codes above 131000
}

// object is a JSON object in the body.
type object struct {
	*parsing
	path   string // for refusals, as in "interactive.header"; "" is the body itself
	fields map[string]any
	asked  *params.Object
}

// in returns an object of the body. The keys in known are the API's, whether anybody asks
// for them or not: an object may be of several kinds.
func (p *parsing) in(path string, fields map[string]any, known ...string) object {
	return object{p, path, fields, p.keys.Object(path, fields, known...)}
}

// at returns the path of a field.
func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// reason is the fake's own reason to refuse a field. why follows the field's path.
func (o object) reason(name, why string, args ...any) string {
	return o.at(name) + " " + fmt.Sprintf(why, args...)
}

// misshapen refuses the body for the shape of a field. says is Meta's message, in which %s
// is the field.
func (o object) misshapen(says, name, why string, args ...any) {
	if o.malformed == nil {
		o.malformed = graph.Param(fmt.Sprintf(says, params.Path(o.at(name))), "%s", o.reason(name, why, args...))
	}
}

// refuse refuses the body for what a field means.
func (o object) refuse(code int, name, why string, args ...any) {
	o.refuseAs(graph.New(code, "%s", o.reason(name, why, args...)))
}

// refuseAs is refuse with an error.
func (o object) refuseAs(refused *graph.Error) {
	if o.malformed == nil && o.refused == nil {
		o.refused = refused
	}
}

// has reports whether there is a field. A field that is null counts as missing.
func (o object) has(name string) bool {
	o.note(name, nil, func(f *fact) { f.optional = true })
	return o.present(name)
}

// present is has for a field that is about to be read.
func (o object) present(name string) bool {
	o.asked.Ask(name)
	return o.fields[name] != nil
}

// get returns a field that may be missing. ok is false if it is missing or refused.
func get[T any](o object, name string) (value T, ok bool) {
	o.note(name, value, nil)
	if !o.present(name) {
		return value, false
	}
	if value, ok = o.fields[name].(T); !ok {
		o.mustBe(params.Kind(any(value)), name)
	}
	return value, ok
}

// mustBe refuses a field of the wrong JSON type [restfb/restfb#1268].
func (o object) mustBe(kind, name string) {
	o.misshapen("Param %s must be "+kind+".", name, "is %s; it must be %s.", params.Kind(o.fields[name]), kind)
}

// need is get for a field that must not be missing.
func need[T any](o object, name string) (T, bool) {
	value, ok := get[T](o, name)
	o.note(name, value, func(f *fact) { f.required = true })
	if !ok {
		o.missing(name, "is missing; it must be %s.", params.Kind(any(value)))
	}
	return value, ok
}

// missing refuses the body because it has no such field [shridarpatil/frappe_whatsapp#54].
func (o object) missing(name, why string, args ...any) {
	o.misshapen("The parameter %s is required.", name, why, args...)
}

// object returns an object that must not be missing.
func (o object) object(name string, known ...string) object {
	fields, _ := need[map[string]any](o, name)
	return o.in(o.at(name), fields, known...)
}

// open checks an object of which not all keys are known.
func (o object) open(name string) { o.object(name).asked.Open() }

// items returns the objects of an array, which must have min to max of them.
func (o object) items(name string, min, max int, known ...string) []object {
	values, ok := need[[]any](o, name)
	o.note(name, values, func(f *fact) { f.min, f.max = min, max })
	if n := len(values); ok && (n < min || n > max) {
		o.wrongCount(name, n, min, max)
	}
	items := make([]object, len(values))
	for i, value := range values {
		fields, ok := value.(map[string]any)
		item := fmt.Sprintf("%s[%d]", name, i)
		if !ok {
			o.misshapen("Param %s must be an object.", item, "is %s; it must be an object.", params.Kind(value))
		}
		items[i] = o.in(o.at(item), fields, known...)
	}
	return items
}

// optionalItems is items for an array that may be missing or have any length.
func (o object) optionalItems(name string, known ...string) []object {
	if !o.has(name) {
		return nil
	}
	return o.items(name, 0, unlimited, known...)
}

// text returns a string of 1 to max characters.
func (o object) text(name string, max int) string {
	s, ok := need[string](o, name)
	o.note(name, s, func(f *fact) { f.min, f.max = 1, max })
	if ok {
		o.checkLength(name, s, 1, max)
	}
	return s
}

// optionalText returns a string of at most max characters; "" if it is missing.
func (o object) optionalText(name string, max int) string {
	s, _ := get[string](o, name)
	o.note(name, s, func(f *fact) { f.max = max })
	o.checkLength(name, s, 0, max)
	return s
}

// trimmed is text that must not have spaces at its beginning or end.
func (o object) trimmed(name string, max int) string {
	s := o.text(name, max)
	if s != strings.TrimSpace(s) {
		o.refuse(131009, name, "is %.60q; spaces at its beginning or end are not allowed.", s) // [?]
	}
	return s
}

// url returns a string, which must be an http or https URL [n8n-io/n8n's node].
func (o object) url(name string) string {
	s, ok := need[string](o, name)
	if u, err := url.Parse(s); ok && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		o.misshapen("Param %s is not a valid URI.", name, "is %.60q; it must be an http or https URL.", s)
	}
	return s
}

// flag checks a boolean that may be missing.
func (o object) flag(name string) { get[bool](o, name) }

// oneOf returns the name of the field that is there. Exactly one of the two must be.
func (o object) oneOf(a, b string) string {
	switch hasA, hasB := o.has(a), o.has(b); {
	case hasA && hasB:
		o.refuse(131009, b, "is set, and so is %s; only one of them is allowed.", o.at(a)) // [?]
	case hasB:
		return b
	case !hasA:
		o.missing(a, "is missing, and so is %s; one of them is required.", o.at(b))
	}
	return a
}

// without refuses a field that the API knows and does not allow here [?].
func (o object) without(name string) {
	o.note(name, nil, func(f *fact) { f.barred = true })
	if o.has(name) {
		o.refuse(131009, name, "is set; it is not allowed here.")
	}
}

// unique holds the values of a field that must differ from object to object.
type unique map[string]bool

func (u unique) add(o object, name, value string) {
	if u[value] {
		o.refuse(131009, name, "is %.60q, which an earlier one has too; it must be unique.", value) // [?]
	}
	u[value] = true
}
