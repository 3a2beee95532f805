package notice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
)

// Template says which template a notice is about.
type Template struct {
	ID       json.Number `json:"message_template_id"`
	Name     string      `json:"message_template_name"`     // default: that of the newest template
	Language string      `json:"message_template_language"` // default: that of its first with the name
}

// of fills in what names the template, and returns it.
func (t *Template) of(s *fakewa.Server) (found fakewa.Template, err error) {
	all := s.Templates()
	if t.Name == "" && t.ID == "" {
		found = all[len(all)-1] // an account has hello_world at least
	} else if i := slices.IndexFunc(all, func(other fakewa.Template) bool {
		return (t.ID == "" || t.ID.String() == other.ID) && (t.Name == "" || t.Name == other.Name) && (t.Language == "" || t.Language == other.Language)
	}); i >= 0 {
		found = all[i]
	} else {
		return found, fmt.Errorf("there is no template %q of this language and id", t.Name)
	}
	*t = Template{json.Number(found.ID), found.Name, found.Language}
	return found, nil
}

// TemplateQuality is what users think of a template.
type TemplateQuality struct {
	Template
	Previous string `json:"previous_quality_score"` // GREEN (default), YELLOW, RED or UNKNOWN
	New      string `json:"new_quality_score"`      // the same; default YELLOW
}

func (TemplateQuality) Field() string { return "message_template_quality_update" }

func (q TemplateQuality) value(s *fakewa.Server) (any, error) {
	_, err := q.of(s)
	q.Previous, q.New = cmp.Or(q.Previous, "GREEN"), cmp.Or(q.New, "YELLOW")
	scores := []string{"GREEN", "YELLOW", "RED", "UNKNOWN"}
	return q, cmp.Or(err, oneOf("previous_quality_score", q.Previous, scores...), oneOf("new_quality_score", q.New, scores...))
}

// TemplateCategory is a change of a template's category, or with Correct one to come.
type TemplateCategory struct {
	Template
	Previous string `json:"previous_category,omitempty"`         // of a change that has happened; default: that of the template
	New      string `json:"new_category"`                        // default MARKETING; before a change: that of the template
	Correct  string `json:"correct_category,omitempty"`          // what it will be
	At       int64  `json:"category_update_timestamp,omitempty"` // when, in Unix seconds; default: in 24 hours
}

func (TemplateCategory) Field() string { return "template_category_update" }

func (c TemplateCategory) value(s *fakewa.Server) (any, error) {
	t, err := c.of(s)
	if err != nil {
		return nil, err
	}
	if c.Correct == "" {
		c.Previous, c.New = cmp.Or(c.Previous, t.Category), cmp.Or(c.New, "MARKETING")
	} else {
		c.New = cmp.Or(c.New, t.Category)
		c.At = cmp.Or(c.At, s.Config().Clock.Now().Add(24*time.Hour).Unix())
	}
	categories := []string{"AUTHENTICATION", "MARKETING", "UTILITY"}
	return c, cmp.Or(oneOf("new_category", c.New, categories...), oneOf("correct_category", cmp.Or(c.Correct, c.New), categories...))
}

// TemplateComponents says what a template consists of, after it was edited. What is left
// empty is that of the template.
type TemplateComponents struct {
	Template
	Title   string   `json:"message_template_title,omitempty"` // of a text header
	Element string   `json:"message_template_element"`         // the body
	Footer  string   `json:"message_template_footer,omitempty"`
	Buttons []Button `json:"message_template_buttons,omitempty"`
}

// Button is a button of a template.
type Button struct {
	Type  string `json:"message_template_button_type"`
	Text  string `json:"message_template_button_text"`
	URL   string `json:"message_template_button_url,omitempty"`
	Phone string `json:"message_template_button_phone_number,omitempty"`
}

func (TemplateComponents) Field() string { return "message_template_components_update" }

func (c TemplateComponents) value(s *fakewa.Server) (any, error) {
	t, err := c.of(s)
	if err != nil {
		return nil, err
	}
	var parts []struct {
		Type, Format, Text string
		Buttons            []struct{ Type, Text, URL, Phone_number string }
	}
	if err := json.Unmarshal(t.Components, &parts); err != nil {
		return nil, fmt.Errorf("read the components of %q: %w", t.Name, err)
	}
	var buttons []Button
	for _, part := range parts {
		switch part.Type {
		case "HEADER":
			c.Title = cmp.Or(c.Title, part.Text)
		case "BODY":
			c.Element = cmp.Or(c.Element, part.Text)
		case "FOOTER":
			c.Footer = cmp.Or(c.Footer, part.Text)
		case "BUTTONS":
			for _, b := range part.Buttons {
				buttons = append(buttons, Button{strings.ToUpper(b.Type), b.Text, b.URL, b.Phone_number})
			}
		}
	}
	if c.Buttons == nil {
		c.Buttons = buttons
	}
	return c, nil
}
