package message

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// enum returns a string, which must be one of allowed, in lower case; "" if it is not. It
// may be written in upper case, as Meta's lists have it [?].
func (o object) enum(name string, allowed ...string) string {
	s, ok := need[string](o, name)
	o.note(name, s, func(f *fact) { f.values = allowed })
	lower := strings.ToLower(s)
	if slices.Contains(allowed, lower) {
		return lower
	}
	if ok {
		o.notOneOf(name, s, allowed, allowed...)
	}
	return ""
}

// notOneOf refuses a value that is none of Meta's, which its message lists in upper case.
// The fake's reason has those that are of use
// [Secreto31126/whatsapp-api-js#169, shridarpatil/frappe_whatsapp#188].
func (o object) notOneOf(name, value string, known []string, of ...string) {
	list := strings.ToUpper(strings.Join(slices.Sorted(slices.Values(known)), ", "))
	o.misshapen("Param %s must be one of {"+list+"} - got "+quoted(value)+".", name, "is %.60q; it must be %s.", value, anyOf(of...))
}

// quoted quotes a value for a message in which % is a verb.
func quoted(value string) string {
	return strings.ReplaceAll(fmt.Sprintf(`"%.200s"`, value), "%", "%%")
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
