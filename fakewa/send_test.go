package fakewa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

func fixed() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

const (
	number = "106540352242922"
	hi     = `{"messaging_product":"whatsapp","to":"+1 (650) 555-1234","type":"text","text":{"body":"hi"}}`
)

// say sends a text of the user to whom hi goes, which opens the window.
func say(t *testing.T, s *fakewa.Server) {
	t.Helper()
	if _, err := s.Phone("16505551234").Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
}

func TestSentMessagesReachTheInbox(t *testing.T) {
	var bot recorder
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed())})
	say(t, s)
	for _, version := range []string{"/v23.0", "/v99.1", ""} {
		status, answer := call(t, s, "POST", version+"/"+number+"/messages", "Bearer any", hi)
		var got struct {
			Contacts []map[string]string
			Messages []map[string]string
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		if got.Contacts[0]["input"] != "+1 (650) 555-1234" || got.Contacts[0]["wa_id"] != "16505551234" || !strings.HasPrefix(got.Messages[0]["id"], "wamid.") {
			t.Errorf("got %s", answer)
		}
	}
	if inbox := s.Phone("16505551234").Inbox(); len(inbox) != 3 || inbox[0].Text != "hi" || !inbox[0].At.Equal(fixed()) {
		t.Errorf("got %+v", inbox)
	}
	status, answer := call(t, s, "POST", "/v23.0/"+number+"/messages", "Bearer any", `{"messaging_product":"whatsapp","recipient":"US.13491208655302741918","type":"text","text":{"body":"hi"}}`)
	if status != 200 || !strings.Contains(answer, `"user_id":"US.13491208655302741918"`) || strings.Contains(answer, "wa_id") {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestInvalidCallsAreRefused(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Token: "right"})
	message := func(rest string) string { return `{"messaging_product":"whatsapp","to":"16505551234",` + rest + `}` }
	for name, test := range map[string]struct {
		path, token, body string
		status, code      int
		details           string
	}{
		"no token":             {number + "/messages", "", hi, 401, 190, ""},
		"a wrong token":        {number + "/messages", "Bearer wrong", hi, 401, 190, ""},
		"another scheme":       {number + "/messages", "Basic right", hi, 401, 190, ""},
		"an unknown number":    {"999/messages", "Bearer right", hi, 400, 100, ""},
		"an unknown edge":      {number + "/nothing", "Bearer right", hi, 400, 100, ""},
		"the root":             {"", "Bearer right", hi, 400, 100, ""},
		"no JSON":              {number + "/messages", "Bearer right", "hi", 400, 100, "JSON"},
		"an array":             {number + "/messages", "Bearer right", "[]", 400, 100, "an array"},
		"a field's type":       {number + "/messages", "Bearer right", message(`"text":"hi"`), 400, 100, "text"},
		"no product":           {number + "/messages", "Bearer right", `{"to":"1","text":{"body":"x"}}`, 400, 100, "messaging_product"},
		"no recipient":         {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","text":{"body":"x"}}`, 400, 100, "to is missing"},
		"no number":            {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","to":"Ana","text":{"body":"x"}}`, 400, 131009, `"Ana"`},
		"no scoped id":         {number + "/messages", "Bearer right", `{"messaging_product":"whatsapp","recipient":"Ana","text":{"body":"x"}}`, 400, 131009, `"Ana"`},
		"another type":         {number + "/messages", "Bearer right", message(`"type":"hologram"`), 400, 100, `"hologram"`},
		"no text":              {number + "/messages", "Bearer right", message(`"type":"text"`), 400, 100, "text is missing"},
		"no body":              {number + "/messages", "Bearer right", message(`"text":{}`), 400, 100, "text.body"},
		"an empty body":        {number + "/messages", "Bearer right", message(`"text":{"body":""}`), 400, 100, "text.body"},
		"4097 characters":      {number + "/messages", "Bearer right", message(`"text":{"body":"` + strings.Repeat("x", 4097) + `"}`), 400, 100, "4097"},
		"2049 emoji":           {number + "/messages", "Bearer right", message(`"text":{"body":"` + strings.Repeat("😀", 2049) + `"}`), 400, 100, "4098"},
		"513 opaque":           {number + "/messages", "Bearer right", message(`"biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `","text":{"body":"x"}`), 400, 100, "513"},
		"another status":       {number + "/messages", "Bearer right", message(`"status":"unread","message_id":"x"`), 400, 100, "unread"},
		"an unknown message":   {number + "/messages", "Bearer right", message(`"status":"read","message_id":"wamid.x"`), 400, 131009, "wamid.x"},
		"another typing":       {number + "/messages", "Bearer right", message(`"status":"read","message_id":"x","typing_indicator":{"type":"dance"}`), 400, 100, "dance"},
		"more than a megabyte": {number + "/messages", "Bearer right", strings.Repeat("x", 1<<20+1), 400, 100, "larger"},
	} {
		status, answer := call(t, s, "POST", "/v23.0/"+test.path, test.token, test.body)
		var got struct {
			Error struct {
				Message, Type, Fbtrace_id string
				Code                      int
				Error_data                struct{ Details string }
			}
			Fakewa_reason string
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Errorf("%s: %v: %s", name, err, answer)
			continue
		}
		if status != test.status || got.Error.Code != test.code || !strings.Contains(got.Error.Error_data.Details+got.Fakewa_reason, test.details) {
			t.Errorf("%s: got %d %s", name, status, answer)
		}
		if got.Error.Message == "" || got.Error.Type == "" || got.Error.Fbtrace_id == "" {
			t.Errorf("%s: the envelope lacks something: %s", name, answer)
		}
	}
	for _, text := range []string{strings.Repeat("x", 4096), strings.Repeat("😀", 2048)} {
		if status, answer := call(t, s, "POST", "/v23.0/"+number+"/messages", "Bearer right", message(`"text":{"body":"`+text+`"}`)); status != 200 {
			t.Errorf("the longest text: got %d %s", status, answer)
		}
	}
	requests := s.Requests()
	if first := requests[len(requests)-1]; first.Status != 200 || first.Error != nil || first.Path != "/v23.0/"+number+"/messages" {
		t.Errorf("got %+v", first)
	}
	for _, r := range requests {
		if strings.Contains(fmt.Sprint(r), "right") {
			t.Errorf("the token is recorded: %+v", r)
		}
	}
}

func TestMarkAsReadIncludesEarlierMessages(t *testing.T) {
	var bot recorder
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot})
	phone := s.Phone("16505551234")
	var ids []string
	for range 3 {
		id, err := phone.Say(context.Background(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","status":"read","message_id":"`+ids[1]+`","typing_indicator":{"type":"text"}}`)
	if status != 200 || answer != `{"success":true}` {
		t.Errorf("got %d %s", status, answer)
	}
	var got []string
	for _, m := range s.Conversation("16505551234") {
		got = append(got, m.Status)
	}
	if strings.Join(got, " ") != "read read delivered" {
		t.Errorf("got %s", got)
	}
}

func TestThroughputCountsUserMessagesToo(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}, Throughput: 2, Clock: fakewa.StillClock(fixed())})
	say(t, s)
	say(t, s)
	if status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi); status != 400 {
		t.Errorf("got %d %s", status, answer)
	}
}

// TestGroupsAreNotUsers sends to a group: what it gets is in no conversation of a user, and in
// the inboxes of its members.
func TestGroupsAreNotUsers(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	g, err := s.Groups.Create("Trip", false)
	if err != nil {
		t.Fatal(err)
	}
	to := func(id string) string {
		return `{"messaging_product":"whatsapp","recipient_type":"group","to":"` + id + `","text":{"body":"x"}}`
	}
	if err := s.Groups.Join("Trip", "16505551234"); err != nil {
		t.Fatal(err)
	}
	ask(t, s,
		asked{"POST", number + "/messages", to("16505551234"), 400, 131041, "Group unknown"},
		asked{"POST", number + "/messages", to(g.ID), 200, 0, `"group_id":"` + g.ID},
	)
	if len(s.Conversation("16505551234")) != 0 || len(s.Conversation("group:"+g.ID)) != 1 || len(s.Phone("16505551234").Inbox()) != 1 {
		t.Errorf("the conversations are %v and %v", s.Conversation("16505551234"), s.Conversation("group:"+g.ID))
	}
}
