package fakewa_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
)

// TestParametersAreReadFromQueryJSONAndForms sends the same fields in each way in which
// clients send them.
func TestParametersAreReadFromQueryJSONAndForms(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	multipart := "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"websites\"\r\n\r\n[\"https://a.example\"]\r\n--b--\r\n"
	for i, test := range []struct{ query, typ, body string }{
		{"", "application/json", `{"messaging_product":"whatsapp","websites":["https://a.example"]}`},
		{"", "", `{"messaging_product":"whatsapp","websites":["https://a.example"]}`},
		{"", "application/x-www-form-urlencoded", "messaging_product=whatsapp&websites=%5B%22https%3A%2F%2Fa.example%22%5D"},
		{"", "multipart/form-data; boundary=b", multipart},
		{"?messaging_product=whatsapp", "application/json", `{"websites":["https://a.example"]}`},
		{"?messaging_product=whatsapp&websites=%5B%22https%3A%2F%2Fa.example%22%5D", "", ""},
	} {
		s.Reset(0)
		if status, answer := form(t, s, number+"/whatsapp_business_profile"+test.query, test.typ, test.body); status != 200 {
			t.Errorf("%d: got %d %s", i, status, answer)
		}
		ask(t, s, asked{"GET", number + "/whatsapp_business_profile?fields=websites", "", 200, 0, `{"data":[{"messaging_product":"whatsapp","websites":["https://a.example"]}]}`})
	}
	for want, test := range map[string]struct{ typ, body string }{
		"The body cannot be read as J": {"application/json", "{"},
		"The body is an array":         {"application/json", "[]"},
		"The body is null":             {"application/json", "null"},
		"x-www-form-urlencoded: inv":   {"application/x-www-form-urlencoded", "%zz"},
		"multipart/form-data: ":        {"multipart/form-data; boundary=b", "--b"},
		"messaging_product is a numb":  {"application/json", `{"messaging_product":1}`},
		"websites is a number":         {"application/json", `{"messaging_product":"whatsapp","websites":1}`},
		"websites is a string":         {"application/x-www-form-urlencoded", `messaging_product=whatsapp&websites=x`},
	} {
		if status, answer := form(t, s, number+"/whatsapp_business_profile", test.typ, test.body); status != 400 || !strings.Contains(answer, want) {
			t.Errorf("%s: got %d %s", want, status, answer)
		}
	}
}

// FuzzManagement looks for bodies of management calls to which the server answers
// neither success nor a refusal.
func FuzzManagement(f *testing.F) {
	f.Add(uint8(0), "application/json", register("123456"))
	f.Add(uint8(1), "application/json", blockList("16505551234", "Ana"))
	f.Add(uint8(2), "application/x-www-form-urlencoded", "messaging_product=whatsapp&websites=[1]")
	f.Add(uint8(3), "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n1\r\n--b--")
	f.Add(uint8(4), "", `{"webhook_configuration":{"override_callback_uri":"%"}}`)
	f.Add(uint8(5), "", `{"name":"t","language":"de","category":"MARKETING","components":[{"type":"BODY","text":"Hi {{1}}."},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Now"}},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A"}]}]}`)
	f.Add(uint8(5), "", `{"name":"t","language":"de","category":"MARKETING","components":[{"type":"BODY","text":"Hi."},{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"IMAGE"}]}]}]}`)
	f.Add(uint8(5), "", `{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY"},{"type":"FOOTER","code_expiration_minutes":5},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"ZERO_TAP"}]}]}`)
	paths := []string{number + "/register", number + "/block_users", number + "/whatsapp_business_profile", number + "/request_code", number, strings.Trim(templates, "/")}
	f.Fuzz(func(t *testing.T, path uint8, typ, body string) {
		s := fakewa.New(fakewa.Config{Webhook: &answering{}})
		defer s.Close()
		req, err := http.NewRequest("POST", "http://graph/"+paths[int(path)%len(paths)], strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer any"}, "Content-Type": {typ}}
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err) // also if the server panics
		}
		defer resp.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != 200 && answer["error"] == nil {
			t.Errorf("got %d %v %v", resp.StatusCode, answer, err)
		}
	})
}
