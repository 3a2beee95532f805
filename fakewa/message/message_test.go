package message

import (
	"strings"
	"testing"
)

func TestCommonFields(t *testing.T) {
	m := Message{Type: "text", Text: "hi"}
	for name, tt := range map[string]struct {
		body j
		want func(*Message)
	}{
		"number":      {j{"to": "+1 (650) 555-1234"}, func(m *Message) { m.To = "+1 (650) 555-1234" }},
		"one digit":   {j{"to": "1"}, func(m *Message) { m.To = "1" }},
		"most digits": {j{"to": "12345678901234567890"}, func(m *Message) { m.To = "12345678901234567890" }},
		"individual":  {j{"to": "1", "recipient_type": "individual"}, func(m *Message) { m.To = "1" }},
		"group":       {j{"to": "Y2FwaV9ncm91c", "recipient_type": "group"}, func(m *Message) { m.To, m.Group = "Y2FwaV9ncm91c", true }},
		"upper case":  {j{"to": "1", "type": "TEXT", "recipient_type": "INDIVIDUAL"}, func(m *Message) { m.To = "1" }},
		"scoped id":   {j{"recipient": "US.1"}, func(m *Message) { m.Recipient = "US.1" }},
		"both":        {j{"to": "1", "recipient": "US.1"}, func(m *Message) { m.To, m.Recipient = "1", "US.1" }},
		"id in to":    {j{"to": "US.1"}, func(m *Message) { m.To = "US.1" }}, // it is taken, and never arrives
		"null":        {j{"to": "1", "recipient": nil, "type": nil, "context": nil, "status": nil}, func(m *Message) { m.To = "1" }},
		"all": {j{"to": "1", "type": "text", "context": j{"message_id": "wamid.A"}, "biz_opaque_callback_data": long(512), "recipient_identity_key_hash": "h"}, func(m *Message) {
			m.To, m.ReplyTo, m.Opaque, m.IdentityHash = "1", "wamid.A", long(512), "h"
		}},
	} {
		tt.body["messaging_product"], tt.body["text"] = "whatsapp", j{"body": "hi"}
		want := m
		want.Body = encoded(t, tt.body)
		tt.want(&want)
		accepted(t, name, Rules{}, "", want.Body, want)
	}
}

func TestCommonFieldsRefused(t *testing.T) {
	body := whole(t, "text", j{"text": j{"body": "hi"}, "recipient": "US.1", "recipient_type": "individual", "context": j{"message_id": "wamid.A"}})
	toUser := with(t, body, "to", gone{})
	toGroup := with(t, body, "recipient_type", "group")
	const anyType = `it must be "audio", "contacts", "document", "image", "interactive", "location", "reaction", "sticker", "template", "text" or "video".`
	const noNumber = "it must be a phone number: 1 to 20 digits; +, -, (, ) and spaces are allowed too."
	const noScoped = `it must be a business-scoped user id such as "US.13491208655302741918".`
	for _, tt := range []struct {
		body j
		refusal
	}{
		{body, refusal{"product_policy", "STRICT", 100, "is a key that the API does not know.", ""}},
		{body, refusal{"unknown", nil, 100, "is a key that the API does not know.", ""}},
		{body, refusal{"recipient_type", "business_scoped_user_id", 100, `is "business_scoped_user_id"; it must be "individual" or "group".`, ""}},
		{body, refusal{"to", "0016505551234", 100, `is "0016505551234"; it must be a phone number with its country code, without 00 before it.`, ""}},
		{body, refusal{"to", "+0016505551234", 100, `is "+0016505551234"; it must be a phone number with its country code, without 00 before it.`, ""}},
		{body, refusal{"to", " (00) 1650", 100, `is " (00) 1650"; it must be a phone number with its country code, without 00 before it.`, ""}},
		{body, refusal{"type", "jpeg", 100, `is "jpeg"; ` + anyType, ""}},
		{body, refusal{"type", "", 100, `is ""; ` + anyType, ""}},
		{body, refusal{"type", "pin", 131051, `is "pin"; ` + anyType, ""}},
		{body, refusal{"messaging_product", gone{}, 100, `is missing; it must be "whatsapp".`, ""}},
		{body, refusal{"messaging_product", "sms", 100, `is "sms"; it must be "whatsapp".`, ""}},
		{body, refusal{"messaging_product", 1, 100, "is a number; it must be a string.", ""}},
		{body, refusal{"recipient_type", "crowd", 100, `is "crowd"; it must be "individual" or "group".`, ""}},
		{body, refusal{"recipient_type", a{}, 100, "is an array; it must be a string.", ""}},
		{body, refusal{"to", 16505551234, 100, "is a number; it must be a string.", ""}},
		{body, refusal{"to", "+", 131009, `is "+"; ` + noNumber, ""}},
		{body, refusal{"to", "123456789012345678901", 131009, `is "123456789012345678901"; ` + noNumber, ""}},
		{body, refusal{"to", "US-1", 131009, `is "US-1"; ` + noNumber, ""}},
		{body, refusal{"to", strings.Repeat("x", 70), 131009, `is "` + strings.Repeat("x", 60) + `"; ` + noNumber, ""}},
		{body, refusal{"recipient", false, 100, "is a boolean; it must be a string.", ""}},
		{toUser, refusal{"recipient", "1", 131009, `is "1"; ` + noScoped, ""}},
		{toUser, refusal{"recipient", gone{}, 100, "is missing; it must be a phone number, or recipient a business-scoped user id.", "to"}},
		{toGroup, refusal{"to", gone{}, 100, "is missing; it must be the id of a group.", ""}},
		{body, refusal{"context", "wamid.A", 100, "is a string; it must be an object.", ""}},
		{body, refusal{"context.message_id", gone{}, 100, "is missing; it must be a string.", ""}},
		{body, refusal{"biz_opaque_callback_data", long(513), 100, "has 513 characters; 512 are allowed.", ""}},
		{body, refusal{"biz_opaque_callback_data", j{}, 100, "is an object; it must be a string.", ""}},
		{body, refusal{"recipient_identity_key_hash", true, 100, "is a boolean; it must be a string.", ""}},
		{body, refusal{"type", 1, 100, "is a number; it must be a string.", ""}},
	} {
		refused(t, "common", Rules{}, tt.body, tt.refusal)
	}
	if _, err := (Rules{}).Parse("", []byte("{}")); err == nil || err.Message != "(#100) The parameter messaging_product is required." {
		t.Errorf("without messaging_product: %v", err)
	}
}

func TestBodyThatIsNotAnObject(t *testing.T) {
	for body, why := range map[string]string{
		"":                "The body cannot be read as JSON: unexpected end of JSON input.",
		"{":               "The body cannot be read as JSON: unexpected end of JSON input.",
		"{} {}":           "The body cannot be read as JSON: invalid character '{' after top-level value.",
		`{"a":1e999}`:     "The body cannot be read as JSON: json: cannot unmarshal number 1e999 into Go value of type float64.",
		"[]":              "The body is an array; it must be an object.",
		`"text"`:          "The body is a string; it must be an object.",
		"5":               "The body is a number; it must be an object.",
		"true":            "The body is a boolean; it must be an object.",
		" \n null":        "The body is null; it must be an object.",
		"messaging=whats": "The body cannot be read as JSON: invalid character 'm' looking for beginning of value.",
	} {
		refusedAs(t, body, Rules{}, "application/json; charset=utf-8", []byte(body), 100, why)
	}
}

// TestBodyIsKept reuses the bytes of the body after Parse.
func TestBodyIsKept(t *testing.T) {
	body := []byte("{ \"messaging_product\":\"whatsapp\", \"to\":\"1\", \"text\":{\"body\":\"caf\\u00e9 <3\"} }\n")
	want := string(body)
	m, err := Rules{}.Parse("application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if string(m.Body) != want || m.Text != "café <3" {
		t.Errorf("body %q, text %q", m.Body, m.Text)
	}
}

func TestRules(t *testing.T) {
	rules := Rules{ListBody: 1024, Contacts: 5}
	list := whole(t, "interactive.list", listCase.largest.body)
	refused(t, "list", rules, list, refusal{"interactive.body.text", long(1025), 131009, "has 1025 characters; 1024 are allowed.", ""})
	contacts := whole(t, "contacts", contactsCase.smallest.body)
	button := whole(t, "interactive.button", buttonCase.smallest.body)
	const title = "interactive.action.buttons[0].reply.title"
	emoji := strings.Repeat("x", 19) + "😀" // 20 code points, 21 UTF-16 units
	refused(t, "UTF-16 units", Rules{}, button, refusal{title, emoji, 131009, "has 21 characters; 20 are allowed.", ""})
	if m, err := (Rules{CodePoints: true}).Parse("", encoded(t, with(t, button, title, emoji))); err != nil || m.Choices[0].Title != emoji {
		t.Errorf("code points: %v", err)
	}
	refused(t, "code points", Rules{CodePoints: true}, button, refusal{title, emoji + "e", 131009, "has 21 characters; 20 are allowed.", ""})
	refused(t, "a letter and its accent", Rules{CodePoints: true}, button, refusal{title, strings.Repeat("e\u0301", 10) + "e", 131009, "has 21 characters; 20 are allowed.", ""})
	refused(t, "contacts", rules, contacts, refusal{"contacts", times(6, func(int) any { return j{} }), 100, "has 6 items; 5 are allowed.", ""})
}

func TestBusinessScoped(t *testing.T) {
	for id, want := range map[string]bool{
		"US.13491208655302741918":        true,
		"DE.ENT.a1":                      true,
		"US." + strings.Repeat("a", 128): true,
		"US." + strings.Repeat("a", 129): false,
		"us.1":                           false,
		"USA.1":                          false,
		"US.":                            false,
		"US.1\n":                         false,
		"16505551234":                    false,
		"":                               false,
	} {
		if BusinessScoped(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

func TestNotUTF8(t *testing.T) {
	_, refused := Rules{}.Parse("application/json", []byte("{\"messaging_product\":\"whatsapp\",\"to\":\"1\",\"text\":{\"body\":\"\xff\"}}"))
	if refused == nil || refused.Code != 100 || refused.Details != "The body is not UTF-8." {
		t.Errorf("got %v", refused)
	}
}
