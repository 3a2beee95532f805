package flow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/internal/flowtest"
)

const ana = "+16505551234"

// open sends the flow to Ana, who has just written.
func open(t *testing.T, b *bot, cfg fakewa.Config) *fakewa.Server {
	t.Helper()
	cfg.Webhook, cfg.Clock = b, fakewa.StillClock(time.Unix(1_800_000_000, 0))
	cfg.Flows = flow.NewAccount(flow.Flow{Name: "table", EndpointURI: "https://bot.example.com/flow", Definition: []byte(read(t, "table.json"))}, flow.Flow{Name: "plain", Definition: []byte(plain)})
	if err := cfg.Flows.SetPublicKey(flowtest.PublicKey()); err != nil {
		t.Fatal(err)
	}
	wa := fakewa.Test(t, cfg)
	if _, err := wa.Phone(ana).Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	post(t, wa, 200, `{"flow_message_version":"3","flow_name":"table","flow_cta":"Book a table","flow_token":"t1","flow_action":"data_exchange"}`)
	return wa
}

// post sends a message with a flow, and returns the answer.
func post(t *testing.T, wa *fakewa.Server, status int, parameters string) string {
	t.Helper()
	return call(t, wa, "POST", "106540352242922/messages", status, `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"flow","body":{"text":"A table?"},"action":{"name":"flow","parameters":`+parameters+`}}}`)
}

func call(t *testing.T, wa *fakewa.Server, method, path string, status int, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "https://graph.facebook.com/v23.0/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer x")
	req.Header.Set("Content-Type", "application/json")
	resp, err := wa.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s: got %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	return string(answer)
}

// must returns the error that is wanted, or fails.
func must(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Fatalf("got %v, want %q", err, want)
	}
}

// TestVisit fills in a flow screen by screen, with the refusals of a phone, and going back.
func TestVisit(t *testing.T) {
	b := new(bot)
	wa := open(t, b, fakewa.Config{})
	visit, err := wa.Config().Flows.Open(t.Context(), "1 650 555-1234", "Book a table")
	must(t, err, "")
	if got, want := visit.Screen().String(), "When?\nBook a table\nDay:\nTable: (At the window, At the door)\n[Continue]"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	ctx := t.Context()
	must(t, visit.Press(ctx, ""), `press "Continue" on screen DAY: the field "Day": it is required`)
	must(t, visit.Fill(ctx, "Day", "tomorrow"), `fill in "Day" on screen DAY: "tomorrow" is no date`)
	must(t, visit.Fill(ctx, "Table", "In the cellar"), `there is no option "In the cellar"; the options are ["At the window" "At the door"]`)
	must(t, visit.Fill(ctx, "Table", "At the door"), "is disabled")
	must(t, visit.Fill(ctx, "Table", "window", "door"), "takes one value")
	must(t, visit.Fill(ctx, "Hour", "9"), `there is no such field; the screen has ["Day" "Table"]`)
	must(t, visit.Press(ctx, "Later"), `no such button; it has ["Continue"]`)
	must(t, visit.Fill(ctx, "Day", "2026-02-03"), "")
	must(t, visit.Fill(ctx, "table", "At the window"), "")
	must(t, visit.Press(ctx, "Continue"), "")
	if s := visit.Screen(); s.ID != "DETAILS" || !slices.Equal(s.Texts, []string{"We hold window on 2026-02-03"}) || len(s.Fields) != 3 {
		t.Errorf("got %+v", s)
	}
	must(t, visit.Back(ctx), "")
	if s := visit.Screen(); s.ID != "DAY" || s.Fields[0].Value != "2026-02-03" || s.Fields[1].Value != "window" {
		t.Errorf("what was filled in is lost: %+v", s)
	}
	must(t, visit.Press(ctx, ""), "")
	must(t, visit.Fill(ctx, "Your name", "A"), "")
	must(t, visit.Press(ctx, ""), "it needs at least 2 characters")
	must(t, visit.Fill(ctx, "Your name", strings.Repeat("a", 81)), "81 characters are too many: it takes 80")
	must(t, visit.Fill(ctx, "Your name", "Ana"), "")
	must(t, visit.Fill(ctx, "Extras", "Cake", "High chair"), "at most 1 can be picked")
	must(t, visit.Fill(ctx, "Extras", "Cake"), "")
	must(t, visit.Fill(ctx, "Email", "x"), "there is no such field")
	must(t, visit.Fill(ctx, "Send me news"), "")
	must(t, visit.Press(ctx, ""), `the field "Email": it is required`)
	must(t, visit.Fill(ctx, "Email", "ana"), "")
	must(t, visit.Press(ctx, ""), `"ana" is not of the type email`)
	must(t, visit.Fill(ctx, "Email", "ana@example.com"), "")
	must(t, visit.Press(ctx, ""), "")
	must(t, visit.Press(ctx, ""), "is closed: it was sent")
	var got []string
	for _, r := range b.requests {
		text, _ := json.Marshal(r)
		got = append(got, string(text))
	}
	if want := []string{
		`{"action":"INIT","flow_token":"t1","version":"3.0"}`,
		`{"action":"data_exchange","data":{"day":"2026-02-03","table":"window"},"flow_token":"t1","screen":"DAY","version":"3.0"}`,
		`{"action":"BACK","flow_token":"t1","screen":"DETAILS","version":"3.0"}`,
		`{"action":"data_exchange","data":{"day":"2026-02-03","table":"window"},"flow_token":"t1","screen":"DAY","version":"3.0"}`,
		`{"action":"data_exchange","data":{"day":"2026-02-03","extras":["cake"],"name":"Ana","news":true},"flow_token":"t1","screen":"DETAILS","version":"3.0"}`,
	}; !slices.Equal(got, want) {
		t.Errorf("the endpoint got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	messages := wa.Conversation(ana)
	flowID, reply := messages[1].ID, messages[2]
	var in struct {
		Context     struct{ ID, From string }
		Interactive struct {
			Type     string
			NFMReply map[string]string `json:"nfm_reply"`
		}
	}
	must(t, json.Unmarshal(reply.Body, &in), "")
	if in.Context.ID != flowID || in.Context.From != "15550783881" || !reflect.DeepEqual(in.Interactive.NFMReply, map[string]string{"name": "flow", "body": "Sent", "response_json": `{"booking":"7","flow_token":"t1"}`}) {
		t.Errorf("got %s", reply.Body)
	}
}

// TestPlainVisit fills in a flow without an endpoint.
func TestPlainVisit(t *testing.T) {
	wa := open(t, new(bot), fakewa.Config{})
	post(t, wa, 200, `{"flow_message_version":"3","flow_name":"plain","flow_cta":"Name?"}`)
	ctx := t.Context()
	for _, how := range []string{"back", "close", "fill"} {
		visit, err := wa.Config().Flows.Open(ctx, ana, "")
		must(t, err, "")
		must(t, visit.Fill(ctx, "Name", "Ana"), "")
		switch how {
		case "back":
			must(t, visit.Press(ctx, ""), "")
			must(t, visit.Back(ctx), "")
			must(t, visit.Back(ctx), "")
			must(t, visit.Back(ctx), "the user went back from the first screen")
		case "close":
			must(t, visit.Close(), "")
			must(t, visit.Fill(ctx, "Name", "Ben"), "the user has closed it")
		default:
			must(t, visit.Press(ctx, ""), "")
			must(t, visit.Press(ctx, ""), "")
		}
	}
	messages := wa.Conversation(ana)
	if last := messages[len(messages)-1]; len(messages) != 4 || !strings.Contains(string(last.Body), `{\"flow_token\":\"unused\",\"name\":\"Ana\"}`) {
		t.Errorf("got %v, %s", messages, last.Body)
	}
}

// TestTemplateWithAFlow opens flows by the button of a template, whose definition names the
// flow and its first screen, and whose message has the token and the data.
func TestTemplateWithAFlow(t *testing.T) {
	b := new(bot)
	wa := open(t, b, fakewa.Config{ApproveTemplates: true})
	for name, button := range map[string]string{
		"plain": `"flow_name":"plain","flow_action":"navigate","navigate_screen":"FIRST"`, "table": `"flow_name":"table","flow_action":"data_exchange"`,
	} {
		call(t, wa, "POST", "102290129340398/message_templates", 200, `{"name":"`+name+`","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Here it is."},{"type":"BUTTONS","buttons":[{"type":"FLOW","text":"Open",`+button+`}]}]}`)
		call(t, wa, "POST", "106540352242922/messages", 200, `{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"`+name+`","language":{"code":"en_US"},"components":[{"type":"button","sub_type":"flow","index":"0","parameters":[{"type":"action","action":{"flow_token":"of `+name+`"}}]}]}}`)
		visit, err := wa.Config().Flows.Open(t.Context(), ana, "Open")
		must(t, err, "")
		if name == "plain" {
			must(t, visit.Fill(t.Context(), "Name", "Ana"), "")
			must(t, visit.Press(t.Context(), ""), "")
			must(t, visit.Press(t.Context(), ""), "")
			messages := wa.Conversation(ana)
			if last := messages[len(messages)-1]; !strings.Contains(string(last.Body), `{\"flow_token\":\"of plain\",\"name\":\"Ana\"}`) {
				t.Errorf("got %s", last.Body)
			}
		} else if asked := wa.Config().Flows.Exchanges(); len(asked) != 1 || !strings.Contains(string(asked[0].Request), `"flow_token":"of table"`) {
			t.Errorf("got %+v", asked)
		}
	}
}

// TestEndpointFails wants what WhatsApp makes of each wrong answer, and that the endpoint is
// told of those that the phone cannot use.
func TestEndpointFails(t *testing.T) {
	answers := func(status int, answer any) *bot {
		return &bot{answer: func(request map[string]any) (int, any) {
			if request["action"] != "INIT" {
				return 0, nil
			}
			return status, answer
		}}
	}
	writes := func(text string) *bot {
		return &bot{raw: func(w http.ResponseWriter) bool { _, _ = io.WriteString(w, text); return true }}
	}
	for name, c := range map[string]struct {
		bot      *bot
		kind     string
		requests int
		told     bool
	}{
		"421":              {answers(421, nil), "business-decryption-error", 2, false},
		"432":              {answers(432, nil), "signature-refused", 1, false},
		"500":              {answers(500, nil), "unexpected_http_status_code", 1, false},
		"not encrypted":    {writes(`{"screen":"DAY","data":{}}`), "response-decryption-error", 2, true},
		"vector as it was": {&bot{straight: true}, "response-decryption-error", 2, true},
		"panic":            {&bot{raw: func(http.ResponseWriter) bool { panic("x") }}, "no_http_response_error", 1, false},
		"no screen":        {answers(200, object{"data": object{}}), "payload-schema-error", 2, true},
		"no data":          {answers(200, object{"screen": "DAY"}), "payload-schema-error", 2, true},
		"lacks data":       {answers(200, object{"screen": "DAY", "data": object{}}), "payload-schema-error", 2, true},
		"wrong type":       {answers(200, object{"screen": "DAY", "data": object{"tables": "x"}}), "payload-schema-error", 2, true},
		"no JSON object":   {answers(200, 7), "payload-schema-error", 2, true},
		"unknown screen":   {answers(200, object{"screen": "NIGHT", "data": object{}}), "invalid-screen-transition", 2, true},
		"no flow token":    {answers(200, object{"screen": "SUCCESS", "data": object{"extension_message_response": object{"params": object{}}}}), "payload-schema-error", 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			wa := open(t, c.bot, fakewa.Config{})
			_, err := wa.Config().Flows.Open(t.Context(), ana, "")
			failed, ok := errors.AsType[*flow.EndpointError](err)
			if !ok || failed.Kind != c.kind {
				t.Fatalf("got %v, want %s", err, c.kind)
			}
			log := wa.Config().Flows.Exchanges()
			last := log[len(log)-1]
			if len(c.bot.requests) != c.requests || strings.Contains(string(last.Request), c.kind) != c.told || log[0].Error == "" {
				t.Errorf("the endpoint got %v; the log has %+v", c.bot.requests, log)
			}
		})
	}
}

// TestTokenInvalid wants the button to be dead after 427.
func TestTokenInvalid(t *testing.T) {
	b := &bot{answer: func(request map[string]any) (int, any) {
		if request["screen"] != "DAY" {
			return 0, nil
		}
		return 427, object{"error_msg": "All tables are taken."}
	}}
	wa := open(t, b, fakewa.Config{})
	visit, err := wa.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, "")
	must(t, visit.Fill(t.Context(), "Day", "2026-02-03"), "")
	must(t, visit.Fill(t.Context(), "Table", "window"), "")
	err = visit.Press(t.Context(), "")
	if failed, ok := errors.AsType[*flow.EndpointError](err); !ok || failed.Message != "All tables are taken." || !strings.Contains(visit.Screen().Closed, "427") {
		t.Errorf("got %v, closed: %q", err, visit.Screen().Closed)
	}
	_, err = wa.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, "the button can no longer be tapped")
}

// TestTransition has the endpoint name a screen that does not follow in the routing model.
func TestTransition(t *testing.T) {
	b := &bot{answer: func(request map[string]any) (int, any) {
		if request["screen"] != "DETAILS" {
			return 0, nil
		}
		return 200, object{"screen": "DAY", "data": object{"tables": tables}}
	}}
	wa := open(t, b, fakewa.Config{})
	visit, err := wa.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, "")
	for _, fill := range [][]string{{"Day", "2026-02-03"}, {"Table", "window"}} {
		must(t, visit.Fill(t.Context(), fill[0], fill[1]), "")
	}
	must(t, visit.Press(t.Context(), ""), "")
	must(t, visit.Fill(t.Context(), "Your name", "Ana"), "")
	must(t, visit.Press(t.Context(), ""), "invalid-screen-transition")
	must(t, visit.Back(t.Context()), "") // that is no transition
	if s := visit.Screen(); s.ID != "DAY" {
		t.Errorf("got %+v", s)
	}
}

// TestErrorMessage wants the endpoint's words on the screen, and what was filled in to stay.
func TestErrorMessage(t *testing.T) {
	b := &bot{answer: func(request map[string]any) (int, any) {
		if request["screen"] != "DAY" {
			return 0, nil
		}
		return 200, object{"screen": "DAY", "data": object{"error_message": "We are closed then."}}
	}}
	wa := open(t, b, fakewa.Config{})
	visit, err := wa.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, "")
	must(t, visit.Fill(t.Context(), "Day", "2026-02-03"), "")
	must(t, visit.Fill(t.Context(), "Table", "window"), "")
	must(t, visit.Press(t.Context(), ""), "")
	if s := visit.Screen(); s.Message != "We are closed then." || s.Fields[0].Value != "2026-02-03" || len(s.Fields[1].Options) != 2 {
		t.Errorf("got %+v", s)
	}
}

// TestFaults wants wrong keys and signatures to reach the endpoint, and the phone to fetch the
// key again once.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault fakewa.Fault
		want  string
		times int // that the endpoint was reached
	}{
		{fakewa.Fault{Endpoint: "flow", WrongKey: true, Times: 1}, "", 2},
		{fakewa.Fault{Endpoint: "flow", WrongKey: true}, "business-decryption-error", 2},
		{fakewa.Fault{Endpoint: "flow", WrongSignature: true, Times: 1}, "signature-refused", 1},
		{fakewa.Fault{Endpoint: "flow", Lost: true, Times: 1}, "no_http_response_error", 1},
		{fakewa.Fault{Endpoint: "flow", Duplicate: true, Times: 1}, "", 2},
		{fakewa.Fault{Endpoint: "flow", User: "16505550000", WrongKey: true}, "", 1},
		{fakewa.Fault{Endpoint: "webhook", Lost: true}, "", 1},
	} {
		must(t, c.fault.Check(), "")
		b := new(bot)
		wa := open(t, b, fakewa.Config{})
		wa.Inject(c.fault)
		_, err := wa.Config().Flows.Open(t.Context(), ana, "")
		must(t, err, c.want)
		if len(b.bodies) != c.times {
			t.Errorf("%+v: the endpoint was reached %d times, want %d", c.fault, len(b.bodies), c.times)
		}
	}
	for _, f := range []fakewa.Fault{{Endpoint: "flow", Code: 131000}, {Endpoint: "messages", WrongKey: true}, {WrongSignature: true}, {Endpoint: "flow"}} {
		if f.Check() == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}

// TestSameSeed wants the same bytes on the wire in each run of a seed, and others in another.
func TestSameSeed(t *testing.T) {
	bodies := func(seed uint64) []byte {
		b := new(bot)
		wa := open(t, b, fakewa.Config{Seed: seed})
		_, err := wa.Config().Flows.Open(t.Context(), ana, "")
		must(t, err, "")
		return bytes.Join(b.bodies, nil)
	}
	if !bytes.Equal(bodies(1), bodies(1)) || bytes.Equal(bodies(1), bodies(2)) {
		t.Error("bodies do not depend on the seed, or not on it alone")
	}
}

// TestWhichFlow sends flows that cannot be sent, and opens what cannot be opened.
func TestWhichFlow(t *testing.T) {
	wa := open(t, new(bot), fakewa.Config{})
	for parameters, want := range map[string]string{
		`"flow_id":"7"`:                      `"details":"flow_id is \"7\"; the account has no flow with this id."`,
		`"flow_name":"none"`:                 `"details":"flow_name is \"none\"; the account has no flow with this name."`,
		`"flow_name":"plain","mode":"draft"`: `is PUBLISHED; it cannot be sent with the mode`,
		`"flow_name":"plain","flow_action_payload":{"screen":"OTHER"}`: `the flow has the screens`,
	} {
		if got := post(t, wa, 400, `{"flow_message_version":"3","flow_cta":"x",`+parameters+`}`); !strings.Contains(got, want) || !strings.Contains(got, "131009") {
			t.Errorf("%s: got %s", parameters, got)
		}
	}
	_, err := wa.Config().Flows.Open(t.Context(), ana, "Other")
	must(t, err, `no message has it; there are ["Book a table"]`)
	_, err = wa.Config().Flows.Open(t.Context(), "16505550000", "")
	must(t, err, "has received no message with a flow")

	bare := fakewa.Test(t, fakewa.Config{Window: fakewa.WindowOff})
	post(t, bare, 200, `{"flow_message_version":"3","flow_id":"7","flow_cta":"x"}`) // an account without flows takes all ids
	_, err = bare.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, `the account has no flow "7"`)
}

// TestInputTypeOfData wants that a field whose type is data takes any value of them.
func TestInputTypeOfData(t *testing.T) {
	definition := strings.NewReplacer(
		`"payload":{"name":"${form.name}"}`, `"payload":{"name":"${form.name}","kind":{"a":1}}`,
		`"data":{`, `"data":{"kind":{"type":"object"},`,
		`{"type":"TextBody",`, `{"type":"TextInput","name":"more","label":"More","input-type":"${data.kind}"},{"type":"TextBody",`,
	).Replace(plain)
	cfg := fakewa.Config{Webhook: new(bot), Flows: flow.NewAccount(flow.Flow{Name: "plain", Definition: []byte(definition)})}
	must(t, cfg.Flows.Check(), "")
	wa := fakewa.Test(t, cfg)
	_, err := wa.Phone(ana).Say(t.Context(), "hello")
	must(t, err, "")
	post(t, wa, 200, `{"flow_message_version":"3","flow_name":"plain","flow_cta":"Open"}`)
	visit, err := wa.Config().Flows.Open(t.Context(), ana, "")
	must(t, err, "")
	must(t, visit.Press(t.Context(), ""), "")
	must(t, visit.Fill(t.Context(), "More", "anything"), "")
	must(t, visit.Press(t.Context(), ""), "")
}

// TestLimit wants an account to keep no more than its server.
func TestLimit(t *testing.T) {
	wa := open(t, new(bot), fakewa.Config{Limit: 4})
	flows := wa.Config().Flows
	for _, user := range []string{"+15550000001", "+15550000002", "+15550000003", "+15550000004", "+15550000005", "+15550000006"} {
		_, err := wa.Phone(user).Say(t.Context(), "hello")
		must(t, err, "")
		call(t, wa, "POST", "106540352242922/messages", 200, `{"messaging_product":"whatsapp","to":"`+user+`","type":"interactive","interactive":{"type":"flow","body":{"text":"A table?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_name":"plain","flow_cta":"Open"}}}}`)
		for range 2 {
			_, err = flows.Open(t.Context(), user, "")
			must(t, err, "")
		}
	}
	if flows.Visit("+15550000002") != nil || flows.Visit("+15550000003") == nil || flows.Visit("+15550000006") == nil {
		t.Error("the visits that are kept are not the last four")
	}
}

// TestResetMeanwhile resets the server while a flow is opened: it is for the race detector.
func TestResetMeanwhile(t *testing.T) {
	wa := open(t, new(bot), fakewa.Config{})
	var done sync.WaitGroup
	done.Go(func() {
		for n := range 50 {
			wa.Reset(uint64(n))
		}
	})
	for range 50 {
		_, err := wa.Config().Flows.Open(t.Context(), ana, "none")
		if err == nil {
			t.Error("a flow is open whose message was never sent")
		}
	}
	done.Wait()
}
