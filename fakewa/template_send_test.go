package fakewa_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// sendTemplate returns the body that sends a template with components.
func sendTemplate(name, language, components string) string {
	return `{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"` + name +
		`","language":{"code":"` + language + `"},"components":[` + components + `]}}`
}

// bodyTexts returns a component that fills in the body with texts.
func bodyTexts(values ...string) string {
	var parameters []string
	for _, v := range values {
		parameters = append(parameters, `{"type":"text","text":"`+v+`"}`)
	}
	return `{"type":"body","parameters":[` + strings.Join(parameters, ",") + `]}`
}

// addSendable adds the templates that the tests in this file send.
func addSendable(t *testing.T, s *fakewa.Server) {
	t.Helper()
	addTemplate(t, s, "plain", "en", "MARKETING", `[{"type":"BODY","text":"Hi."}]`)
	addTemplate(t, s, "plain", "de", "MARKETING", `[{"type":"BODY","text":"Hallo."}]`)
	addTemplate(t, s, "three", "en", "UTILITY", `[{"type":"HEADER","text":"For {{1}}"},{"type":"BODY","text":"Hi {{1}}: {{2}}, {{3}} and {{1}}."}]`)
	addTemplate(t, s, "long", "en", "UTILITY", `[{"type":"BODY","text":"Read {{1}}."}]`)
	addTemplate(t, s, "picture", "en", "MARKETING", `[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hi."}]`)
	addTemplate(t, s, "code", "en", "AUTHENTICATION", `[{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copy"}]}]`)
	addTemplate(t, s, "buttons", "en", "MARKETING", `[{"type":"BODY","text":"Coming?"},{"type":"BUTTONS","buttons":[
		{"type":"QUICK_REPLY","text":"Yes"},{"type":"QUICK_REPLY","text":"No"},
		{"type":"URL","text":"See","url":"https://example.com/{{1}}"},{"type":"URL","text":"Home","url":"https://example.com/"},
		{"type":"PHONE_NUMBER","text":"Call","phone_number":"+16505551234"},{"type":"COPY_CODE","example":"SAVE"},
		{"type":"VOICE_CALL","text":"Talk"}]}]`)
	addTemplate(t, s, "cards", "en", "MARKETING", `[{"type":"BODY","text":"Look."},{"type":"CAROUSEL","cards":[
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"One {{1}}."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"First"}]}]},
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Two."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Second"}]}]}]}]`)
	addTemplate(t, s, "shop", "en", "MARKETING", `[{"type":"BODY","text":"Buy."},{"type":"BUTTONS","buttons":[
		{"type":"MPM","text":"Items"},{"type":"CATALOG","text":"All"},{"type":"FLOW","text":"Ask"}]}]`)
	if _, err := s.AddTemplate(fakewa.Template{Name: "named", Language: "en", Category: "UTILITY", Format: "NAMED", Components: json.RawMessage(`[{"type":"BODY","text":"Hi {{first}} {{last}}."}]`)}); err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{"PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL"} {
		name := strings.ToLower(status)
		addTemplate(t, s, name, "en", "UTILITY", `[{"type":"BODY","text":"Hi."}]`)
		if err := s.SetTemplateStatus(name, "en", status, ""); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	imageHeader  = `{"type":"header","parameters":[{"type":"image","image":{"link":"https://example.com/a.png"}}]}`
	seeButton    = `{"type":"button","sub_type":"url","index":"2","parameters":[{"type":"text","text":"7"}]}`
	couponButton = `{"type":"button","sub_type":"copy_code","index":5,"parameters":[{"type":"coupon_code","coupon_code":"SAVE20"}]}`
	nameHeader   = `{"type":"HEADER","parameters":[{"type":"text","text":"Ana"}]}`
)

func TestTemplateWithWrongParametersIsRefused(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	addSendable(t, s)
	toID := func(body string) string {
		return strings.Replace(body, `"to":"16505551234"`, `"recipient":"US.13491208655302741918"`, 1)
	}
	named := func(parameters string) string {
		return sendTemplate("named", "en", `{"type":"body","parameters":[`+parameters+`]}`)
	}
	button := func(fields string) string {
		return sendTemplate("buttons", "en", seeButton+`,`+couponButton+`,{"type":"button",`+fields+`}`)
	}
	cards := func(second string) string {
		return sendTemplate("cards", "en", `{"type":"carousel","cards":[{"card_index":0,"components":[`+imageHeader+`,`+bodyTexts("a")+`]}`+second+`]}`)
	}
	for name, test := range map[string]struct {
		body string
		want refusal
	}{
		"an unknown name":         {sendTemplate("nothing", "en", ""), refusal{404, 132001, 0, "template name (nothing) does not exist in en: there is no template of this name"}},
		"an unknown language":     {sendTemplate("plain", "es", ""), refusal{404, 132001, 0, "template name (plain) does not exist in es: its languages are en, de"}},
		"pending":                 {sendTemplate("pending", "en", ""), refusal{404, 132001, 0, "PENDING"}},
		"rejected":                {sendTemplate("rejected", "en", ""), refusal{404, 132001, 0, "REJECTED"}},
		"in appeal":               {sendTemplate("in_appeal", "en", ""), refusal{404, 132001, 0, "IN_APPEAL"}},
		"paused":                  {sendTemplate("paused", "en", ""), refusal{400, 132015, 0, "paused"}},
		"disabled":                {sendTemplate("disabled", "en", ""), refusal{400, 132016, 0, "disabled"}},
		"too few":                 {sendTemplate("three", "en", nameHeader+`,`+bodyTexts("a")), refusal{400, 132000, 0, "body: number of localizable_params (1) does not match the expected number of params (3)"}},
		"too many":                {sendTemplate("plain", "en", bodyTexts("a")), refusal{400, 132000, 0, "body: number of localizable_params (1) does not match the expected number of params (0)"}},
		"none":                    {sendTemplate("three", "en", nameHeader), refusal{400, 132000, 0, "body: number of localizable_params (0)"}},
		"no header":               {sendTemplate("three", "en", bodyTexts("a", "b", "c")), refusal{400, 132000, 0, "header: number of localizable_params (0) does not match the expected number of params (1)"}},
		"a header of none":        {sendTemplate("plain", "en", nameHeader), refusal{400, 132000, 0, "header: "}},
		"a footer's text":         {sendTemplate("hello_world", "en_US", strings.Replace(bodyTexts("a"), "body", "footer", 1)), refusal{400, 100, 0, `type is "footer"; it must be "body"`}},
		"two pictures":            {sendTemplate("picture", "en", imageHeader+`,`+imageHeader), refusal{400, 132000, 0, "header: number of localizable_params (2)"}},
		"no picture":              {sendTemplate("picture", "en", ""), refusal{400, 132012, 0, "header: Format mismatch, expected IMAGE, received UNKNOWN"}},
		"a text for a picture":    {sendTemplate("picture", "en", nameHeader), refusal{400, 132012, 0, "header: Format mismatch, expected IMAGE, received TEXT"}},
		"a picture for a text":    {sendTemplate("three", "en", imageHeader+`,`+bodyTexts("a", "b", "c")), refusal{400, 132012, 0, "header: Format mismatch, expected TEXT, received IMAGE"}},
		"a name by position":      {sendTemplate("long", "en", strings.Replace(bodyTexts("a"), `{"type":"text"`, `{"parameter_name":"x","type":"text"`, 1)), refusal{400, 132012, 0, `parameter_name "x"`}},
		"no parameter_name":       {named(`{"type":"text","text":"a","parameter_name":"first"},{"type":"text","text":"b"}`), refusal{400, 100, 0, "body: parameter 2 has no parameter_name; it must be one of first, last"}},
		"an unknown name of one":  {named(`{"type":"text","text":"a","parameter_name":"first"},{"type":"text","text":"b","parameter_name":"middle"}`), refusal{400, 132012, 0, `"middle"`}},
		"a name twice":            {named(`{"type":"text","text":"a","parameter_name":"first"},{"type":"text","text":"b","parameter_name":"first"}`), refusal{400, 132012, 0, "an earlier one"}},
		"too long with it":        {sendTemplate("long", "en", bodyTexts(strings.Repeat("x", 1019))), refusal{400, 132005, 0, "1025 characters with its parameters; 1024"}},
		"a header too long":       {sendTemplate("three", "en", strings.Replace(nameHeader, "Ana", strings.Repeat("x", 57), 1)+`,`+bodyTexts("a", "b", "c")), refusal{400, 132005, 0, "header: the text has 61 characters with its parameters; 60"}},
		"a long code":             {sendTemplate("code", "en", bodyTexts("1234567890123456")+`,{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"1234567890123456"}]}`), refusal{400, 132012, 0, "the code of the button at index 0 has 16 characters; 15"}},
		"a code to a user's id":   {toID(sendTemplate("code", "en", bodyTexts("123"))), refusal{400, 131062, 0, "US.13491208655302741918"}},
		"a code without a button": {sendTemplate("code", "en", bodyTexts("123")), refusal{400, 131008, 0, "buttons: Button at index 0 of type Url requires a parameter"}},
		"no URL":                  {sendTemplate("buttons", "en", couponButton), refusal{400, 131008, 0, "buttons: Button at index 2 of type Url requires a parameter"}},
		"a payload for a URL":     {sendTemplate("buttons", "en", couponButton+`,`+strings.Replace(seeButton, `"type":"text","text"`, `"type":"payload","payload"`, 1)), refusal{400, 132012, 0, `"payload"; it must be "text"`}},
		"two for a URL":           {button(`"sub_type":"url","index":2,"parameters":[{"type":"text","text":"8"}]`), refusal{400, 132000, 0, "Button at index 2: number of localizable_params (2)"}},
		"a fixed URL":             {button(`"sub_type":"url","index":3,"parameters":[{"type":"text","text":"8"}]`), refusal{400, 100, 0, "Button at index 3 is of type Url and does not support parameters"}},
		"a call":                  {button(`"sub_type":"url","index":4,"parameters":[{"type":"text","text":"8"}]`), refusal{400, 100, 0, "of type Call"}},
		"another sub_type":        {button(`"sub_type":"url","index":0,"parameters":[{"type":"text","text":"8"}]`), refusal{400, 132012, 0, `sub_type of the button at index 0 is "url"; it must be "quick_reply"`}},
		"a button too many":       {button(`"sub_type":"url","index":7,"parameters":[{"type":"text","text":"8"}]`), refusal{400, 132012, 0, "no button at index 7; the template has 7"}},
		"no products":             {sendTemplate("shop", "en", ""), refusal{400, 131008, 0, "Button at index 0 of type MPM requires a parameter"}},
		"a text for products":     {sendTemplate("shop", "en", `{"type":"button","sub_type":"mpm","index":0,"parameters":[{"type":"text","text":"x"}]}`), refusal{400, 132012, 0, `"text"; it must be "action"`}},
		"a long coupon":           {sendTemplate("buttons", "en", seeButton+`,`+strings.Replace(couponButton, "SAVE20", "SAVE201234567890", 1)), refusal{400, 132012, 0, "16 characters; 15"}},
		"a button of none":        {sendTemplate("plain", "en", seeButton), refusal{400, 132012, 0, "button: the template has no such component"}},
		"a carousel of none":      {sendTemplate("plain", "en", `{"type":"carousel","cards":[{"card_index":0}]}`), refusal{400, 132012, 0, "carousel"}},
		"no cards":                {sendTemplate("cards", "en", ""), refusal{400, 132012, 0, "carousel.cards[0].header: Format mismatch"}},
		"a card that lacks":       {cards(""), refusal{400, 132012, 0, "carousel.cards[1].header"}},
		"a card's text too many":  {cards(`,{"card_index":1,"components":[` + imageHeader + `,` + bodyTexts("b") + `]}`), refusal{400, 132000, 0, "carousel.cards[1].body: number of localizable_params (1)"}},
		"a card too many":         {cards(`,{"card_index":2}`), refusal{400, 132012, 0, "no card at card_index 2; the template has 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", test.body)
			test.want.check(t, status, answer)
		})
	}
	if sent := s.Sent(); len(sent) != 0 {
		t.Errorf("a refused message was sent: %+v", sent)
	}
}

func TestNoTemplateSetsTheStatusOf132001(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{NoTemplate: 400})
	status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", sendTemplate("nothing", "en", ""))
	refusal{400, 132001, 0, "nothing"}.check(t, status, answer)
}

// TestTemplateIsRenderedWithItsParameters sends to users who have never written.
func TestTemplateIsRenderedWithItsParameters(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	addSendable(t, s)
	for name, test := range map[string]struct{ body, rendered string }{
		"plain":   {sendTemplate("plain", "de", ""), "Hallo."},
		"three":   {sendTemplate("three", "en", nameHeader+`,{"type":"BODY","parameters":[{"type":"text","text":"Ana"},{"type":"currency","currency":{"fallback_value":"$7","code":"USD","amount_1000":7000}},{"type":"date_time","date_time":{"fallback_value":"May 1"}}]}`), "Hi Ana: $7, May 1 and Ana."},
		"named":   {sendTemplate("named", "en", `{"type":"body","parameters":[{"type":"text","parameter_name":"last","text":"Diaz"},{"type":"text","parameter_name":"first","text":"{{last}}"}]}`), "Hi {{last}} Diaz."},
		"long":    {sendTemplate("long", "en", bodyTexts(strings.Repeat("x", 1018))), "Read " + strings.Repeat("x", 1018) + "."},
		"code":    {sendTemplate("code", "en", bodyTexts("123")+`,{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"123"}]}`), "*123* is your verification code."},
		"shop":    {sendTemplate("shop", "en", `{"type":"button","sub_type":"mpm","index":0,"parameters":[{"type":"action","action":{"thumbnail_product_retailer_id":"x"}}]},{"type":"button","sub_type":"flow","index":2,"parameters":[{"type":"action","action":{"flow_token":"x"}}]}`), "Buy."},
		"picture": {sendTemplate("picture", "en", imageHeader), "Hi."},
		"buttons": {sendTemplate("buttons", "en", seeButton+`,`+couponButton+`,{"type":"button","sub_type":"voice_call","index":6,"parameters":[{"type":"payload","payload":"x"}]}`), "Coming?"},
	} {
		t.Run(name, func(t *testing.T) {
			accept[map[string]any](t, s, "POST", "/"+number+"/messages", test.body)
			sent := s.Sent()
			last := sent[len(sent)-1]
			if last.Rendered != test.rendered || last.Status != "delivered" || last.Text != "" {
				t.Errorf("got %+v", last)
			}
			object, err := json.Marshal(last)
			if err != nil || !strings.Contains(string(object), `"rendered":"`) {
				t.Errorf("got %s, %v", object, err)
			}
		})
	}
}

func TestTemplateIsDeliveredOutsideTheWindow(t *testing.T) {
	for _, window := range []fakewa.Window{fakewa.WindowFails, fakewa.WindowRefuses} {
		s, _ := withTemplates(t, fakewa.Config{Window: window})
		say(t, s)
		if err := s.Config().Clock.Advance(t.Context(), 24*time.Hour+time.Second); err != nil {
			t.Fatal(err)
		}
		accept[map[string]any](t, s, "POST", "/"+number+"/messages", sendTemplate("hello_world", "en_US", ""))
		if inbox := s.Phone("16505551234").Inbox(); len(inbox) != 1 || inbox[0].Type != "template" || inbox[0].Status != "delivered" {
			t.Errorf("window %q: got %+v", window, inbox)
		}
	}
}

func TestStatusesHaveTheTemplatesCategory(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	addSendable(t, s)
	accept[map[string]any](t, s, "POST", "/"+number+"/messages", sendTemplate("plain", "en", ""))
	accept[map[string]bool](t, s, "DELETE", templates+"?name=plain", "") // sent messages do not change
	s.Phone("16505551234").Read()
	templateWebhooks(t, s, bot)
	if got := strings.Join(bot.all(), "\n"); strings.Count(got, `"category":"marketing"`) != 2 {
		t.Errorf("got %s", got)
	}
}

func TestTapAnswersATemplatesButton(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	addSendable(t, s)
	phone := s.Phone("16505551234")
	tap := func(choice, want string) {
		t.Helper()
		id, err := phone.Tap(t.Context(), choice)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, m := range s.Conversation("16505551234") {
			if m.ID == id {
				got = string(m.Body)
			}
		}
		if !strings.Contains(got, want) || !strings.Contains(got, `"type":"button"`) || !strings.Contains(got, `"context":{"from":"15550783881","id":"wamid.`) {
			t.Errorf("tap %q: got %s", choice, got)
		}
	}
	accept[map[string]any](t, s, "POST", "/"+number+"/messages", sendTemplate("buttons", "en", seeButton+`,`+couponButton+`,{"type":"button","sub_type":"quick_reply","index":1,"parameters":[{"type":"payload","payload":"no-7"}]}`))
	tap("Yes", `"button":{"payload":"Yes","text":"Yes"}`)
	tap("No", `"button":{"payload":"no-7","text":"No"}`)
	tap("no-7", `"button":{"payload":"no-7","text":"No"}`)
	accept[map[string]bool](t, s, "DELETE", templates+"?name=buttons", "") // the phone still shows its message
	tap("No", `"button":{"payload":"no-7","text":"No"}`)
	if _, err := phone.Tap(t.Context(), "See"); err == nil || !strings.Contains(err.Error(), `["Yes" "No"]`) {
		t.Errorf("a URL was tapped: %v", err)
	}
	cards := `{"type":"carousel","cards":[{"card_index":1,"components":[` + imageHeader + `,{"type":"button","sub_type":"quick_reply","index":0,"parameters":[{"type":"payload","payload":"two"}]}]},{"card_index":0,"components":[` + imageHeader + `,` + bodyTexts("a") + `]}]}`
	accept[map[string]any](t, s, "POST", "/"+number+"/messages", sendTemplate("cards", "en", cards))
	tap("First", `"button":{"payload":"First","text":"First"}`)
	tap("Second", `"button":{"payload":"two","text":"Second"}`)
	accept[map[string]any](t, s, "POST", "/"+number+"/messages", `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Agreed"}}]}}}`)
	if _, err := phone.Tap(t.Context(), "Agreed"); err != nil {
		t.Error(err)
	}
	if got := strings.Join(bot.all(), "\n"); !strings.Contains(got, `"button_reply":{"id":"a","title":"Agreed"}`) {
		t.Errorf("got %s", got)
	}
}

// TestMessagesAreReadable writes each kind of message as a person sees it.
func TestMessagesAreReadable(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	addSendable(t, s)
	ana := s.Phone("16505551234")
	if _, err := ana.Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		sendTemplate("three", "en", `{"type":"header","parameters":[{"type":"text","text":"you"}]},`+bodyTexts("Ana", "b", "c")):                         "For you\nHi Ana: b, c and Ana.",
		sendTemplate("code", "en", bodyTexts("123456")+`,{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123456"}]}`): "*123456* is your verification code.\n[1] Copy",
		sendTemplate("plain", "de", ""): "Hallo.",
		`{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"button","body":{"text":"Hungry?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Pizza"}}]}}}`: "Hungry?\n[1] Pizza",
	} {
		if status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", body); status != 200 {
			t.Fatalf("got %d %s", status, answer)
		}
		sent := s.Sent()
		if got := sent[len(sent)-1].String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := s.Conversation("16505551234")[0].String(); got != "hello" {
		t.Errorf("got %q", got)
	}
}
