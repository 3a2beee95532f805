package template

import (
	"encoding/json"
	"slices"
)

// opens is what the button of a flow opens, with the names that a message with a flow has.
type opens struct {
	ID      string  `json:"flow_id,omitempty"`
	Name    string  `json:"flow_name,omitempty"`
	Button  string  `json:"flow_cta"`
	Token   string  `json:"flow_token,omitempty"`
	Action  string  `json:"flow_action,omitempty"`
	Payload payload `json:"flow_action_payload"`
}

type payload struct {
	Screen string         `json:"screen,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
}

// Flow returns what the template's button of a flow opens, as the interactive message with
// that flow would have it, for a template that was sent with a body; nil: it has no such
// button.
func (t *Template) Flow(body []byte) []byte {
	buttons := find(t.parts, "BUTTONS")
	if buttons == nil {
		return nil
	}
	at := slices.IndexFunc(buttons.Buttons, func(b button) bool { return b.Type == "FLOW" })
	if at < 0 {
		return nil
	}
	opened := buttons.Buttons[at].flow
	var sent struct {
		Template struct {
			Components []struct {
				SubType    string `json:"sub_type"`
				Parameters []struct {
					Action struct {
						Token string         `json:"flow_token"`
						Data  map[string]any `json:"flow_action_data"`
					}
				}
			}
		}
	}
	_ = json.Unmarshal(body, &sent) // it was read before
	for _, c := range sent.Template.Components {
		if len(c.Parameters) > 0 && c.SubType == "flow" { // a template has at most one
			opened.Token, opened.Payload.Data = c.Parameters[0].Action.Token, c.Parameters[0].Action.Data
		}
	}
	message, _ := json.Marshal(map[string]any{"interactive": map[string]any{"type": "flow", "action": map[string]any{"parameters": opened}}})
	return message
}
