package fakewa_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/flowtest"
)

// askName is a flow with one screen and an endpoint.
const askName = `{"version":"7.0","data_api_version":"3.0","routing_model":{"NAME":[]},"screens":[{"id":"NAME","title":"Name?","terminal":true,"layout":{"type":"SingleColumnLayout","children":[` +
	`{"type":"TextInput","name":"name","label":"Your name","required":true},` +
	`{"type":"Footer","label":"Send","on-click-action":{"name":"complete","payload":{"name":"${form.name}"}}}]}}]}`

// fillFlows makes all calls of the control API that are about flows.
func (c *controlled) fillFlows() {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		request, err := flowtest.Open(body)
		if err != nil {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		answer := map[string]any{"screen": "NAME", "data": map[string]any{}}
		if request.Action == "ping" {
			answer = map[string]any{"data": map[string]any{"status": "active"}}
		}
		_, _ = io.WriteString(w, request.Seal(answer, true))
	}))
	c.Cleanup(endpoint.Close)
	quoted := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			c.Fatal(err)
		}
		return string(text)
	}
	c.must("POST /"+number+"/whatsapp_business_encryption", quoted(map[string]string{"business_public_key": flowtest.PublicKey()}))
	var made struct{ ID string }
	c.must("POST /"+account+"/flows", quoted(map[string]any{"name": "name", "categories": []string{"OTHER"}, "endpoint_uri": endpoint.URL, "flow_json": askName, "publish": true}), &made)
	c.must("POST users/"+ana+"/messages", `{"type":"text","text":{"body":"hi"}}`)
	send := `{"messaging_product":"whatsapp","to":"` + ana + `","type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"` + made.ID + `","flow_cta":"Name","flow_action":"data_exchange"}}}}`
	c.steps([]step{
		{"GET flows", "", 200, `"status":"PUBLISHED"`},
		{"POST flows/" + made.ID + "/ping", "", 200, `{"success":true}`},
		{"POST flows/1/ping", "", 404, `no flow has the id`},
		{"GET users/" + ana + "/flow", "", 404, `has opened no flow`},
		{"POST users/" + ana + "/flow", `{}`, 400, `has received no message with a flow`},
		{"POST /" + number + "/messages", send, 200, "wamid."},
		{"POST faults", `{"endpoint":"flow","wrong_key":true,"times":2}`, 201, `"id"`},
		{"POST users/" + ana + "/flow", `{}`, 502, `business-decryption-error`},
		{"POST users/" + ana + "/flow", `{"button":"Name"}`, 201, `"fields":[{"type":"TextInput","name":"name","label":"Your name","required":true,"enabled":true,"value":""}]`},
		{"POST users/" + ana + "/flow/press", `{}`, 400, `it is required`},
		{"POST users/" + ana + "/flow/fill", `{"field":"Your name","values":["Ana"]}`, 200, `"value":"Ana"`},
		{"GET users/" + ana + "/flow", "", 200, `"buttons":["Send"]`},
		{"POST users/" + ana + "/flow/back", "", 200, `"closed":"the user went back from the first screen"`},
		{"POST users/" + ana + "/flow", `{}`, 201, `"id":"NAME"`},
		{"DELETE users/" + ana + "/flow", "", 200, `"closed":"the user has closed it"`},
		{"POST users/" + ana + "/flow", `{}`, 201, `"id":"NAME"`},
		{"POST users/" + ana + "/flow/fill", `{"field":"name","values":["Ana"]}`, 200, `"value":"Ana"`},
		{"POST users/" + ana + "/flow/press", `{"button":"Send"}`, 200, `"closed":"it was sent"`},
		{"GET flows/exchanges", "", 200, `"request":{"action":"INIT","flow_token":"unused","version":"3.0"}`},
		{"GET messages?direction=in&type=interactive&user=%2B" + ana, "", 200, `nfm_reply`},
	})
}

// TestFlowsOfSeveralBusinesses wants each business to have flows of its own.
func TestFlowsOfSeveralBusinesses(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("POST businesses", `{"business_id":"1","phone_number_id":"2"}`)
	var made struct{ ID string }
	c.must("POST /1/flows", `{"name":"name","categories":["OTHER"]}`, &made)
	c.steps([]step{
		{"GET flows", "", 200, `{"flows":[]}`},
		{"GET businesses/1/flows", "", 200, made.ID},
		{"GET /" + made.ID, "", 200, `"status":"DRAFT"`},
	})
}
