package flows_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/sim"
	"wappasim/sim/flows"
)

// survey is a flow without an endpoint.
const survey = `{"version":"7.0","screens":[{"id":"NAME","title":"Name?","terminal":true,"layout":{"type":"SingleColumnLayout","children":[
	{"type":"TextInput","name":"name","label":"Your name","required":true},
	{"type":"Footer","label":"Send","on-click-action":{"name":"complete","payload":{"name":"${form.name}"}}}]}}]}`

// asker is a bot that asks for names with a flow.
type asker struct{ env sim.Env }

func newAsker(env sim.Env) (sim.App, error) { return asker{env}, nil }

func (asker) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (a asker) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From, Type  string
						Interactive struct {
							Reply struct {
								JSON string `json:"response_json"`
							} `json:"nfm_reply"`
						}
					}
				}
			}
		}
	}
	_ = json.Unmarshal(body, &hook) // WhatsApp's webhooks are JSON
	for _, m := range hook.Entry[0].Changes[0].Value.Messages {
		message := map[string]any{"messaging_product": "whatsapp", "to": m.From, "type": "text", "text": map[string]any{"body": "Thank you: " + m.Interactive.Reply.JSON}}
		if m.Type == "text" {
			message["type"], message["interactive"] = "interactive", map[string]any{
				"type": "flow", "body": map[string]any{"text": "Who are you?"}, "action": map[string]any{"name": "flow", "parameters": map[string]any{
					"flow_message_version": "3", "flow_name": "survey", "flow_cta": "Tell us", "flow_token": "t",
				}},
			}
			delete(message, "text")
		}
		text, _ := json.Marshal(message) // made of maps and strings
		req, _ := http.NewRequest("POST", a.env.GraphURL+"/"+a.env.PhoneNumberID+"/messages", bytes.NewReader(text))
		req.Header.Set("Authorization", "Bearer "+a.env.Token)
		req.Header.Set("Content-Type", "application/json")
		if resp, err := a.env.HTTP.Do(req); err == nil {
			resp.Body.Close()
		}
	}
}

// Somebody fills in a flow in a world.
func Example() {
	has := sim.WhatsApp(func(c *fakewa.Config) {
		c.Flows = flow.NewAccount(flow.Flow{Name: "survey", Definition: []byte(survey)})
	})
	w, err := sim.New(newAsker, has)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	fill := func() error {
		form, err := flows.Open(w, "Ana", "Tell us")
		if err != nil {
			return err
		}
		if err := form.Fill("Your name", "Ana"); err != nil {
			return err
		}
		return form.Press("")
	}
	_ = w.Say("Ana", "hello")
	if err := fill(); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m)
	}
	// Output:
	// Who are you?
	// [1] Tell us
	// Thank you: {"flow_token":"t","name":"Ana"}
}
