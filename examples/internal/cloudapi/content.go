package cloudapi

// Content is a message that a bot sends, without its recipient.
type Content map[string]any

// Option is a button or a row of a list: its id comes back when somebody taps it.
type Option struct{ ID, Title string }

// Text is a text.
func Text(body string) Content {
	return Content{"type": "text", "text": map[string]any{"body": body}}
}

// Buttons is a text with one to three buttons, whose titles have at most 20 characters.
func Buttons(body string, options ...Option) Content {
	var buttons []any
	for _, o := range options {
		buttons = append(buttons, map[string]any{"type": "reply", "reply": map[string]any{"id": o.ID, "title": o.Title}})
	}
	return Content{"type": "interactive", "interactive": map[string]any{
		"type": "button", "body": map[string]any{"text": body}, "action": map[string]any{"buttons": buttons},
	}}
}

// List is a text with a button that opens one to ten rows, whose titles have at most 24
// characters.
func List(body, open string, rows ...Option) Content {
	var all []any
	for _, r := range rows {
		all = append(all, map[string]any{"id": r.ID, "title": r.Title})
	}
	return Content{"type": "interactive", "interactive": map[string]any{
		"type": "list", "body": map[string]any{"text": body},
		"action": map[string]any{"button": open, "sections": []any{map[string]any{"rows": all}}},
	}}
}

// Flow is a text with a button that opens a flow of the account. The endpoint gives the first
// screen. The token comes with each request, and with what was filled in.
func Flow(body, open, name, token string) Content {
	return Content{"type": "interactive", "interactive": map[string]any{
		"type": "flow", "body": map[string]any{"text": body},
		"action": map[string]any{"name": "flow", "parameters": map[string]any{
			"flow_message_version": "3", "flow_name": name, "flow_cta": open, "flow_token": token, "flow_action": "data_exchange",
		}},
	}}
}

// Template is an approved template with the parameters of its body.
func Template(name, language string, parameters ...string) Content {
	template := map[string]any{"name": name, "language": map[string]any{"code": language}}
	var filled []any
	for _, p := range parameters {
		filled = append(filled, map[string]any{"type": "text", "text": p})
	}
	if filled != nil {
		template["components"] = []any{map[string]any{"type": "body", "parameters": filled}}
	}
	return Content{"type": "template", "template": template}
}
