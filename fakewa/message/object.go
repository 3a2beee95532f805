package message

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// unlimited is for values to which Meta documents no limit.
const unlimited = math.MaxInt

// parsing is shared by all objects of one body. After the first refusal, all methods
// of object return zero values.
type parsing struct {
	rules   Rules
	message *Message
	refused *graph.Error
}

// object is a JSON object in the body.
type object struct {
	*parsing
	path   string // for refusals, as in "interactive.header"; "" is the body itself
	fields map[string]any
}

// at returns the path of a field.
func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// refuse refuses the body for the value of a field. why follows the field's path.
func (o object) refuse(code int, name, why string, args ...any) {
	if o.refused == nil {
		o.refused = graph.New(code, "%s %s", o.at(name), fmt.Sprintf(why, args...))
	}
}

// has reports whether there is a field. A field that is null counts as missing.
func (o object) has(name string) bool { return o.refused == nil && o.fields[name] != nil }

// get returns a field that may be missing. ok is false if it is missing or refused.
func get[T any](o object, name string) (value T, ok bool) {
	if !o.has(name) {
		return value, false
	}
	if value, ok = o.fields[name].(T); !ok {
		o.refuse(100, name, "is %s; it must be %s.", params.Kind(o.fields[name]), params.Kind(any(value)))
	}
	return value, ok
}

// need is get for a field that must not be missing.
func need[T any](o object, name string) (T, bool) {
	value, ok := get[T](o, name)
	if !ok {
		o.refuse(131008, name, "is missing; it must be %s.", params.Kind(any(value)))
	}
	return value, ok
}

// object returns an object that must not be missing.
func (o object) object(name string) object {
	fields, _ := need[map[string]any](o, name)
	return object{o.parsing, o.at(name), fields}
}

// items returns the objects of an array, which must have min to max of them.
func (o object) items(name string, min, max int) []object {
	values, ok := need[[]any](o, name)
	if ok && len(values) < min {
		o.refuse(131009, name, "has %d items; it must have at least %d.", len(values), min)
	}
	if len(values) > max {
		o.refuse(131009, name, "has %d items; %d are allowed.", len(values), max)
	}
	if o.refused != nil {
		return nil
	}
	items := make([]object, len(values))
	for i, value := range values {
		fields, ok := value.(map[string]any)
		item := fmt.Sprintf("%s[%d]", name, i)
		if !ok {
			o.refuse(100, item, "is %s; it must be an object.", params.Kind(value))
		}
		items[i] = object{o.parsing, o.at(item), fields}
	}
	return items
}

// optionalItems is items for an array that may be missing or have any length.
func (o object) optionalItems(name string) []object {
	if !o.has(name) {
		return nil
	}
	return o.items(name, 0, unlimited)
}

// text returns a string of 1 to max characters.
func (o object) text(name string, max int) string {
	if s, ok := need[string](o, name); ok && s == "" {
		o.refuse(131008, name, "is empty; it must have at least 1 character.")
	}
	return o.optionalText(name, max)
}

// optionalText returns a string of at most max characters; "" if it is missing.
func (o object) optionalText(name string, max int) string {
	s, _ := get[string](o, name)
	if n := params.Characters(s); n > max {
		o.refuse(131009, name, "has %d characters; %d are allowed.", n, max)
	}
	return s
}

// trimmed is text that must not have spaces at its beginning or end.
func (o object) trimmed(name string, max int) string {
	s := o.text(name, max)
	if s != strings.TrimSpace(s) {
		o.refuse(131009, name, "is %.60q; spaces at its beginning or end are not allowed.", s)
	}
	return s
}

// enum returns a string, which must be one of allowed.
func (o object) enum(name string, allowed ...string) string {
	s := o.text(name, unlimited)
	if !slices.Contains(allowed, s) {
		o.refuse(131009, name, "is %.60q; it must be %s.", s, anyOf(allowed...))
	}
	return s
}

// optionalEnum is enum for a string that may be missing.
func (o object) optionalEnum(name string, allowed ...string) {
	if o.has(name) {
		o.enum(name, allowed...)
	}
}

// anyOf writes names in quotes, with "or" before the last.
func anyOf(names ...string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	return b.String()
}

// url returns a string, which must be an http or https URL.
func (o object) url(name string) string {
	s := o.text(name, unlimited)
	if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		o.refuse(131009, name, "is %.60q; it must be an http or https URL.", s)
	}
	return s
}

// flag checks a boolean that may be missing.
func (o object) flag(name string) { get[bool](o, name) }

// number returns a number, which must be from min to max. It may be in quotes, as
// some are in Meta's examples.
func (o object) number(name string, min, max float64) float64 {
	if !o.has(name) {
		o.refuse(131008, name, "is missing; it must be a number.")
		return 0
	}
	var n float64
	switch value := o.fields[name].(type) {
	case float64:
		n = value
	case string:
		var err error
		if n, err = strconv.ParseFloat(value, 64); err != nil {
			o.refuse(131009, name, "is %.60q; it must be a number.", value)
		}
	default:
		o.refuse(100, name, "is %s; it must be a number.", params.Kind(value))
	}
	if !(min <= n && n <= max) { // NaN is not
		o.refuse(131009, name, "is %v; it must be from %v to %v.", n, min, max)
	}
	return n
}

// integer is number for whole numbers.
func (o object) integer(name string, min, max float64) int {
	n := o.number(name, min, max)
	if n != math.Trunc(n) {
		o.refuse(131009, name, "is %v; it must be a whole number.", n)
	}
	return int(n)
}

// oneOf returns the name of the field that is there. Exactly one of the two must be.
func (o object) oneOf(a, b string) string {
	switch hasA, hasB := o.has(a), o.has(b); {
	case hasA && hasB:
		o.refuse(131009, b, "is set, and so is %s; only one of them is allowed.", o.at(a))
	case hasB:
		return b
	case !hasA:
		o.refuse(131008, a, "is missing, and so is %s; one of them is required.", o.at(b))
	}
	return a
}

// without refuses a field that is not allowed.
func (o object) without(name string) {
	if o.has(name) {
		o.refuse(131009, name, "is set; it is not allowed here.")
	}
}

// unique holds the values of a field that must differ from object to object.
type unique map[string]bool

func (u unique) add(o object, name, value string) {
	if u[value] {
		o.refuse(131009, name, "is %.60q, which an earlier one has too; it must be unique.", value)
	}
	u[value] = true
}
