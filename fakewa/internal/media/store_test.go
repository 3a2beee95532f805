package media_test

import (
	"strings"
	"testing"
	"time"

	"wappasim/fakewa/internal/media"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func put(s *media.Store, id string, at time.Time, inbound bool, size int) (dropped int) {
	_, dropped = s.Put(media.File{ID: id, At: at, Inbound: inbound, Bytes: make([]byte, size)})
	return dropped
}

// TestLifetime expects a file until its lifetime is over, and not at that moment.
func TestLifetime(t *testing.T) {
	for inbound, lifetime := range map[bool]time.Duration{false: 30 * 24 * time.Hour, true: 7 * 24 * time.Hour} {
		s := media.NewStore(100, 10)
		put(s, "a", start, inbound, 1)
		if e, gone := s.Get("a", start.Add(lifetime-1)); e == nil || gone != "" {
			t.Errorf("inbound %v: before %v: got %v, %q", inbound, lifetime, e, gone)
		}
		e, gone := s.Get("a", start.Add(lifetime))
		if want := "expired at " + start.Add(lifetime).Format(time.RFC3339); e != nil || !strings.HasPrefix(gone, want) {
			t.Errorf("inbound %v: after %v: got %v, %q", inbound, lifetime, e, gone)
		}
		if s.Has("a") {
			t.Errorf("inbound %v: the store has an expired file", inbound)
		}
	}
}

// TestRoom expects the oldest files to make room, whatever their lifetime is, and only
// as many as need be.
func TestRoom(t *testing.T) {
	s := media.NewStore(100, 3)
	for _, f := range []struct {
		id      string
		inbound bool
		size    int
		dropped int
	}{{"a", false, 40, 0}, {"b", true, 40, 0}, {"c", false, 20, 0}, {"d", true, 1, 1}, {"e", true, 80, 2}, {"f", false, 100, 2}} {
		if got := put(s, f.id, start, f.inbound, f.size); got != f.dropped {
			t.Errorf("%s dropped %d files, want %d", f.id, got, f.dropped)
		}
	}
	for id, want := range map[string]string{"d": "was dropped", "e": "was dropped", "f": "", "x": "is not the id"} {
		if _, gone := s.Get(id, start); !strings.HasPrefix(gone, want) || (want == "") != (gone == "") {
			t.Errorf("%s: got %q, want %q", id, gone, want)
		}
	}
}

// TestReplace puts a file in the place of another: the bytes of the first are free.
func TestReplace(t *testing.T) {
	s := media.NewStore(100, 10)
	put(s, "a", start, false, 50)
	if put(s, "a", start, false, 60) != 0 || put(s, "b", start, false, 40) != 0 {
		t.Error("a file was dropped, though there was room")
	}
	if e, _ := s.Get("a", start); e == nil || len(e.Bytes) != 60 {
		t.Errorf("got %v", e)
	}
}

// TestReserve counts the bytes of a file before they are there.
func TestReserve(t *testing.T) {
	s := media.NewStore(100, 10)
	e, dropped := s.Reserve(media.File{ID: "a", At: start}, 90)
	if e.Size() != 90 || len(e.Bytes) != 0 || dropped != 0 {
		t.Errorf("got %d bytes of %d, %d dropped", len(e.Bytes), e.Size(), dropped)
	}
	if put(s, "b", start, false, 11) != 1 || s.Has("a") {
		t.Error("the reserved bytes were given to another file")
	}
}

// TestExpiredFilesMakeRoom removes files that expired before it drops others.
func TestExpiredFilesMakeRoom(t *testing.T) {
	s := media.NewStore(100, 10)
	put(s, "old upload", start, false, 50)
	put(s, "inbound", start, true, 50)
	if put(s, "new", start.Add(media.InboundLifetime), false, 50) != 0 || !s.Has("old upload") || s.Has("inbound") {
		t.Error("the file that expired did not make room")
	}
}
