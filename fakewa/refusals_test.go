package fakewa_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"wappasim/fakewa"
)

const invalidParameter = "(#100) Invalid parameter"

// refusedSend is a send that people made, and the answer that they had.
type refusedSend struct {
	body     string // without messaging_product and to
	code     int
	message  string // its end, if it begins with …
	details  string // "": the answer has no error_data
	source   string // [?]: inferred from the others
	accepted bool
}

const onlyWords = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"

func templateWith(parameters string) string {
	return `"type":"template","template":{"name":"order","language":{"code":"de"},"components":[{"type":"body","parameters":[` + parameters + `]}]}`
}

func textParameter(text string) string { return templateWith(`{"type":"text","text":"` + text + `"}`) }

func namedParameter(text string) string {
	return strings.Replace(templateWith(`{"type":"text","parameter_name":"n","text":"`+text+`"}`), `"order"`, `"named"`, 1)
}

func unexpected(key, object string) string {
	return fmt.Sprintf("(#100) Unexpected key %q on param %q.", key, object)
}

// refusedSends are the sends, by what is wrong.
var refusedSends = map[string]refusedSend{
	"a line break in a parameter":  {textParameter(`a\nb`), 132018, "(#132018) There's an issue with the parameters in your template", onlyWords, "netflie/whatsapp-cloud-api#201", false},
	"a tab":                        {textParameter(`a\tb`), 132018, "… in your template", onlyWords, "dimagi/open-chat-studio#4277", false},
	"five spaces":                  {textParameter(`a     b`), 132018, "… in your template", onlyWords, "schemalabz/opencouncil#780", false},
	"four spaces":                  {body: textParameter(`a    b`), accepted: true},
	"four spaces at the end":       {body: textParameter(`b    `), accepted: true},
	"four, a letter, four":         {body: textParameter(`a    b    c`), accepted: true},
	"a line break, named":          {namedParameter(`a\nb`), 132018, "… in your template", onlyWords, "netflie/whatsapp-cloud-api#201", false},
	"a carriage return, named":     {namedParameter(`a\rb`), 132018, "… in your template", onlyWords, "[?]", false},
	"five spaces, named":           {namedParameter(`     a`), 132018, "… in your template", onlyWords, "[?]", false},
	"four spaces, named":           {body: namedParameter(`a    b`), accepted: true},
	"a named one without its name": {strings.Replace(textParameter("a"), `"order"`, `"named"`, 1), 100, invalidParameter, "Parameter name is missing or empty", "piusalfred/whatsapp#100, netflie/laravel-notification-whatsapp#41", false},
	"a parameter that is null":     {templateWith(`{"type":"text","text":null}`), 100, invalidParameter, "Parameter 'text' is mandatory for component parameter type 'text'", "shridarpatil/frappe_whatsapp#43", false},
	"a parameter without its text": {templateWith(`{"type":"text"}`), 100, invalidParameter, "Parameter 'text' is mandatory for component parameter type 'text'", "shridarpatil/frappe_whatsapp#43", false},
	"a parameter that is empty":    {textParameter(""), 131008, "(#131008) Required parameter is missing", "Parameter of type text is missing text value", "reports of production", false},
	"a parameter of no type":       {templateWith(`{"type":"txt","text":"a"}`), 100, `… - got "txt".`, "", "[?]", false},

	"policystring":               {`"type":"template","template":{"name":"hello_world","language":{"policystring":"deterministic","code":"en_US"}}`, 100, unexpected("policystring", "template['language']"), "", "WhatsApp/WhatsApp-Nodejs-SDK#21, #12", false},
	"a key of a component":       {`"type":"template","template":{"name":"hello_world","language":{"code":"en_US"},"components":[{"type":"body","name":"x"}]}`, 100, unexpected("name", "template['components'][0]"), "", "gabrieldwight/Whatsapp-Business-Cloud-Api-Net#50", false},
	"a key of a parameter":       {templateWith(`{"type":"text","text":"a","key":"n"}`), 100, unexpected("key", "template['components'][0]['parameters'][0]"), "", "[?]", false},
	"a key of a template":        {`"type":"template","template":{"name":"hello_world","language":{"code":"en_US"},"params":[]}`, 100, unexpected("params", "template"), "", "[?]", false},
	"a key of a text":            {`"text":{"body":"hi","preview":true}`, 100, unexpected("preview", "text"), "", "[?]", false},
	"the file name of an image":  {`"type":"image","image":{"link":"https://example.com/a.png","filename":"a.png"}`, 100, unexpected("filename", "image"), "", "reports of production", false},
	"the caption of a voice":     {`"type":"audio","audio":{"link":"https://example.com/a.ogg","caption":"a"}`, 100, unexpected("caption", "audio"), "", "[?]", false},
	"a key of an interactive":    {`"type":"interactive","interactive":{"type":"button","bodyId":1,"body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, 100, unexpected("bodyId", "interactive"), "", "reports of production", false},
	"a key of a button":          {`"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","title":"A","reply":{"id":"a","title":"A"}}]}}`, 100, unexpected("title", "interactive['action']['buttons'][0]"), "", "[?]", false},
	"a key of the context":       {`"text":{"body":"hi"},"context":{"message_id":"wamid.A","from":"1"}`, 100, unexpected("from", "context"), "", "[?]", false},
	"a key at the top":           {`"text":{"body":"hi"},"preview_url":true`, 100, unexpected("preview_url", "body"), "", "[?]", false},
	"a key whose value is null":  {`"text":{"body":"hi"},"extra":null`, 100, unexpected("extra", "body"), "", "[?]", false},
	"known keys that are null":   {body: `"type":"text","text":{"body":"hi","preview_url":null},"image":null,"template":null,"context":null`, accepted: true},
	"a type that there is not":   {`"type":"jpeg"`, 100, `(#100) Param type must be one of {AUDIO, CONTACTS, DOCUMENT, GIF, IMAGE, INTERACTIVE, LINK_PREVIEW, LOCATION, PIN, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "jpeg".`, "", "a comment in published code", false},
	"buttons":                    {`"type":"interactive","interactive":{"type":"buttons","body":{"text":"?"},"action":{}}`, 100, `… - got "buttons".`, "", "Secreto31126/whatsapp-api-js#169", false},
	"a recipient_type":           {`"recipient_type":"business_scoped_user_id","text":{"body":"hi"}`, 100, `(#100) Param recipient_type must be one of {GROUP, INDIVIDUAL} - got "business_scoped_user_id".`, "", "devlooped/WhatsApp#440", false},
	"a component of no type":     {`"type":"template","template":{"name":"hello_world","language":{"code":"en_US"},"components":[{"type":"text"}]}`, 100, `… - got "text".`, "", "[?]", false},
	"a button of no type":        {`"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"url","reply":{"id":"a","title":"A"}}]}}`, 100, `(#100) Param interactive['action']['buttons'][0]['type'] must be one of {REPLY} - got "url".`, "", "[?]", false},
	"4097 characters":            {`"text":{"body":"` + strings.Repeat("x", 4097) + `"}`, 100, "(#100) Param text['body'] must be at most 4096 characters long.", "", "live tests of Azure/azure-sdk-for-net", false},
	"4096 characters":            {body: `"text":{"body":"` + strings.Repeat("x", 4096) + `"}`, accepted: true},
	"no characters":              {`"text":{"body":""}`, 100, "(#100) Param text['body'] must be at least 1 characters long.", "", "live tests of Azure/azure-sdk-for-net", false},
	"a text that is null":        {`"type":"text","text":null`, 100, "(#100) The parameter text is required.", "", "shridarpatil/frappe_whatsapp#54", false},
	"a body that is null":        {`"type":"text","text":{"body":null}`, 100, "(#100) The parameter text['body'] is required.", "", "shridarpatil/frappe_whatsapp#54", false},
	"a language that is null":    {`"type":"template","template":{"name":"hello_world","language":{"code":null}}`, 100, "(#100) The parameter template['language']['code'] is required.", "", "shridarpatil/frappe_whatsapp#54", false},
	"a sub_type":                 {`"type":"template","template":{"name":"order","language":{"code":"de"},"components":[{"type":"button","sub_type":"call","index":0,"parameters":[]}]}`, 100, "(#100) Param template['components'][0]['sub_type'] must be one of {BOOKING_CONFIRMATION, CATALOG, COPY_CODE, FLOW, MPM, ORDER_DETAILS, QUICK_REPLY, REMINDER, URL, VOICE_CALL} - got \"call\".", "", "shridarpatil/frappe_whatsapp#188", false},
	"an unknown medium":          {`"type":"image","image":{"id":"404"}`, 100, "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID", "", "n8n's node", false},
	"an unknown document":        {`"type":"document","document":{"id":"404","filename":"a.pdf"}`, 100, "(#100) Param document['id'] is not a valid whatsapp business account media attachment ID", "", "n8n's node", false},
	"a link that is none":        {`"type":"image","image":{"link":"/a.png"}`, 100, "(#100) Param image['link'] is not a valid URI.", "", "n8n's node", false},
	"a header's text, an object": {`"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":{}},"body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, 100, "(#100) Param interactive['header']['text'] must be a string.", "", "restfb/restfb#1268", false},
	"a body, a number":           {`"text":{"body":5}`, 100, "(#100) Param text['body'] must be a string.", "", "restfb/restfb#1268", false},
	"a header without its text":  {`"type":"interactive","interactive":{"type":"button","header":{"type":"text"},"body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, 131009, "(#131009) Parameter value is not valid", "Text cannot be null for header type text", "Secreto31126/whatsapp-api-js#54", false},
	"no buttons":                 {`"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[]}}`, 131009, "(#131009) Parameter value is not valid", "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3", "the tests of several clients", false},
	"1025 characters":            {`"type":"interactive","interactive":{"type":"button","body":{"text":"` + strings.Repeat("x", 1025) + `"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, 131009, "(#131009) Parameter value is not valid", "Body text length invalid. Min length: 1, Max length: 1024", "reports of production", false},
	"a key and 1025 characters":  {`"type":"interactive","interactive":{"type":"button","body":{"text":"` + strings.Repeat("x", 1025) + `"},"action":{"x":1,"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, 100, unexpected("x", "interactive['action']"), "", "the order of many reports", false},
}

func TestRefusedSends(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{Window: fakewa.WindowOff})
	addTemplate(t, s, "order", "de", "UTILITY", `[{"type":"BODY","text":"For {{1}}, soon."}]`)
	if _, err := s.AddTemplate(fakewa.Template{Name: "named", Language: "de", Category: "UTILITY", Format: "NAMED", Components: json.RawMessage(`[{"type":"BODY","text":"For {{n}}, soon."}]`)}); err != nil {
		t.Fatal(err)
	}
	for name, test := range refusedSends {
		got := request(t, s.Client(), "POST", api+number+"/messages", `{"messaging_product":"whatsapp","to":"16505550101",`+test.body+`}`)
		if test.accepted {
			if got.status != 200 {
				t.Errorf("%s: got %s", name, got.body)
			}
			continue
		}
		end, isEnd := strings.CutPrefix(test.message, "…")
		message := got.Error.Message == test.message || isEnd && strings.HasSuffix(got.Error.Message, end)
		if got.status != 400 || got.Error.Code != test.code || !message || got.Error.ErrorData.Details != test.details || strings.Contains(got.body, "error_data") != (test.details != "") || got.reason == "" || test.source == "" {
			t.Errorf("%s [%s]: got %d %s", name, test.source, got.status, got.body)
		}
		auth := ""
		if test.code == 100 { // botpress/messaging#676
			auth = `OAuth "Facebook Platform" "invalid_request" "` + strings.ReplaceAll(got.Error.Message, `"`, `\"`) + `"`
		}
		if got.header.Get("WWW-Authenticate") != auth {
			t.Errorf("%s: www-authenticate is %s", name, got.header.Get("WWW-Authenticate"))
		}
		log := s.Requests()
		if last := log[len(log)-1]; last.Error == nil || last.Error.Reason() != got.reason {
			t.Errorf("%s: the log has %+v, the header %q", name, last, got.reason)
		}
	}
}

// TestTheTokenComesFirst has calls that are wrong in two ways.
func TestTheTokenComesFirst(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{Token: "right", Recipients: []string{"1"}})
	const misspelt = `{"messaging_product":"whatsapp","to":"16505550101","text":{"body":"hi","x":1}}`
	request(t, s.Client(), "POST", api+number+"/messages", misspelt).refused(t, 401, 190)
	request(t, s.Client(), "POST", api+"404/messages", misspelt, "Authorization", "Bearer right").refused(t, 400, 100, "does not exist")
	request(t, s.Client(), "POST", api+number+"/messages", misspelt, "Authorization", "Bearer right").refused(t, 400, 100, "Unexpected key")
	request(t, s.Client(), "POST", api+number+"/messages", strings.Replace(misspelt, `,"x":1`, "", 1), "Authorization", "Bearer right").refused(t, 400, 131030)
}
