package message

import (
	"regexp"

	"wappasim/fakewa/internal/params"
)

// fact is what the parser demands of a field. The parser is the one table of what there is:
// a reader notes the facts of what it reads, if somebody wants them.
type fact struct {
	path     string   // with [] for each item of an array
	kind     string   // its JSON type, as in "a string"
	optional bool     // the reader looks whether it is there
	barred   bool     // the API knows it, and it is not allowed here
	required bool     // the reader needs it, without a look whether it is there
	min, max int      // characters of a text, or items of an array; max unlimited: no limit
	values   []string // the only ones that a text may have; nil: any
}

// facts are those of one body, in the order of the parser.
type facts struct {
	all    []*fact
	byPath map[string]*fact
}

var anyIndex = regexp.MustCompile(`\[\d+\]`)

// note notes a fact about a field, if somebody wants it. value has the JSON type of the
// field; nil: it is not known yet.
func (o object) note(name string, value any, more func(*fact)) {
	if o.facts == nil || o.malformed != nil {
		return
	}
	path := anyIndex.ReplaceAllString(o.at(name), "[]")
	f := o.facts.byPath[path]
	if f == nil {
		f = &fact{path: path, max: unlimited}
		o.facts.byPath[path] = f
		o.facts.all = append(o.facts.all, f)
	}
	if value != nil {
		f.kind = params.Kind(value)
	}
	if more != nil {
		more(f)
	}
}
