package fakewa_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"wappasim/fakewa"
)

// sendMedia sends media to the user of hi.
func sendMedia(t *testing.T, s *fakewa.Server, typ, id string) answer {
	t.Helper()
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"16505551234","type":%q,%q:{"id":%q}}`, typ, typ, id)
	return request(t, s.Client(), "POST", api+number+"/messages", body)
}

func TestSentMediaMustBeOfTheRightKind(t *testing.T) {
	var bot recorder
	s := still(t, fakewa.Config{Webhook: &bot, Window: fakewa.WindowOff})
	ids := map[string]string{}
	for _, mime := range []string{"image/png", "image/webp", "audio/mpeg", "audio/ogg; codecs=opus", "audio/opus", "video/mp4", "application/pdf"} {
		ids[mime] = upload(t, s, []byte("x"), mime)
	}
	for _, test := range []struct{ typ, mime, allowed string }{
		{"image", "image/png", ""},
		{"sticker", "image/webp", ""},
		{"audio", "audio/mpeg", ""},
		{"audio", "audio/ogg; codecs=opus", ""},
		{"video", "video/mp4", ""},
		{"document", "application/pdf", ""},
		{"document", "image/png", ""},
		{"image", "audio/mpeg", "image/jpeg or image/png"},
		{"image", "image/webp", "image/jpeg or image/png"},
		{"sticker", "image/png", "image/webp"},
		{"video", "application/pdf", "video/3gpp or video/mp4"},
		{"audio", "audio/opus", "audio/aac or audio/amr"},
	} {
		got := sendMedia(t, s, test.typ, ids[test.mime])
		if got.status != 200 {
			t.Errorf("%v: got %s", test, got.body)
			continue
		}
		sent := s.Sent()
		m := sent[len(sent)-1]
		failed := test.allowed != ""
		if (m.Status == "failed") != failed {
			t.Errorf("%v: got the status %s", test, m.Status)
		}
		if want := fmt.Sprintf("%s.id is %q, which is %s; it must be %s", test.typ, ids[test.mime], test.mime, test.allowed); failed && (m.Error.Code != 131053 || !strings.HasPrefix(m.Error.Details, want)) {
			t.Errorf("%v: got %v", test, m.Error)
		}
	}
	waitFor(t, func() bool { return len(bot.all()) == 7*2+5 })
	if hooks := strings.Join(bot.all(), "\n"); strings.Count(hooks, `"code":131053`) != 5 || strings.Count(hooks, `"status":"failed"`) != 5 || strings.Count(hooks, `"status":"delivered"`) != 7 {
		t.Errorf("got %s", hooks)
	}

	sendMedia(t, s, "image", "123").refused(t, 400, 100, "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID", `image.id is "123", which is not the id of media of this business`)
	_, err := s.AddTemplate(fakewa.Template{Name: "n", Language: "en", Category: "UTILITY", Components: json.RawMessage(`[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"b"}]`)})
	if err != nil {
		t.Fatal(err)
	}
	metaPath := map[string]string{
		"interactive.header.image":                   "interactive['header']['image']['id']",
		"template.components[0].parameters[0].image": "template['components'][0]['parameters'][0]['image']['id']",
	}
	for where, body := range map[string]string{
		"interactive.header.image":                   `"type":"interactive","interactive":{"type":"button","header":{"type":"image","image":{"id":"123"}},"body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"i","title":"t"}}]}}`,
		"template.components[0].parameters[0].image": `"type":"template","template":{"name":"n","language":{"code":"en"},"components":[{"type":"header","parameters":[{"type":"image","image":{"id":"123"}}]}]}`,
	} {
		got := request(t, s.Client(), "POST", api+number+"/messages", `{"messaging_product":"whatsapp","to":"16505551234",`+body+`}`)
		got.refused(t, 400, 100, where+`.id is "123"`, "(#100) Param "+metaPath[where]+" is not a valid whatsapp business account media attachment ID")
		if strings.Contains(got.body, "error_data") || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), `OAuth "Facebook Platform" "invalid_request" "(#100) Param `) {
			t.Errorf("got %s, %v", got.body, got.header)
		}
	}
	link := `{"messaging_product":"whatsapp","to":"16505551234","type":"image","image":{"link":"http://127.0.0.1:1/nobody.png"}}`
	if got := request(t, s.Client(), "POST", api+number+"/messages", link); got.status != 200 {
		t.Errorf("a link: got %s", got.body)
	}
}
