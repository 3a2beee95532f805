package fakewa_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"wappasim/fakewa"
)

// TestRefusedUsersAreBounded sends to ever new users, who are refused.
func TestRefusedUsersAreBounded(t *testing.T) {
	s := fakewa.New(fakewa.Config{Window: fakewa.WindowRefuses, Limit: 10})
	defer s.Close()
	for i := range 100 {
		body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"1650555%04d","text":{"body":"x"}}`, i)
		if status, _ := call(t, s, "POST", "/"+number+"/messages", "Bearer x", body); status != 400 {
			t.Fatalf("got %d", status)
		}
	}
	if n := len(s.Users()); n > 10 {
		t.Errorf("%d users are kept", n)
	}
}

// TestWaitingWebhooksAreBounded has a bot that answers nothing for a while.
func TestWaitingWebhooksAreBounded(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := fakewa.New(fakewa.Config{Window: fakewa.WindowOff, Limit: 10, Webhook: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ctx.Done() })})
	for range 20 {
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
	}
	if n := s.Dropped().Webhooks; n < 28 { // of 40, one is under way and 10 wait; another may have been taken out
		t.Errorf("%d webhooks were dropped", n)
	}
	stop()
	s.Close()
}

// TestThroughputCountsBothSides has users take the business' share.
func TestThroughputCountsBothSides(t *testing.T) {
	s := fakewa.New(fakewa.Config{Webhook: &recorder{}, Throughput: 2, Clock: fakewa.StillClock(fixed())})
	defer s.Close()
	say(t, s)
	say(t, s)
	if status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi); status != 400 {
		t.Errorf("got %d %s", status, answer)
	}
}

// TestFailsWaitsForAMessage does not use a fault up by a mark-as-read.
func TestFailsWaitsForAMessage(t *testing.T) {
	s := fakewa.New(fakewa.Config{Webhook: &recorder{}})
	defer s.Close()
	id, err := s.Phone("16505551234").Say(t.Context(), "hello")
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026, Times: 1})
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","status":"read","message_id":"`+id+`"}`)
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
	if sent := s.Sent(); sent[0].Error == nil || sent[0].Error.Code != 131026 {
		t.Errorf("got %+v", sent)
	}
}

// TestFaultsMeetForms scopes a fault to a user who is written to by a form.
func TestFaultsMeetForms(t *testing.T) {
	s := fakewa.New(fakewa.Config{Window: fakewa.WindowOff})
	defer s.Close()
	s.Inject(fakewa.Fault{User: "16505551234", Type: "text", Code: 131016})
	body := `messaging_product=whatsapp&type=text&text={"body":"x"}&to=`
	for to, want := range map[string]int{"16505551234": 500, "16505551235": 200} {
		if status, answer := form(t, s, number+"/messages", "application/x-www-form-urlencoded", body+to); status != want {
			t.Errorf("%s: got %d %s", to, status, answer)
		}
	}
}

// TestGroupsAreNoUsers sends to a group whose id looks like a number.
func TestGroupsAreNoUsers(t *testing.T) {
	s := fakewa.New(fakewa.Config{})
	defer s.Close()
	status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","recipient_type":"group","to":"16505551234","text":{"body":"x"}}`)
	if status != 200 || len(s.Conversation("16505551234")) != 0 || len(s.Conversation("group:16505551234")) != 1 {
		t.Errorf("got %d %s", status, answer)
	}
}
