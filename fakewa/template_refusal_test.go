package fakewa_test

import (
	"encoding/json"
	"strings"
	"testing"

	"wappasim/fakewa"
)

const missingFields = `Message template "components" param is missing expected field(s)`

// TestTemplatesOfTheField creates templates as people did, and compares the whole refusal:
// message, subcode and what it says to people.
func TestTemplatesOfTheField(t *testing.T) {
	const edges, edgesText = "Leading or trailing params not allowed", "Variables can't be at the start or end of the template."
	const label, labelText = "Button format is incorrect", "Buttons can't have any variables, newlines, emojis or formatting characters."
	body := func(rest string) string { return `{"type":"BODY","text":"Hi {{1}} there"` + rest + `}` }
	plain := `{"type":"BODY","text":"Hi."}`
	named := `,"parameter_format":"NAMED"`
	header := func(rest string) string { return plain + `,{"type":"HEADER",` + rest + `}` }
	button := func(rest string) string { return plain + `,{"type":"BUTTONS","buttons":[{` + rest + `}]}` }
	card := func(components string) string {
		return plain + `,{"type":"CAROUSEL","cards":[{"components":[` + components + `]}]}`
	}
	lacks := func(typ string) [3]any {
		return [3]any{2388043, missingFields, "component of type " + typ + " is missing expected field(s) (example)"}
	}
	unworded := func(typ string) [3]any {
		return [3]any{2388043, missingFields, "component of type " + typ + " is missing expected field(s) (text)"}
	}
	headerFormat := [3]any{2388047, "Header format is incorrect", "The message header can't have any newlines, formatting characters, emojis, or asterisks."}
	footerFormat := [3]any{2388073, "Footer format is incorrect", "The message footer can't have any newlines or emojis."}
	ratio := [3]any{2388293, "Params Words Ratio Exceeds Limit", "This template has too many variables for its length. Use fewer variables or write more words."}
	const examples = `,"example":{"body_text":[["a","b","c"]],"body_text_named_params":[{"param_name":"a","example":"a"},{"param_name":"b","example":"b"}]}}`
	accepted := [3]any{}
	for name, test := range map[string]struct {
		components, more string
		want             [3]any // subcode, error_user_title, error_user_msg
		source           string
	}{
		"a body":                     {body(""), "", lacks("BODY"), "MissaelAnda/laravel-whatsapp#3"},
		"its empty example":          {body(`,"example":{}`), "", lacks("BODY"), "[?]"},
		"its empty text":             {body(`,"example":{"body_text":[[""]]}`), "", lacks("BODY"), "[?]"},
		"its example":                {body(`,"example":{"body_text":[["Ana"]]}`), "", accepted, ""},
		"its example, flat":          {body(`,"example":{"body_text":["Ana"]}`), "", accepted, ""},
		"one example of two":         {`{"type":"BODY","text":"Hi {{1}} and {{2}}."` + `,"example":{"body_text":[["Ana"]]}}`, "", lacks("BODY"), "megaapp977/stack#324"},
		"two, flat":                  {`{"type":"BODY","text":"Hi {{1}} and {{2}}."` + `,"example":{"body_text":["Ana","Ben"]}}`, "", lacks("BODY"), "megaapp977/stack#324"},
		"a named body":               {`{"type":"BODY","text":"Hi {{name}} there"}`, named, lacks("BODY"), "[?]"},
		"a named body by position":   {`{"type":"BODY","text":"Hi {{name}} there","example":{"body_text":[["Ana"]]}}`, named, lacks("BODY"), "[?]"},
		"its named example":          {`{"type":"BODY","text":"Hi {{name}} there","example":{"body_text_named_params":[{"param_name":"name","example":"Ana"}]}}`, named, accepted, ""},
		"a body without variables":   {plain, "", accepted, ""},
		"a text header":              {header(`"format":"TEXT","text":"For {{1}}"`), "", lacks("HEADER"), "[?]"},
		"its example, too":           {header(`"format":"TEXT","text":"For {{1}}","example":{"header_text":["Ana"]}`), "", accepted, ""},
		"an image":                   {header(`"format":"IMAGE"`), "", lacks("HEADER"), "reports of production"},
		"an image without a handle":  {header(`"format":"IMAGE","example":{"header_handle":[]}`), "", lacks("HEADER"), "[?]"},
		"a video":                    {header(`"format":"VIDEO"`), "", lacks("HEADER"), "[?]"},
		"a document":                 {header(`"format":"document"`), "", lacks("HEADER"), "[?]"},
		"a document with its handle": {header(`"format":"DOCUMENT","example":{"header_handle":["4:x"]}`), "", accepted, ""},
		"a place":                    {header(`"format":"LOCATION"`), "", accepted, ""},
		"a URL":                      {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}"`), "", lacks("BUTTONS"), "reports of production"},
		"a URL without a variable":   {button(`"type":"URL","text":"Go","url":"https://x.org/"`), "", accepted, ""},
		"a URL with its example":     {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}","example":["https://x.org/7"]`), "", accepted, ""},
		"a coupon":                   {button(`"type":"COPY_CODE"`), "", lacks("BUTTONS"), "[?]"},
		"a card's image":             {card(`{"type":"HEADER","format":"IMAGE"},` + plain), "", lacks("HEADER"), "[?]"},
		"a card's body":              {card(body("")), "", lacks("BODY"), "[?]"},
		"a card's URL":               {card(plain + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"Go","url":"https://x.org/{{1}}"}]}`), "", lacks("BUTTONS"), "[?]"},
		"a card with examples":       {card(`{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4:x"]}},` + body(`,"example":{"body_text":[["Ana"]]}`)), "", accepted, ""},
		"a variable first":           {`{"type":"BODY","text":"{{1}} is here","example":{"body_text":[["Ana"]]}}`, "", [3]any{2388299, edges, edgesText}, "Jaal-Yantra-Textiles/v2#2134"},
		"a variable last":            {`{"type":"BODY","text":"here is {{1}}","example":{"body_text":[["Ana"]]}}`, "", [3]any{2388299, edges, edgesText}, "Jaal-Yantra-Textiles/v2#2134"},
		"a name first":               {`{"type":"BODY","text":" {{name}}\n is here"}`, named, [3]any{2388299, edges, edgesText}, "[?]"},
		"a name twice":               {plain, `,"name":"hello_world","language":"en_US"`, [3]any{2388024, "Content in this language already exists", "There is already content in this language for this template. You can create a new template and try again."}, "[?]"},
		"an emoji on a button":       {button(`"type":"QUICK_REPLY","text":"Fine 👍"`), "", [3]any{2388060, label, labelText}, "reports of production"},
		"an old emoji on a button":   {button(`"type":"QUICK_REPLY","text":"✅ Yes"`), "", [3]any{2388060, label, labelText}, "reports of production"},
		"a variable on a button":     {button(`"type":"QUICK_REPLY","text":"For {{1}}"`), "", [3]any{2388060, label, labelText}, "glific/glific-frontend#3465"},
		"a line break on a button":   {button(`"type":"URL","text":"Go\nnow","url":"https://x.org/"`), "", [3]any{2388060, label, labelText}, "reports of production"},
		"formatting on a button":     {button(`"type":"QUICK_REPLY","text":"*Yes*"`), "", [3]any{2388060, label, labelText}, "glific/glific-frontend#3465"},
		"no text":                    {`{"type":"BODY"}`, "", unworded("BODY"), "those of header and footer"},
		"a header without text":      {header(`"format":"TEXT"`), "", unworded("HEADER"), "messages that several clients look for"},
		"a footer without text":      {plain + `,{"type":"FOOTER"}`, "", unworded("FOOTER"), "messages that several clients look for"},
		"an emoji in a header":       {header(`"format":"TEXT","text":"Fine 👍"`), "", headerFormat, "messages that several clients quote; the subcode [?]"},
		"a line break in a header":   {header(`"format":"TEXT","text":"Fine\nday"`), "", headerFormat, "messages that several clients quote"},
		"an asterisk in a header":    {header(`"format":"TEXT","text":"*Fine*"`), "", headerFormat, "messages that several clients quote"},
		"a name with _ in a header":  {header(`"format":"TEXT","text":"For {{first_name}} only","example":{"header_text_named_params":[{"param_name":"first_name","example":"Ana"}]}`), named, accepted, ""},
		"an emoji in a footer":       {plain + `,{"type":"FOOTER","text":"Bye 👋"}`, "", footerFormat, "a catalogue of refusals in production"},
		"a line break in a footer":   {plain + `,{"type":"FOOTER","text":"Bye\nbye"}`, "", footerFormat, "a catalogue of refusals in production"},
		"an asterisk in a footer":    {plain + `,{"type":"FOOTER","text":"*Bye*"}`, "", accepted, ""},
		"an emoji in a body":         {`{"type":"BODY","text":"Fine 👍\n\n*day* _today_"}`, "", accepted, ""},
		"more variables than words":  {`{"type":"BODY","text":"Hi {{1}}, {{2}} {{3}} there"` + examples, "", ratio, "Jaal-Yantra-Textiles/v2 and others"},
		"as many":                    {`{"type":"BODY","text":"Hi {{1}}, {{2}} - {{3}} so there"` + examples, "", accepted, ""},
		"signs are no words":         {`{"type":"BODY","text":"- {{1}} ... !"` + examples, "", ratio, "[?]"},
		"names beside each other":    {`{"type":"BODY","text":"Dear {{a}}{{b}} here we are"` + examples, named, [3]any{2388072, "Body format is incorrect", "Variables are not allowed next to each other."}, "a client's list of messages; the subcode [?]"},
		"letters on a button":        {button(`"type":"QUICK_REPLY","text":"Sí, ¡ça va! 是 – 5 €"`), "", accepted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := withTemplates(t, fakewa.Config{})
			call := `{"name":"t","language":"de","category":"MARKETING"` + test.more + `,"components":[` + test.components + `]}`
			got := request(t, s.Client(), "POST", "https://graph.facebook.com"+templates, call)
			if test.want == accepted {
				if got.status != 200 {
					t.Errorf("got %s", got.body)
				}
				return
			}
			var refused struct{ Error map[string]any }
			if err := json.Unmarshal([]byte(got.body), &refused); err != nil {
				t.Fatal(err)
			}
			delete(refused.Error, "fbtrace_id")
			want := map[string]any{
				"message": "Invalid parameter", "type": "OAuthException", "code": 100, "is_transient": false,
				"error_subcode": test.want[0], "error_user_title": test.want[1], "error_user_msg": test.want[2],
			}
			if got.status != 400 || jsonOf(t, refused.Error) != jsonOf(t, want) || got.reason == "" || test.source == "" {
				t.Errorf("%s: got %d %s, want %s", test.source, got.status, got.body, jsonOf(t, want))
			}
			log := s.Requests()
			if last := log[len(log)-1]; last.Why != got.reason {
				t.Errorf("the log has %q, the header %q", last.Why, got.reason)
			}
		})
	}
}

// TestUnknownKeysOfTemplates puts a key that nobody knows into each object of a call that
// creates a template.
func TestUnknownKeysOfTemplates(t *testing.T) {
	for _, template := range []struct {
		whole   string // HERE is in each object
		objects []string
	}{
		{`{"name":"t","language":"de","category":"MARKETING","parameter_format":"NAMED","allow_category_change":true,"message_send_ttl_seconds":43200,HERE "components":[
			{"type":"HEADER","format":"IMAGE",HERE "example":{HERE "header_handle":["4:x"]}},
			{"type":"BODY",HERE "text":"Hi {{name}}.","example":{HERE "body_text_named_params":[{HERE "param_name":"name","example":"Ana"}]}},
			{"type":"FOOTER",HERE "text":"Bye."},
			{"type":"BUTTONS",HERE "buttons":[{HERE "type":"QUICK_REPLY","text":"Yes"},{"type":"URL",HERE "text":"Go","url":"https://x.org/{{1}}","example":["https://x.org/7"]}]}]}`,
			[]string{
				"body", "components[0]", "components[0]['example']", "components[1]", "components[1]['example']", "components[1]['example']['body_text_named_params'][0]",
				"components[2]", "components[3]", "components[3]['buttons'][0]", "components[3]['buttons'][1]",
			}},
		{`{"name":"t","language":"de","category":"MARKETING","components":[{"type":"BODY","text":"Hi."},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{HERE "text":"Now","has_expiration":false}}]}`,
			[]string{"components[1]['limited_time_offer']"}},
		{`{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY",HERE "add_security_recommendation":true},
			{"type":"BUTTONS","buttons":[{HERE "type":"OTP","otp_type":"ONE_TAP","supported_apps":[{HERE "package_name":"p","signature_hash":"h"}]}]}]}`,
			[]string{"components[0]", "components[1]['buttons'][0]", "components[1]['buttons'][0]['supported_apps'][0]"}},
		{`{"name":"t","language":"de","category":"MARKETING","components":[{"type":"BODY","text":"Hi."},{"type":"CAROUSEL","cards":[{HERE "components":[
			{"type":"HEADER","format":"IMAGE","example":{HERE "header_handle":["4:x"]}},{HERE "type":"BODY","text":"One."},{"type":"BUTTONS","buttons":[{HERE "type":"QUICK_REPLY","text":"Yes"}]}]}]}]}`,
			[]string{"components[1]['cards'][0]", "components[1]['cards'][0]['components'][0]['example']", "components[1]['cards'][0]['components'][1]", "components[1]['cards'][0]['components'][2]['buttons'][0]"}},
	} {
		unknownKeys(t, strings.Split(template.whole, "HERE"), template.objects)
	}
}

// unknownKeys puts a key between the pieces of a call, each of which is in an object.
func unknownKeys(t *testing.T, pieces, objects []string) {
	t.Helper()
	if len(pieces) != len(objects)+1 {
		t.Fatalf("%d places and %d objects", len(pieces)-1, len(objects))
	}
	for i, object := range objects {
		call := strings.Join(pieces[:i+1], "") + `"speling":null,` + strings.Join(pieces[i+1:], "")
		s, _ := withTemplates(t, fakewa.Config{})
		got := request(t, s.Client(), "POST", "https://graph.facebook.com"+templates, call)
		message := `(#100) Unexpected key "speling" on param "` + object + `".`
		if got.status != 400 || got.Error.Code != 100 || got.Error.Message != message || strings.Contains(got.body, "error_data") {
			t.Errorf("%s: got %s", object, got.body)
		}
		if auth, want := got.header.Get("WWW-Authenticate"), `OAuth "Facebook Platform" "invalid_request" "`+strings.ReplaceAll(message, `"`, `\"`)+`"`; auth != want {
			t.Errorf("www-authenticate: got %s, want %s", auth, want)
		}
		open, _ := withTemplates(t, fakewa.Config{TakeUnknown: true})
		if got := request(t, open.Client(), "POST", "https://graph.facebook.com"+templates, call); got.status != 200 {
			t.Errorf("%s: it is not taken: %s", object, got.body)
		}
		log := open.Requests()
		if unknown := log[len(log)-1].Unknown; len(unknown) != 1 || !strings.HasSuffix("."+unknown[0], ".speling") {
			t.Errorf("%s: the log has %q", object, unknown)
		}
	}
	s, _ := withTemplates(t, fakewa.Config{})
	if got := request(t, s.Client(), "POST", "https://graph.facebook.com"+templates, strings.Join(pieces, "")); got.status != 200 {
		t.Errorf("without it: got %s", got.body)
	}
}

// TestAddedTemplateNeedsNoExamples adds a template that is approved already.
func TestAddedTemplateNeedsNoExamples(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	id := addTemplate(t, s, "t", "de", "UTILITY", `[{"type":"BODY","text":"Hi {{1}} there."}]`)
	accept[map[string]bool](t, s, "POST", "/v23.0/"+id, `{"category":"MARKETING"}`)
}
