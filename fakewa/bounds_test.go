package fakewa_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"wappasim/fakewa"
)

// TestRefusedUsersAreBounded sends to new users all the time; the API refuses each.
func TestRefusedUsersAreBounded(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Window: fakewa.WindowRefuses, Limit: 10})
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

// TestWaitingWebhooksAreBounded has a bot that answers no webhook for a while.
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
