package steps

import (
	"regexp"

	"wappasim/fakewa"
)

// statuses are what Meta does with a template, and the status that it then has.
var statuses = []struct{ does, status, meaning string }{
	{"approves", "APPROVED", "It can be sent."},
	{"rejects", "REJECTED", "It cannot be sent."},
	{"pauses", "PAUSED", "It cannot be sent until it is approved again, or unpaused."},
	{"disables", "DISABLED", "It cannot be sent any more."},
}

func (s *scenario) templateSteps() []step {
	steps := []step{
		{`the business creates the template {text} with the text {text}`, `the business creates the template "ready" with the text "Order {{1}} is ready."`, "Creates a template with this body, in en_US, of the category UTILITY. It stays PENDING until Meta approves it.", func(name, text string) error { return s.createTemplate("UTILITY", name, text) }},
		{`the business creates the marketing template {text} with the text {text}`, `the business creates the marketing template "offer" with the text "Pizza for two."`, "The same, of the category MARKETING.", func(name, text string) error { return s.createTemplate("MARKETING", name, text) }},
	}
	for _, one := range statuses {
		steps = append(steps, step{`Meta ` + one.does + ` the template {text}`, `Meta ` + one.does + ` the template "ready"`, one.meaning + " The bot gets a webhook about it.", func(name string) error {
			w, err := s.world()
			if err != nil {
				return err
			}
			return w.Meta(func(wa *fakewa.Server) error { return wa.SetTemplateStatus(name, "", one.status, "") })
		}})
	}
	return steps
}

var variable = regexp.MustCompile(`\{\{\d+\}\}`)

func (s *scenario) createTemplate(category, name, text string) error {
	body := map[string]any{"type": "BODY", "text": text}
	if examples := variable.FindAllString(text, -1); examples != nil {
		body["example"] = map[string]any{"body_text": [][]string{examples}}
	}
	return s.call("POST", "/{whatsapp-business-account-id}/message_templates", map[string]any{
		"name": name, "language": "en_US", "category": category, "components": []any{body},
	})
}
