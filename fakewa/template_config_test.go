package fakewa

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestTemplatesOfTheConfig sends one that is approved and one that is not, also after a
// reset.
func TestTemplatesOfTheConfig(t *testing.T) {
	body := json.RawMessage(`[{"type":"BODY","text":"Your order is ready."}]`)
	ready := Template{Name: "ready", Language: "en", Category: "UTILITY", Components: body}
	late := Template{Name: "late", Language: "en", Category: "UTILITY", Components: body, Status: "PENDING"}
	s := Test(t, Config{Templates: []Template{ready, late}})
	for range 2 {
		for name, want := range map[string]int{"ready": 200, "late": 404} {
			req, err := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(
				`{"messaging_product":"whatsapp","to":"+16505551234","type":"template","template":{"name":"`+name+`","language":{"code":"en"}}}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer any")
			req.Header.Set("Content-Type", "application/json")
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s: %s", name, resp.Status)
			}
		}
		if all := s.Templates(); len(all) != 3 || all[1].Status != "APPROVED" || all[2].Status != "PENDING" {
			t.Errorf("got %+v", all)
		}
		s.Reset(0)
	}
	for want, templates := range map[string][]Template{
		`Templates[0], "Ready": `:                      {{Name: "Ready", Language: "en", Category: "UTILITY", Components: body}},
		`the status is "OK"; want one of APPROVED, `:   {{Name: "ready", Language: "en", Category: "UTILITY", Components: body, Status: "OK"}},
		`Templates[1], "ready": there is already a te`: {ready, ready},
		`Templates[0], "hello_world": there is alre`:   {{Name: "hello_world", Language: "en_US", Category: "UTILITY", Components: body}},
	} {
		if err := (Config{Templates: templates}).Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}
