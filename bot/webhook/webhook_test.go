package webhook_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wappasim/bot/webhook"
)

// in wraps a message as WhatsApp does.
func in(message string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"waba","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"phone_number_id":"phone"},"messages":[` + message + `]},"field":"messages"}]}]}`
}

func TestDecodeText(t *testing.T) {
	u, err := webhook.Decode([]byte(in(`{"from":"16505551234","id":"wamid.A","timestamp":"1749416383","type":"text","text":{"body":"caf\u00e9 \ud83d\udc4d \/"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	want := webhook.Message{ID: "wamid.A", From: "16505551234", At: time.Unix(1749416383, 0).UTC(), Type: "text", Text: "café 👍 /", PhoneNumberID: "phone", BusinessID: "waba"}
	if len(u.Messages) != 1 || u.Messages[0] != want {
		t.Errorf("got %+v, want %+v", u.Messages, want)
	}
}

func TestDecodeLines(t *testing.T) {
	for message, want := range map[string]string{
		`{"type":"image","image":{"id":"1"}}`:                                 "[image]",
		`{"type":"voice","voice":{"id":"1"}}`:                                 "[voice message]",
		`{"type":"audio","audio":{"voice":true}}`:                             "[voice message]",
		`{"type":"audio","audio":{"voice":false}}`:                            "[audio]",
		`{"type":"document","document":{"caption":"March"}}`:                  "[document] March",
		`{"type":"location","location":{"latitude":"37.5","longitude":-122}}`: "[location] 37.5, -122",
		`{"type":"location","location":{"name":"Home"}}`:                      "[location] Home",
		`{"type":"contacts","contacts":[{"name":{"first_name":"A"}},{"name":{"formatted_name":"B"},"phones":[{"wa_id":"1"}]}]}`:                            "[contacts] A, B 1",
		`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"i","title":"T","description":"D"}}}`:                                 "[list] T: D",
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent"}}}`:                                              "[form] Sent",
		`{"type":"interactive","interactive":{"type":"brand_new"}}`:                                                                                        "[interactive] brand_new",
		`{"type":"button","button":{"payload":"P"}}`:                                                                                                       "[button] P",
		`{"type":"reaction","reaction":{"message_id":"m","emoji":""}}`:                                                                                     "[reaction removed]",
		`{"type":"order","order":{"text":"please","product_items":[{"product_retailer_id":"a","quantity":2},{"product_retailer_id":"b","quantity":"1"}]}}`: "[order] 2 × a, 1 × b: please",
		`{"type":"system","system":{"type":"user_changed_number"}}`:                                                                                        "[system] user_changed_number",
		`{"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}]}`:                                                                 "[unsupported] Message type unknown",
		`{"type":"edit","edit":{"original_message_id":"w","message":{"type":"text","text":{"body":"two"}}}}`:                                               "two",
		`{"type":"edit","edit":{"original_message_id":"w","message":{"type":"image","image":{"caption":"her cat"}}}}`:                                      "[image] her cat",
		`{"type":"edit","edit":{"original_message_id":"w"}}`:                                                                                               "[unknown]",
		`{"type":"edit","edit":{"message":{"type":"text","text":{"body":"of nothing"}}}}`:                                                                  "[edit]",
		`{"type":"revoke","revoke":{"original_message_id":"w"}}`:                                                                                           "[deleted]",
		`{"type":"hologram","hologram":{"depth":3}}`:                                                                                                       "[hologram]",
		`{"type":"text"}`:                        "[text]",
		`{"type":"text","text":"not an object"}`: "[text]",
		`{"text":{"body":"no type"}}`:            "[unknown]",
		`{"type":"image","image":[1,2]}`:         "[image]",
		`{"type":7}`:                             "[7]",
		`null`:                                   "[unknown]",
	} {
		u, err := webhook.Decode([]byte(in(message)))
		if err != nil || len(u.Messages) != 1 {
			t.Errorf("%s: got %+v, %v", message, u, err)
			continue
		}
		if got := u.Messages[0].Text; got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
}

// TestDecodeChanges has the payloads of Meta's webhook reference, messages, edit, revoke and
// group, of December and November 2025.
func TestDecodeChanges(t *testing.T) {
	u, err := webhook.Decode([]byte(in(
		`{"from":"1","id":"e","type":"edit","edit":{"original_message_id":"w","message":{"context":{"id":"M0"},"type":"image","image":{"caption":"her cat"}}}},` +
			`{"from":"1","id":"r","type":"revoke","revoke":{"original_message_id":"w"}},` +
			`{"from":"1","group_id":"g","id":"m","type":"text","text":{"body":"hi"},"edit":{"original_message_id":"w"}}`)))
	if err != nil || len(u.Messages) != 3 {
		t.Fatalf("got %+v, %v", u, err)
	}
	for i, want := range []webhook.Message{
		{ID: "e", From: "1", Type: "image", Text: "[image] her cat", Edits: "w"},
		{ID: "r", From: "1", Type: "revoke", Text: "[deleted]", Deletes: "w"},
		{ID: "m", From: "1", Type: "text", Text: "hi", Group: "g"},
	} {
		want.PhoneNumberID, want.BusinessID = "phone", "waba"
		if u.Messages[i] != want {
			t.Errorf("got %+v, want %+v", u.Messages[i], want)
		}
	}
}

// TestDecodeSenders has the forms in which WhatsApp says that somebody has another id.
func TestDecodeSenders(t *testing.T) {
	for message, want := range map[string]string{
		`{"from":"1","from_user_id":"US.1","type":"text"}`:                                                                                      "1  ",
		`{"from_user_id":"US.1","type":"text"}`:                                                                                                 "US.1  ",
		`{"from":"1","type":"system","system":{"type":"user_changed_user_id","wa_id":"2","user_id":"US.2"}}`:                                    "1 2 US.2",
		`{"from_user_id":"US.1","type":"system","system":{"type":"user_changed_user_id","user_id":"US.2"}}`:                                     "US.1  US.2",
		`{"type":"system","system":{"type":"user_changed_user_id","user_id":"US.2","body":"User A to B changed from US.1 to US.2"}}`:            "US.1  US.2",
		`{"type":"system","system":{"type":"user_changed_user_id","user_id":"US.2","previous_user_id":"US.1"}}`:                                 "US.1  US.2",
		`{"type":"system","system":{"type":"user_changed_user_id","user_id":"US.2","body":"something else"}}`:                                   "  US.2",
		`{"from":"1","type":"system","system":{"type":"user_changed_number","wa_id":"2","user_id":"US.2","body":"User A changed from 1 to 2"}}`: "1  ",
	} {
		u, err := webhook.Decode([]byte(in(message)))
		if err != nil || len(u.Messages) != 1 {
			t.Fatalf("%s: got %+v, %v", message, u, err)
		}
		m := u.Messages[0]
		if got := m.From + " " + m.NewNumber + " " + m.NewUserID; got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
}

// TestDecodeOtherFields has a file of a history, in the form of Meta's webhook reference.
func TestDecodeOtherFields(t *testing.T) {
	for _, field := range []string{"history", "smb_message_echoes", "user_id_update"} {
		body := strings.Replace(in(`{"from":"1","id":"old","type":"image","image":{"id":"2"}}`), `"field":"messages"`, `"field":"`+field+`"`, 1)
		if u, err := webhook.Decode([]byte(body)); err != nil || len(u.Messages) > 0 {
			t.Errorf("%s: got %+v, %v, want no message", field, u, err)
		}
	}
}

func TestDecodeBatch(t *testing.T) {
	body := `{"object":"whatsapp_business_account","unknown":1,"entry":[
		{"id":"w1","changes":[
			{"value":{"metadata":{"phone_number_id":"p"},"messages":[{"from":"1","id":"a","timestamp":1749416383},{"from_user_id":"US.9","id":"b"}]},"field":"messages"},
			{"value":{"statuses":[{"id":"x","status":"failed","recipient_id":"1","biz_opaque_callback_data":"history +1 x 0","errors":[{"code":131047,"title":"Re-engagement message","error_data":{"details":"more than 24 hours"}}]}]}},
			{"value":"odd"}, 7]},
		{"id":"w2","changes":[{"value":{"messages":[{"from":"2","id":"c"}],"errors":[{"code":130429,"title":"Rate limit hit"}]}}]},
		{"changes":null}, "odd"]}`
	u, err := webhook.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var ids, from []string
	for _, m := range u.Messages {
		ids, from = append(ids, m.ID), append(from, m.From)
	}
	if got := strings.Join(ids, " ") + "/" + strings.Join(from, " "); got != "a b c/1 US.9 2" {
		t.Errorf("messages: got %s", got)
	}
	if u.Messages[0].At.Unix() != 1749416383 {
		t.Errorf("a timestamp without quotes: got %s", u.Messages[0].At)
	}
	if len(u.Statuses) != 1 || u.Statuses[0].Status != "failed" || u.Statuses[0].Opaque != "history +1 x 0" || u.Statuses[0].Errors[0] != (webhook.Error{Code: 131047, Title: "Re-engagement message", Details: "more than 24 hours"}) {
		t.Errorf("statuses: got %+v", u.Statuses)
	}
	if len(u.Errors) != 1 || u.Errors[0].Code != 130429 {
		t.Errorf("errors: got %+v", u.Errors)
	}
}

func TestDecodeNotJSON(t *testing.T) {
	for _, body := range []string{"", "{", "[]", `"text"`, "7", "null", "{}x", "<html>"} {
		if _, err := webhook.Decode([]byte(body)); !errors.Is(err, webhook.ErrNotJSON) {
			t.Errorf("%q: got %v, want ErrNotJSON", body, err)
		}
	}
}

func TestVerify(t *testing.T) {
	// HMAC-SHA256("secret", "{}"), as printed by: printf '{}' | openssl dgst -sha256 -hmac secret
	const digest = "77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
	for header, want := range map[string]bool{
		"sha256=" + digest:                  true,
		"sha256=" + strings.ToUpper(digest): true,
		digest:                              false,
		"sha1=" + digest:                    false,
		"sha256=" + digest[:62]:             false,
		"sha256=" + digest[:63] + "0":       false,
		"sha256=":                           false,
		"":                                  false,
	} {
		if got := webhook.Verify("secret", []byte("{}"), header); got != want {
			t.Errorf("%q: got %t, want %t", header, got, want)
		}
	}
	if webhook.Verify("secret", []byte("{} "), "sha256="+digest) {
		t.Error("another body passed")
	}
	if webhook.Verify("other", []byte("{}"), "sha256="+digest) {
		t.Error("another secret passed")
	}
}

// FuzzDecode looks for bodies that make Decode panic, or give a message that
// could not be shown or stored.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(in(`{"from":"1","id":"a","timestamp":"1749416383","type":"text","text":{"body":"x"}}`)))
	f.Add([]byte(in(`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"title":"T"}}},{"type":"contacts","contacts":[{}]}`)))
	f.Add([]byte(in(`{"type":"order","order":{"product_items":[{"quantity":1e99}]}},{"type":"location","location":{"latitude":[]}}`)))
	f.Add([]byte(`{"entry":[{"changes":[{"value":{"statuses":[{"errors":[{"code":"x"}]}],"errors":[{}]}}]}]}`))
	f.Add([]byte(`{"entry":{}}`))
	f.Add([]byte(in(`{"from":"1","timestamp":"253402300800"}`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := webhook.Decode(body)
		if err == nil != (json.Valid(body) && strings.HasPrefix(strings.TrimLeft(string(body), " \t\r\n"), "{")) {
			t.Fatalf("error %v for a body that is JSON: %t", err, json.Valid(body))
		}
		for _, m := range u.Messages {
			if strings.TrimSpace(m.Text) == "" || m.Type == "" || !utf8.ValidString(m.Text) {
				t.Fatalf("message %+v cannot be shown", m)
			}
			if _, err := json.Marshal(m.At); err != nil {
				t.Fatalf("time %v cannot be stored: %v", m.At, err)
			}
		}
	})
}
