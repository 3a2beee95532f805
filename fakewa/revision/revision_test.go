package revision_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/revision"
)

const ana = "+16505551234"

// said has Ana send messages, and returns their ids, and the conversation at any time.
func said(t *testing.T, contents ...fakewa.Content) (wa *fakewa.Server, ids []string) {
	wa = fakewa.Test(t, fakewa.Config{Clock: fakewa.StillClock(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))})
	for _, c := range contents {
		ids = append(ids, send(t, wa, c))
	}
	return wa, ids
}

func send(t *testing.T, wa *fakewa.Server, c fakewa.Content) string {
	t.Helper()
	hook, err := wa.Compose(fakewa.Inbound{From: ana, Content: c})
	if err != nil {
		t.Fatal(err)
	}
	return hook.IDs[0]
}

// TestChangesAsMetaSendsThem compares with Meta's webhook reference, messages, edit and
// revoke, of 3 December 2025.
func TestChangesAsMetaSendsThem(t *testing.T) {
	wa, ids := said(t, fakewa.Text("one"), fakewa.Image("my cat"))
	now := wa.Config().Clock.Now()
	file := wa.Conversation(ana)[1].Body
	var sent struct{ Image map[string]any }
	if err := json.Unmarshal(file, &sent); err != nil {
		t.Fatal(err)
	}
	edit := func(id, words string) fakewa.Content {
		c, err := revision.Edit(wa.Conversation(ana), now, id, words)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	revoke, err := revision.Delete(wa.Conversation(ana), now, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	sent.Image["caption"] = "her cat"
	captioned, _ := json.Marshal(sent.Image)
	for _, c := range []struct {
		got  fakewa.Content
		want string
	}{
		{edit(ids[0], "two"), `{"edit":{"message":{"text":{"body":"two"},"type":"text"},"original_message_id":"` + ids[0] + `"},"type":"edit"}`},
		{edit(ids[1], "her cat"), `{"edit":{"message":{"image":` + string(captioned) + `,"type":"image"},"original_message_id":"` + ids[1] + `"},"type":"edit"}`},
		{revoke, `{"revoke":{"original_message_id":"` + ids[0] + `"},"type":"revoke"}`},
	} {
		if got, _ := json.Marshal(c.got); string(got) != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		if err := c.got.Check(); err != nil {
			t.Error(err)
		}
	}
	send(t, wa, edit(ids[1], "her cat"))
	last := wa.Conversation(ana)[2]
	if !strings.HasPrefix(string(last.Body), `{"edit":{`) || !strings.Contains(string(last.Body), `"from":"16505551234","`) || last.ID == ids[1] {
		t.Errorf("got %s: want an id of its own, and the sender", last.Body)
	}
}

func TestFindKnowsTheWordsOfNow(t *testing.T) {
	wa, ids := said(t, fakewa.Text("one"), fakewa.Image("one"), fakewa.Sticker())
	now := wa.Config().Clock.Now()
	find := func(words, want string) {
		t.Helper()
		if got, err := revision.Find(wa.Conversation(ana), words); got != want || err == nil != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", words, got, err, want)
		}
	}
	find("one", ids[1])
	edit, err := revision.Edit(wa.Conversation(ana), now, ids[1], "two")
	if err != nil {
		t.Fatal(err)
	}
	send(t, wa, edit)
	find("one", ids[0])
	find("two", ids[1])
	revoke, err := revision.Delete(wa.Conversation(ana), now, ids[1])
	if err != nil {
		t.Fatal(err)
	}
	send(t, wa, revoke)
	find("two", "")
	find("", "")
	if _, err := revision.Delete(wa.Conversation(ana), now, ids[1]); err == nil || !strings.Contains(err.Error(), "has deleted it") {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := revision.Edit(wa.Conversation(ana), now, ids[1], "four"); err == nil {
		t.Error("what was deleted is edited")
	}
}

func TestWhatCannotBeChanged(t *testing.T) {
	wa, ids := said(t, fakewa.Text("one"), fakewa.Sticker(), fakewa.Text("three"))
	all, now := wa.Conversation(ana), wa.Config().Clock.Now()
	for name, c := range map[string]struct {
		id, words string
		after     time.Duration
		edit, del string // the error; "": none
	}{
		"a text":                  {ids[0], "two", 0, "", ""},
		"a text of 15 minutes":    {ids[0], "two", 15 * time.Minute, "", ""},
		"an older text":           {ids[0], "two", 15*time.Minute + 1, "WhatsApp allows that for 15m0s", ""},
		"a text of two days":      {ids[0], "two", 48 * time.Hour, "WhatsApp allows", ""},
		"a text of three days":    {ids[0], "two", 72 * time.Hour, "WhatsApp allows", "WhatsApp allows that for 48h0m0s"},
		"a sticker":               {ids[1], "two", 0, `is of the type "sticker"`, ""},
		"to nothing":              {ids[2], "", 0, "the new words are missing", ""},
		"what nobody has written": {"wamid.x", "two", 0, `sent no message "wamid.x"`, `sent no message "wamid.x"`},
	} {
		_, edit := revision.Edit(all, now.Add(c.after), c.id, c.words)
		_, del := revision.Delete(all, now.Add(c.after), c.id)
		for _, e := range []struct {
			got  error
			want string
		}{{edit, c.edit}, {del, c.del}} {
			if e.want == "" && e.got != nil || e.want != "" && (e.got == nil || !strings.Contains(e.got.Error(), e.want)) {
				t.Errorf("%s: got %v, want %q", name, e.got, e.want)
			}
		}
	}
}

// TestChangesDoNotOpenTheWindow: an edit and a deletion are no message in Meta's sense of
// the 24 hours [?].
func TestChangesDoNotOpenTheWindow(t *testing.T) {
	wa, ids := said(t, fakewa.Text("one"))
	clock := wa.Config().Clock
	if err := clock.Advance(t.Context(), 23*time.Hour); err != nil {
		t.Fatal(err)
	}
	revoke, err := revision.Delete(wa.Conversation(ana), clock.Now(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	send(t, wa, revoke)
	if err := clock.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	resp, err := wa.Client().Post("https://graph.facebook.com/v23.0/"+wa.Config().PhoneNumberID+"/messages?access_token=any", "application/json",
		strings.NewReader(`{"messaging_product":"whatsapp","to":"16505551234","type":"text","text":{"body":"hi"}}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if sent := wa.Sent(); len(sent) != 1 || sent[0].Error == nil || sent[0].Error.Code != 131047 {
		t.Errorf("got %v %+v: want a message that fails with 131047", resp.Status, sent)
	}
}
