package fakewa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"wappasim/fakewa/internal/flowtest"
)

// setUp creates what an operation needs: media, a template, a blocked user and so on.
func (b *business) setUp(op string) {
	switch op {
	case "GET /{Media-ID}", "DELETE /{Media-ID}":
		b.ids["{Media-ID}"] = b.upload("a.jpg", "image/jpeg")
	case "POST /{Phone-Number-ID}/verify_code":
		b.must("POST /{Phone-Number-ID}/request_code", "application/json", `{"code_method":"SMS","language":"en_US"}`)
	case "GET /{Phone-Number-ID}/whatsapp_business_profile":
		b.must("POST /{Phone-Number-ID}/whatsapp_business_profile", "application/json", `{"messaging_product":"whatsapp","about":"We sell.",
			"address":"1 Main Street","description":"A shop.","email":"shop@example.com","vertical":"RETAIL","websites":["https://example.com"]}`)
	case "GET /{Phone-Number-ID}/block_users", "DELETE /{Phone-Number-ID}/block_users":
		b.must("POST /{Phone-Number-ID}/block_users", "application/json", `{"messaging_product":"whatsapp","block_users":[{"user":"`+user+`"}]}`)
	case "POST /{Phone-Number-ID}/calls", "GET /{Phone-Number-ID}/call_permissions":
		b.calls()
	case "GET /{WABA-ID}/subscribed_apps", "DELETE /{WABA-ID}/subscribed_apps":
		b.must("POST /{WABA-ID}/subscribed_apps", "application/json", `{}`)
	case "GET /{WABA-ID}/flows", "GET /{Flow-ID}", "POST /{Flow-ID}", "DELETE /{Flow-ID}", "GET /{Flow-ID}/assets", "POST /{Flow-ID}/publish", "POST /{Flow-ID}/deprecate":
		b.makeFlow(strings.HasPrefix(op, "GET"))
		if strings.HasSuffix(op, "deprecate") {
			b.must("POST /{Flow-ID}/publish", "application/json", "")
		}
	case "GET /{Phone-Number-ID}/whatsapp_business_encryption":
		b.must("POST /{Phone-Number-ID}/whatsapp_business_encryption", "application/x-www-form-urlencoded", url.Values{"business_public_key": {flowtest.PublicKey()}}.Encode())
	case "GET /{WABA-ID}/message_templates", "DELETE /{WABA-ID}/message_templates", "GET /{TEMPLATE_ID}", "POST /{TEMPLATE_ID}":
		b.ids["{TEMPLATE_ID}"] = b.makeTemplate(map[string]any{"name": "2023_april_promo", "language": "en_US", "category": "MARKETING", "components": []any{
			map[string]any{"type": "BODY", "text": "Hello."},
		}})
	}
	if strings.Contains(op, "/groups") || strings.Contains(op, "{group_id}") {
		b.makeGroup()
	}
}

// calls has the user of the examples let the business call, and call it, unless the example
// is a call of the business.
func (b *business) calls() {
	b.fake.Calls.Enable(true)
	if _, err := b.fake.Calls.Allow(callee, false); err != nil {
		b.Fatal(err)
	}
	if strings.Contains(b.Name(), "Connect") {
		return
	}
	if _, err := b.fake.Calls.Dial(callee); err != nil {
		b.Fatal(err)
	}
}

// callee is the user of the examples of calls.
const callee = "14085551234"

// makeGroup makes a group with the user in it, and with somebody who wants to join.
func (b *business) makeGroup() {
	g, err := b.fake.Groups.Create("Trip", true)
	if err != nil {
		b.Fatal(err)
	}
	b.ids["{group_id}"] = g.ID
	for _, who := range []string{user, callee} {
		if err := b.fake.Groups.Join(g.ID, who); err != nil {
			b.Fatal(err)
		}
	}
	g, _ = b.fake.Groups.Find(g.ID)
	b.must("POST /{group_id}/join_requests", "application/json", `{"messaging_product":"whatsapp","join_requests":["`+g.Requests[0].ID+`"]}`)
}

// form returns the body of a call to an operation that has no example of one: JSON, or a
// form of the examples that its properties have.
func (b *business) form(op string) (contentType, body string) {
	request := b.operation(op).RequestBody
	if body := b.body(op); body != "" || request == nil {
		return "application/json", body
	}
	for _, kind := range []string{"multipart/form-data", "application/x-www-form-urlencoded"} {
		media := request.Value.Content[kind]
		if media == nil {
			continue
		}
		values := make(url.Values)
		for name, property := range media.Schema.Value.Properties {
			value, _ := property.Value.Example.(string)
			switch name {
			case "clone_flow_id":
				b.makeFlow(false)
				value = b.ids["{Flow-ID}"]
			case "business_public_key":
				value = flowtest.PublicKey()
			}
			values.Set(name, value)
		}
		if len(values) > 0 {
			return "application/x-www-form-urlencoded", values.Encode() // Graph takes both kinds for both
		}
	}
	return "", ""
}

// queries returns the queries with which an operation without a body is called.
func queries(op string) []string {
	switch op {
	case "GET /{Media-ID}", "DELETE /{Media-ID}":
		return []string{"", "?phone_number_id=106540352242922"}
	case "GET /{Phone-Number-ID}":
		return []string{
			"", "?fields=name_status,code_verification_status",
			"?fields=id,display_phone_number,verified_name,quality_rating,platform_type,throughput,status,webhook_configuration",
		}
	case "GET /{Phone-Number-ID}/whatsapp_business_profile":
		return []string{"", "?fields=messaging_product,about,address,description,email,websites,vertical"}
	case "GET /{Phone-Number-ID}/call_permissions":
		return []string{"?user_wa_id=" + callee}
	case "GET /{group_id}":
		return []string{"", "?fields=subject,description,join_approval_mode,suspended,creation_timestamp,participants,total_participant_count"}
	case "GET /{WABA-ID}/phone_numbers":
		return []string{"", "?fields=id,display_phone_number,verified_name,status,quality_rating"}
	case "GET /{Flow-ID}":
		return []string{"", "?fields=id,name,categories,preview,status,validation_errors,json_version,data_api_version,data_channel_uri,health_status,whatsapp_business_account,application"}
	case "GET /{WABA-ID}/message_templates":
		return []string{"", "?name=2023_april_promo", "?limit=1"}
	case "DELETE /{WABA-ID}/message_templates":
		return []string{"?name=2023_april_promo"}
	}
	return []string{""}
}

// body returns JSON for a call to an operation that has no example of it, or nothing.
func (b *business) body(op string) string {
	const product = `{"messaging_product":"whatsapp"`
	switch op {
	case "POST /{Phone-Number-ID}/groups", "POST /{group_id}":
		return product + `,"subject":"New Purchase Inquiry","description":"Jim"}`
	case "POST /{group_id}/invite_link", "DELETE /{group_id}/invite_link":
		return product + "}"
	case "DELETE /{group_id}/participants":
		return product + `,"participants":[{"user":"` + user + `"}]}`
	case "POST /{group_id}/join_requests", "DELETE /{group_id}/join_requests":
		g, _ := b.fake.Groups.Find(b.ids["{group_id}"])
		return product + `,"join_requests":["` + g.Requests[0].ID + `"]}`
	}
	return ""
}

// placeholders are what Meta's examples leave open, and what stands for it.
var placeholders = map[string]func(b *business) string{
	"{{Recipient-Phone-Number}}":    func(*business) string { return user },
	"{{Recipient-WA-Phone-Number}}": func(*business) string { return user },

	"<AUDIO_OBJECT_ID>":    func(b *business) string { return b.upload("a.ogg", "audio/ogg") },
	"<IMAGE_OBJECT_ID>":    func(b *business) string { return b.upload("a.jpg", "image/jpeg") },
	"<VIDEO_OBJECT_ID>":    func(b *business) string { return b.upload("a.mp4", "video/mp4") },
	"<DOCUMENT_OBJECT_ID>": func(b *business) string { return b.upload("a.pdf", "application/pdf") },
	"<MEDIA_OBJECT_ID>":    func(b *business) string { return b.upload("a.webp", "image/webp") }, // of stickers

	"<MSGID_OF_MSG_YOU_ARE_REPLYING_TO>": func(b *business) string { return b.said },
	"<MSGID_OF_PREV_MSG>":                func(b *business) string { return b.said },
	"wacid.HBgLMTIxODU1NTI4MjgVAgARGCAyODRQIAFRoA": func(b *business) string {
		c, _ := b.fake.Calls.Find(callee)
		return c.ID
	},
	"wamid.HBgLM...": func(b *business) string { return b.said },
	"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUYzMjEzNDM2RTZGQ0MzMDJBRgA=": func(b *business) string { return b.said },

	"<TEMPLATE_NAME>":          func(*business) string { return "offer" },
	"template-name":            func(*business) string { return "offer" },
	"language-and-locale-code": func(*business) string { return "en_US" },
	"<HEADER_TYPE>":            func(*business) string { return "text" },
	"{{Flow-ID}}":              func(*business) string { return "1122334455667788" },
}

// anyURL is how the examples leave an address open.
var anyURL = regexp.MustCompile(`<?http\(s\)://([a-z-]+)>?`)

// fit fills in what an example leaves open, creates the template that it needs, and
// returns the request.
func (b *business) fit(op string, example any) (contentType, body string) {
	if op == "POST /{Phone-Number-ID}/media" {
		file := example.(map[string]any)["file"].(string) // as curl's -F has it: @/path;type=image/jpeg
		name, typ, _ := strings.Cut(strings.TrimPrefix(file, "@"), ";type=")
		if kind := path.Ext(name); !strings.Contains(typ, "/") {
			typ = map[string]string{".ogg": "audio/ogg", ".webp": "image/webp"}[kind]
		}
		return fileForm(path.Base(name), typ)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(example); err != nil {
		b.Fatal(err)
	}
	body = anyURL.ReplaceAllString(buf.String(), "https://example.com/$1")
	for placeholder, stand := range placeholders {
		if quoted := `"` + placeholder + `"`; strings.Contains(body, quoted) {
			body = strings.ReplaceAll(body, quoted, `"`+stand(b)+`"`)
		}
	}
	if op == "POST /{Phone-Number-ID}/verify_code" {
		body = `{"code":"` + b.verificationCode() + `"}`
	}
	var message struct{ Template *templateMessage }
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		b.Fatal(err)
	}
	if message.Template != nil && message.Template.Name != "hello_world" { // every account has that one
		b.makeTemplate(message.Template.template())
	}
	return "application/json", body
}

// templateMessage is the template object of a message.
type templateMessage struct {
	Name       string
	Language   struct{ Code string }
	Components []struct {
		Type       string
		SubType    string `json:"sub_type"`
		Parameters []struct{ Type string }
	}
}

// template is the template that the message fills in: with as many parameters of
// the same types, and the same buttons.
func (m *templateMessage) template() map[string]any {
	body := map[string]any{"type": "BODY", "text": "Hello."}
	components := []any{body}
	var buttons []any
	for _, c := range m.Components {
		switch c.Type {
		case "header":
			components = append(components, map[string]any{
				"type": "HEADER", "format": strings.ToUpper(c.Parameters[0].Type),
				"example": map[string]any{"header_handle": []string{"4:aGFuZGxl"}},
			})
		case "body":
			var examples []string
			for i := range c.Parameters {
				body["text"] = fmt.Sprintf("%s And {{%d}}, too.", body["text"], i+1)
				examples = append(examples, "this")
			}
			body["example"] = map[string]any{"body_text": [][]string{examples}}
		case "button":
			button := map[string]any{"type": strings.ToUpper(c.SubType), "text": fmt.Sprintf("Button %d", len(buttons)+1)}
			if button["type"] == "FLOW" {
				button["flow_id"], button["flow_action"], button["navigate_screen"] = "1122334455667788", "navigate", "START"
			}
			buttons = append(buttons, button)
		}
	}
	if buttons != nil {
		components = append(components, map[string]any{"type": "BUTTONS", "buttons": buttons})
	}
	return map[string]any{"name": m.Name, "language": m.Language.Code, "category": "MARKETING", "components": components}
}
