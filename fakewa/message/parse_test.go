package message

import (
	"encoding/json"
	"reflect"
	"testing"
)

func FuzzParse(f *testing.F) {
	for name, c := range cases {
		f.Add("application/json", encoded(f, whole(f, name, c.smallest.body)))
	}
	f.Add("", []byte(`{"messaging_product":"whatsapp","status":"read","message_id":"m"}`))
	f.Add("application/x-www-form-urlencoded", []byte(`messaging_product=whatsapp&to=1&text={"body":"hi"}`))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n1\r\n--b--\r\n"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		m, refused := Rules{}.Parse(contentType, body)
		if (m == nil) == (refused == nil) {
			t.Fatalf("both %+v and %v", m, refused)
		}
		if refused != nil {
			return
		}
		if !json.Valid(m.Body) {
			t.Fatalf("the body is no JSON: %q", m.Body)
		}
		again, refused := Rules{}.Parse("application/json", m.Body)
		if refused != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("first %+v, then %+v, %v", m, again, refused)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"text", "interactive.button", "template"} {
		b.Run(name, func(b *testing.B) {
			body := encoded(b, whole(b, name, cases[name].smallest.body))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Rules{}).Parse("application/json", body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
