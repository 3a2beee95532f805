package flow

import (
	"strings"
)

// Screen is what is on the phone.
type Screen struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Texts   []string `json:"texts"`   // from top to bottom
	Fields  []Field  `json:"fields"`  // from top to bottom
	Buttons []string `json:"buttons"` // what can be pressed; the footer is the last one
	Message string   `json:"message"` // of the endpoint, error_message; "": none
	Closed  string   `json:"closed"`  // how the flow has ended; "": it is open
}

// Field is what can be filled in.
type Field struct {
	Type     string   `json:"type"` // TextInput, Dropdown, …
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Input    string   `json:"input_type,omitempty"` // of a TextInput: email, number, …
	Required bool     `json:"required"`
	Enabled  bool     `json:"enabled"`
	Options  []Option `json:"options,omitempty"`
	Value    any      `json:"value"`           // string, []any of ids, or bool of an OptIn; of a CalendarPicker for a range an object
	Error    string   `json:"error,omitempty"` // below the field, as the screen has it

	component map[string]any
}

// Option is one of several that can be picked.
type Option struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Enabled bool   `json:"enabled"`
}

// String writes the screen as people read it.
func (s Screen) String() string {
	lines := []string{s.Title}
	if s.Message != "" {
		lines = append(lines, "! "+s.Message)
	}
	lines = append(lines, s.Texts...)
	for _, f := range s.Fields {
		line := f.Label + ":"
		if value := asText(f.shownValue()); value != "" {
			line += " " + value
		}
		if len(f.Options) > 0 {
			var titles []string
			for _, o := range f.Options {
				titles = append(titles, o.Title)
			}
			line += " (" + strings.Join(titles, ", ") + ")"
		}
		if f.Error != "" {
			line += " ! " + f.Error
		}
		lines = append(lines, line)
	}
	for _, b := range s.Buttons {
		lines = append(lines, "["+b+"]")
	}
	return strings.Join(lines, "\n")
}

// shownValue is the value in words: titles of options instead of their ids.
func (f Field) shownValue() any {
	title := func(id any) string {
		for _, o := range f.Options {
			if o.ID == id {
				return o.Title
			}
		}
		return asText(id)
	}
	switch v := f.Value.(type) {
	case []any:
		var all []string
		for _, id := range v {
			all = append(all, title(id))
		}
		return strings.Join(all, ", ")
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	}
	return title(f.Value)
}

// Screen returns what is on the phone now.
func (v *Visit) Screen() Screen {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.top()
	if p == nil {
		return Screen{Closed: v.over}
	}
	s, _ := v.render(p)
	s.Closed = v.over
	return s
}
