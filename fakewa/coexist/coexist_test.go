package coexist_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
)

const ana = "+16505551234"

// business is a server with its phone, and what the bot has got.
type business struct {
	*testing.T
	wa    *fakewa.Server
	phone *coexist.Business
	hooks chan string
}

func newBusiness(t *testing.T) business {
	hooks := make(chan string, 100)
	wa := fakewa.Test(t, fakewa.Config{
		Clock: fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)),
		Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			hooks <- string(body)
		}),
	})
	return business{t, wa, coexist.New(wa), hooks}
}

// value returns the value of the next webhook, of this field.
func (b business) value(field string) string {
	b.Helper()
	var hook struct {
		Entry []struct {
			Changes []struct {
				Field string
				Value json.RawMessage
			}
		}
	}
	body := <-b.hooks
	if err := json.Unmarshal([]byte(body), &hook); err != nil || hook.Entry[0].Changes[0].Field != field {
		b.Fatalf("got %s, %v, want the field %s", body, err, field)
	}
	return string(hook.Entry[0].Changes[0].Value)
}

func (b business) want(field, rest string) {
	b.Helper()
	const head = `"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"}`
	var got, want any
	value := b.value(field)
	if err := json.Unmarshal([]byte(value), &got); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{`+head+`,`+rest+`}`), &want); err != nil {
		b.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.Errorf("got  %s\nwant {%s,%s}", value, head, rest)
	}
}

func (b business) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// TestEchoes compares with Meta's webhook reference, smb_message_echoes, of 22 October 2025.
func TestEchoes(t *testing.T) {
	b := newBusiness(t)
	id, err := b.phone.Say(ana, "one")
	b.must(err)
	echo := func(id, kind, content string) string {
		return fmt.Sprintf(`"message_echoes":[{"from":"15550783881","to":"16505551234","id":%q,"timestamp":"1767603600","type":%q,%q:%s}]`, id, kind, kind, content)
	}
	b.want("smb_message_echoes", echo(id, "text", `{"body":"one"}`))
	again, err := b.phone.Say(ana, "one")
	b.must(err)
	if again == id {
		t.Error("the same words twice have the same id")
	}
	b.want("smb_message_echoes", echo(again, "text", `{"body":"one"}`))
	b.must(b.phone.Edit(id, "two"))
	edit := b.value("smb_message_echoes")
	if !strings.Contains(edit, `"edit":{"message":{"text":{"body":"two"},"type":"text"},"original_message_id":"`+id+`"}`) || strings.Contains(edit, `"id":"`+id+`"`) {
		t.Errorf("the edit is %s: want the new words, and an id of its own", edit)
	}
	if found, err := b.phone.Find("two"); err != nil || found != id {
		t.Errorf("found %q, %v", found, err)
	}
	b.must(b.phone.Edit(id, "one"))
	back := b.value("smb_message_echoes")
	b.must(b.phone.Edit(id, "two"))
	if third := b.value("smb_message_echoes"); third == edit || third == back {
		t.Errorf("two edits to the same words have the same id: %s", third)
	}
	b.must(b.phone.Delete(id))
	if revoke := b.value("smb_message_echoes"); !strings.Contains(revoke, `"revoke":{"original_message_id":"`+id+`"}`) {
		t.Errorf("the deletion is %s", revoke)
	}
	for what, err := range map[string]error{
		"edits what it has deleted": b.phone.Edit(id, "three"), "deletes twice": b.phone.Delete(id), "edits what it has not said": b.phone.Edit("wamid.x", "three"),
	} {
		if err == nil {
			t.Errorf("the business %s", what)
		}
	}
	if _, err := b.phone.Find("two"); err == nil {
		t.Error("what was deleted is found")
	}
	if _, err := b.phone.Say("bob", "hi"); err == nil || !strings.Contains(err.Error(), "neither a phone number") {
		t.Errorf("got %v", err)
	}
	b.must(b.wa.Config().Clock.Advance(t.Context(), 15*time.Minute+time.Second))
	if err := b.phone.Edit(again, "late"); err == nil || !strings.Contains(err.Error(), "allows that for 15m0s") {
		t.Errorf("got %v", err)
	}
	b.must(b.phone.Delete(again))
}

// TestHistory compares with Meta's webhook reference, history, of 22 October 2025.
func TestHistory(t *testing.T) {
	b := newBusiness(t)
	clock := b.wa.Config().Clock
	say := func(c fakewa.Content) string {
		id, err := b.wa.Phone(ana).Send(t.Context(), c)
		b.must(err)
		b.value("messages")
		return id
	}
	say(fakewa.Text("too old"))
	b.must(clock.Advance(t.Context(), 81*24*time.Hour))
	oldest := say(fakewa.Text("old"))
	b.must(clock.Advance(t.Context(), 100*24*time.Hour))
	photo := say(fakewa.Image("photo"))
	last := say(fakewa.Text("new"))
	message := func(id, content, at string) string {
		return fmt.Sprintf(`{"from":"16505551234","id":%q,"timestamp":"%s",%s,"history_context":{"status":"DELIVERED"}}`, id, at, content)
	}
	chunk := func(phase, order, progress int, message string) string {
		return fmt.Sprintf(`"history":[{"metadata":{"phase":%d,"chunk_order":%d,"progress":%d},"threads":[{"id":"16505551234","messages":[%s]}]}]`, phase, order, progress, message)
	}
	b.must(b.phone.ShareHistory(1))
	b.want("history", chunk(0, 1, 33, message(photo, `"type":"media_placeholder"`, "1783242000")))
	b.want("history", chunk(0, 2, 66, message(last, `"type":"text","text":{"body":"new"}`, "1783242000")))
	b.want("history", chunk(2, 3, 100, message(oldest, `"type":"text","text":{"body":"old"}`, "1774602000")))
	b.must(b.phone.DeclineHistory())
	if declined := b.value("history"); !strings.Contains(declined, `"code":2593109`) {
		t.Errorf("got %s", declined)
	}
	if err := b.phone.ShareHistory(0); err == nil {
		t.Error("chunks of nothing")
	}
}

func TestContacts(t *testing.T) {
	b := newBusiness(t)
	b.must(b.phone.SaveContact(ana, "Ana María López"))
	b.want("smb_app_state_sync", `"state_sync":[{"type":"contact","action":"add","contact":{"full_name":"Ana María López","first_name":"Ana","phone_number":"16505551234"},"metadata":{"timestamp":"1767603600"}}]`)
	b.must(b.phone.RemoveContact(ana))
	b.want("smb_app_state_sync", `"state_sync":[{"type":"contact","action":"remove","contact":{"phone_number":"16505551234"},"metadata":{"timestamp":"1767603600"}}]`)
	if err := b.phone.SaveContact("bob", "Bob"); err == nil {
		t.Error("bob is no user")
	}
}
