package flow_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/internal/flowtest"
)

const account, number = "102290129340398", "106540352242922"

// upload replaces the definition of a flow, as a form with a file, and returns the answer.
func upload(t *testing.T, wa *fakewa.Server, id, definition string, status int) string {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range map[string]string{"name": "flow.json", "asset_type": "FLOW_JSON", "messaging_product": "whatsapp"} {
		must(t, w.WriteField(name, value), "")
	}
	part, err := w.CreateFormFile("file", "flow.json")
	must(t, err, "")
	_, err = part.Write([]byte(definition))
	must(t, err, "")
	must(t, w.Close(), "")
	req, err := http.NewRequestWithContext(t.Context(), "POST", "https://graph.facebook.com/v23.0/"+id+"/assets", &form)
	must(t, err, "")
	req.Header.Set("Authorization", "Bearer x")
	req.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := wa.Client().Do(req)
	must(t, err, "")
	var answer bytes.Buffer
	_, err = answer.ReadFrom(resp.Body)
	if must(t, err, ""); resp.StatusCode != status {
		t.Fatalf("got %d %s", resp.StatusCode, answer.String())
	}
	return answer.String()
}

func wants(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("got %s, want %s", got, part)
		}
	}
}

// TestLife takes a flow with an endpoint from its creation to its end. The codes of refusals
// are those of Meta's list of errors of the Flows API.
func TestLife(t *testing.T) {
	b := new(bot)
	wa := fakewa.Test(t, fakewa.Config{Webhook: b, Clock: fakewa.StillClock(time.Unix(1_800_000_000, 0))})
	made := call(t, wa, "POST", account+"/flows", 200, `{"name":"table","categories":["APPOINTMENT_BOOKING"]}`)
	var created struct{ ID string }
	must(t, json.Unmarshal([]byte(made), &created), "")
	id := created.ID
	wants(t, call(t, wa, "GET", id, 200, ""), `"status":"DRAFT"`, `"name":"table"`, `"validation_errors":[]`, `"categories":["APPOINTMENT_BOOKING"]`)
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"table","categories":["OTHER"]}`), `"message":"Flow name is not unique"`, `"code":100`)
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"x","categories":["FUN"]}`), `"code":100`, `the categories are`)
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"x"}`), `The parameter categories is required`)
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"x","categories":"[\"OTHER\"]","endpoint_uri":"here"}`), `endpoint_uri is`)
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"x","categories":["OTHER"],"clone_flow_id":"9"}`), `there is no such flow`)

	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"code":139002`, `"message":"Publishing Flow with validation errors"`)
	table := read(t, "table.json")
	wants(t, upload(t, wa, id, strings.Replace(table, `"version": "7.0"`, `"version": "7.0", "mine": 1`, 1), 200), `"success":true`, `"error":"INVALID_PROPERTY_KEY"`, `"line_start":2`, `"path":"mine"`)
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Publishing Flow with validation errors"`)
	if got := upload(t, wa, id, table, 200); got != `{"success":true,"validation_errors":[]}`+"\n" {
		t.Errorf("got %s", got)
	}
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Publishing without endpoint_uri"`)
	call(t, wa, "POST", id, 200, `{"endpoint_uri":"https://bot.example.com/flow","name":"tables"}`)
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Missing Flows Signed Public Key"`)
	wants(t, call(t, wa, "GET", number+"/whatsapp_business_encryption", 200, ""), `"data":[]`)
	wants(t, call(t, wa, "POST", number+"/whatsapp_business_encryption", 400, `{"business_public_key":"x"}`), `"code":100`)
	key, err := json.Marshal(map[string]string{"business_public_key": flowtest.PublicKey()})
	must(t, err, "")
	call(t, wa, "POST", number+"/whatsapp_business_encryption", 200, string(key))
	wants(t, call(t, wa, "GET", number+"/whatsapp_business_encryption", 200, ""), `"business_public_key_signature_status":"VALID"`, "BEGIN PUBLIC KEY")
	b.answer = func(map[string]any) (int, any) { return 500, nil }
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Endpoint not available"`, `"error_subcode":4233014`)
	b.answer = func(map[string]any) (int, any) { return 200, object{"data": object{}} }
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Endpoint not available"`)
	b.answer = nil
	post(t, wa, 400, `{"flow_message_version":"3","flow_id":"`+id+`","flow_cta":"x"}`) // a draft
	wants(t, call(t, wa, "POST", id+"/deprecate", 400, ""), `"code":139003`, `Can't deprecate unpublished Flow`)
	wants(t, call(t, wa, "POST", id+"/publish", 200, ""), `{"success":true}`)
	must(t, wa.Config().Clock.Advance(t.Context(), 0), "") // the webhook is there
	wants(t, b.webhooks[len(b.webhooks)-1], `"field":"flows"`, `"event":"FLOW_STATUS_CHANGE"`, `"flow_id":"`+id+`"`, `"new_status":"PUBLISHED"`, `"old_status":"DRAFT"`)

	wants(t, call(t, wa, "GET", id+"?fields=json_version,data_api_version,endpoint_uri,preview.invalidate(false),updated_at,application,whatsapp_business_account,health_status.phone_number(1)", 200, ""),
		`"json_version":"7.0"`, `"data_api_version":"3.0"`, `"endpoint_uri":"https://bot.example.com/flow"`, `"preview_url":"https://`, `"updated_at":"2027-01-15T08:00:00+0000"`, `"can_send_message":"AVAILABLE"`)
	wants(t, call(t, wa, "GET", id+"?fields=colour", 400, ""), `nonexisting field (colour)`)
	call(t, wa, "GET", id+"?fields=metric.name(ENDPOINT_REQUEST_COUNT)", 501, "")
	wants(t, upload(t, wa, id, table, 400), `"code":139001`, `Flow can't be updated`)
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), `"message":"Publishing Flow in invalid state"`)
	wants(t, call(t, wa, "DELETE", id, 400, ""), `"code":139004`, `Can't delete published Flow`)
	post(t, wa, 400, `{"flow_message_version":"3","flow_id":"`+id+`","flow_cta":"x","mode":"draft"}`)
	var assets struct {
		Data []struct {
			URL  string `json:"download_url"`
			Type string `json:"asset_type"`
		}
	}
	must(t, json.Unmarshal([]byte(call(t, wa, "GET", id+"/assets?fields=name,asset_type,download_url", 200, "")), &assets), "")
	if len(assets.Data) != 1 || assets.Data[0].Type != "FLOW_JSON" {
		t.Fatalf("got %+v", assets)
	}
	wants(t, call(t, wa, "GET", strings.TrimPrefix(assets.Data[0].URL, "https://graph.facebook.com/"), 200, ""), `"DETAILS"`)

	made = call(t, wa, "POST", account+"/flows", 200, `{"name":"copy","categories":["OTHER"],"clone_flow_id":"`+id+`"}`)
	must(t, json.Unmarshal([]byte(made), &created), "")
	wants(t, call(t, wa, "GET", account+"/flows?fields=name,status", 200, ""), `{"id":"`+id+`","name":"tables","status":"PUBLISHED"},{"id":"`+created.ID+`","name":"copy","status":"DRAFT"}`)
	call(t, wa, "DELETE", created.ID, 200, "")
	call(t, wa, "GET", created.ID, 400, "")
	wants(t, call(t, wa, "POST", id+"/deprecate", 200, ""), `{"success":true}`)
	wants(t, call(t, wa, "POST", id+"/deprecate", 400, ""), `Flow is already deprecated`)
	wants(t, post(t, wa, 400, `{"flow_message_version":"3","flow_id":"`+id+`","flow_cta":"x"}`), `is DEPRECATED`)
}

// TestCreateWithDefinition creates a flow and publishes it in one call.
func TestCreateWithDefinition(t *testing.T) {
	wa := fakewa.Test(t, fakewa.Config{})
	body := func(name, definition string) string {
		text, err := json.Marshal(map[string]any{"name": name, "categories": []string{"SURVEY"}, "flow_json": definition, "publish": true})
		must(t, err, "")
		return string(text)
	}
	wants(t, call(t, wa, "POST", account+"/flows", 200, body("good", plain)), `"success":true`, `"validation_errors":[]`)
	wants(t, call(t, wa, "POST", account+"/flows", 200, body("bad", "{}")), `"error":"MISSING_FLOW_JSON_VERSION"`)
	flows := wa.Config().Flows.Flows()
	if len(flows) != 2 || flows[0].Status != "PUBLISHED" || flows[1].Status != "DRAFT" {
		t.Errorf("got %+v", flows)
	}
	wa.Reset(2)
	if left := wa.Config().Flows.Flows(); left != nil {
		t.Errorf("after Reset there are %+v", left)
	}
}

// TestConfig wants a configuration with flows that cannot be opened to be refused.
func TestConfig(t *testing.T) {
	for want, flows := range map[string][]flow.Flow{
		"has no name":       {{Definition: []byte(plain)}},
		"the status":        {{Name: "a", Definition: []byte(plain), Status: "LIVE"}},
		"INVALID_FLOW_JSON": {{Name: "a", Definition: []byte("x")}},
		"two flows have":    {{Name: "a", Definition: []byte(plain)}, {Name: "a", Definition: []byte(plain)}},
	} {
		must(t, fakewa.Config{Flows: flow.NewAccount(flows...)}.Check(), want)
	}
	must(t, fakewa.Config{Flows: flow.NewAccount(flow.Flow{Name: "a", Status: "DRAFT"}, flow.Flow{Name: "b", Definition: []byte(plain)})}.Check(), "")
}

// TestDeletedMeanwhile deletes a draft while its endpoint is asked whether it is there.
func TestDeletedMeanwhile(t *testing.T) {
	var wa *fakewa.Server
	id := ""
	b := &bot{answer: func(request map[string]any) (int, any) {
		if request["action"] == "ping" {
			call(t, wa, "DELETE", id, 200, "")
		}
		return 0, nil
	}}
	wa = open(t, b, fakewa.Config{})
	text, err := json.Marshal(read(t, "table.json"))
	must(t, err, "")
	var made struct{ ID string }
	must(t, json.Unmarshal([]byte(call(t, wa, "POST", account+"/flows", 200, `{"name":"second","categories":["OTHER"],"endpoint_uri":"https://bot.example.com/flow","flow_json":`+string(text)+`}`)), &made), "")
	id = made.ID
	wants(t, call(t, wa, "POST", id+"/publish", 400, ""), "does not exist")
	if wa.Config().Flows.Has(id) {
		t.Error("the flow is there again")
	}
}

// TestOddCategories names a category that is no text.
func TestOddCategories(t *testing.T) {
	wa := open(t, new(bot), fakewa.Config{})
	wants(t, call(t, wa, "POST", account+"/flows", 400, `{"name":"x","categories":[null]}`), `categories has null; the categories are`)
}

// TestFlowsOfAPlatform makes a flow of each of two businesses with the same seed.
func TestFlowsOfAPlatform(t *testing.T) {
	p, err := fakewa.NewPlatform(fakewa.Config{})
	must(t, err, "")
	defer p.Close()
	second, err := p.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2"})
	must(t, err, "")
	const flow = `{"name":"x","categories":["OTHER"]}`
	if a, b := call(t, p.First(), "POST", account+"/flows", 200, flow), call(t, second, "POST", "1/flows", 200, flow); a == b {
		t.Errorf("both flows are %s", a)
	}
}
