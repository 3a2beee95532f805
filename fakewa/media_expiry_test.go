package fakewa_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

func TestMediaExpireAfter7And30Days(t *testing.T) {
	s := still(t, fakewa.Config{Webhook: &recorder{}, Window: fakewa.WindowOff})
	id := upload(t, s, pngBytes, "image/png")
	sent := inbound(t, s, fakewa.Image("")).ID
	advance(t, s, 7*24*time.Hour-time.Second)
	if got := request(t, s.Client(), "GET", api+sent, ""); got.status != 200 {
		t.Errorf("a user's before 7 days: got %s", got.body)
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", api+sent, "").refused(t, 400, 100, sent)
	sendMedia(t, s, "image", sent).refused(t, 400, 100, "image.id", sent, "expired at 2026-01-12T09:00:00Z, 7 days")
	advance(t, s, 23*24*time.Hour-2*time.Second)
	if got := sendMedia(t, s, "image", id); got.status != 200 {
		t.Errorf("an upload before 30 days: got %s", got.body)
	}
	advance(t, s, 2*time.Second)
	request(t, s.Client(), "GET", api+id, "").refused(t, 400, 100, id)
	sendMedia(t, s, "image", id).refused(t, 400, 100, "image.id", id, "30 days")
	if n := s.Dropped().Media; n != 0 {
		t.Errorf("%d were dropped", n)
	}
}

func TestFullStoreDropsTheOldest(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100, Limit: 4, Webhook: &recorder{}})
	first := upload(t, s, make([]byte, 40), "image/png")
	second := upload(t, s, make([]byte, 60), "image/png")
	third := upload(t, s, make([]byte, 1), "image/png")
	for id, kept := range map[string]bool{first: false, second: true, third: true} {
		if _, ok := s.Media(id); ok != kept {
			t.Errorf("%s: kept is %v", id, ok)
		}
	}
	sendMedia(t, s, "image", first).refused(t, 400, 100, first, "was dropped")
	if n := s.Dropped().Media; n != 1 {
		t.Errorf("%d were dropped", n)
	}
	if _, err := s.Upload(make([]byte, 101), "image/png"); err == nil || !strings.Contains(err.Error(), "101 bytes; this fake keeps 100 (media_bytes)") {
		t.Errorf("got %v", err)
	}
	for range 3 { // a fourth is the last that the limit allows
		upload(t, s, make([]byte, 1), "image/png")
	}
	if _, ok := s.Media(second); ok || s.Dropped().Media != 2 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
	data := map[string]any{"data": base64.StdEncoding.EncodeToString(make([]byte, 101))}
	if _, err := s.Phone("1").Send(t.Context(), fakewa.Content{"type": "image", "image": data}); err == nil || !strings.Contains(err.Error(), "data has 101 bytes") {
		t.Errorf("got %v", err)
	}
	if _, err := s.Phone("1").Send(t.Context(), fakewa.Content{"type": "image", "image": map[string]any{"data": make([]byte, 100)}}); err != nil {
		t.Error(err)
	}
	if n := s.Dropped().Media; n != 6 {
		t.Errorf("%d were dropped", n)
	}
	s.Reset(1)
	if _, ok := s.Media(third); ok || s.Dropped().Media != 0 {
		t.Error("the reset left media")
	}
}

// TestExpiredMediaMakeRoomFirst removes media that have expired, and keeps an older file
// that has not.
func TestExpiredMediaMakeRoomFirst(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100, Webhook: &recorder{}})
	id := upload(t, s, make([]byte, 40), "image/png")
	inbound(t, s, fakewa.Content{"type": "image", "image": map[string]any{"data": make([]byte, 60)}})
	advance(t, s, 8*24*time.Hour)
	upload(t, s, make([]byte, 60), "image/png")
	if _, ok := s.Media(id); !ok || s.Dropped().Media != 0 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
}

func advance(t *testing.T, s *fakewa.Server, d time.Duration) {
	t.Helper()
	if err := s.Config().Clock.Advance(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}
