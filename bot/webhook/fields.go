package webhook

import (
	"encoding/json"
	"strings"
)

// fields is a JSON object whose members are looked at one by one, so that a
// member of an unexpected shape costs itself and nothing else.
type fields map[string]json.RawMessage

func object(raw json.RawMessage) fields {
	var f fields
	_ = json.Unmarshal(raw, &f) // not an object: no fields
	return f
}

func (f fields) object(name string) fields { return object(f[name]) }

// list returns the objects of an array.
func (f fields) list(name string) []fields {
	var raws []json.RawMessage
	_ = json.Unmarshal(f[name], &raws) // not an array: no items
	list := make([]fields, len(raws))
	for i, raw := range raws {
		list[i] = object(raw)
	}
	return list
}

// text returns a string, or a number or boolean as it is written: WhatsApp is
// not consistent about quotes around them.
func (f fields) text(name string) string {
	raw := f[name]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if t := strings.TrimSpace(string(raw)); t != "" && !strings.ContainsAny(t[:1], `{["`) {
		return t
	}
	return ""
}

// first returns the first of the named texts that is not empty.
func (f fields) first(names ...string) string {
	for _, name := range names {
		if s := f.text(name); s != "" {
			return s
		}
	}
	return ""
}
