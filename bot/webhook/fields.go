package webhook

import "encoding/json"

// fields is a JSON object whose members are looked at one by one, so that a
// member of an unexpected shape costs itself and nothing else.
type fields map[string]any

func (f fields) object(name string) fields {
	o, _ := f[name].(map[string]any)
	return o
}

// list returns the items of an array; those that are no object have no fields.
func (f fields) list(name string) []fields {
	items, _ := f[name].([]any)
	list := make([]fields, len(items))
	for i, item := range items {
		o, _ := item.(map[string]any)
		list[i] = o
	}
	return list
}

// text returns a string, or a number or boolean as it is written: WhatsApp is
// not consistent about quotes around them.
func (f fields) text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
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
