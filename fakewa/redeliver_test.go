package fakewa_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
)

func TestRedeliverSendsTheSameBytes(t *testing.T) {
	bot := recorder{status: 503}
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot})
	id, err := s.Phone("1").Say(context.Background(), "hello")
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	bot.status = 0
	if answer, err := s.Redeliver(context.Background(), id); err != nil || answer.Status != 200 {
		t.Errorf("got %+v, %v", answer, err)
	}
	if got := bot.all(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("got %q", got)
	}
	if _, err := s.Redeliver(context.Background(), "wamid.other"); err == nil {
		t.Error("an unknown message was delivered")
	}
}

// TestRedeliversUntilAcknowledged runs in virtual time.
func TestRedeliversUntilAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, tries := time.Now(), 0
		s := fakewa.New(fakewa.Config{Redeliver: time.Hour, Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hook := fakewa.WebhookOf(r.Context()); len(hook.IDs) != 1 {
				t.Errorf("got %q", hook.IDs)
			}
			if tries++; tries < 8 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})})
		defer s.Close()
		if _, err := s.Phone("1234567890").Say(t.Context(), "hi"); err != nil {
			t.Error(err)
		}
		if tries != 8 || time.Since(start) != (1+2+4+8+15+15+15)*time.Second {
			t.Errorf("got %d tries in %s", tries, time.Since(start))
		}
		tries = -1000
		if _, err := s.Phone("1234567890").Say(t.Context(), "hi"); err == nil || time.Since(start) > 2*time.Hour {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}
