package fakewa_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

func TestEqualSeedsGiveEqualIDs(t *testing.T) {
	id := func(seed uint64) string {
		s := fakewa.Test(t, fakewa.Config{Seed: seed})
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		return s.Sent()[0].ID
	}
	if one, again, two := id(1), id(1), id(2); one != again || one == two {
		t.Errorf("got %s, %s and %s", one, again, two)
	}
}

func TestTestClosesTheServerAtTheEnd(t *testing.T) {
	var s *fakewa.Server
	t.Run("a test", func(t *testing.T) {
		s = fakewa.Test(t, fakewa.Config{Name: "Ana's Bakery"})
		if name := s.Config().Name; name != "Ana's Bakery" {
			t.Errorf("got the name %q", name)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Wait(ctx, fakewa.Filter{}); !errors.Is(err, context.Canceled) {
			t.Errorf("before the end: got %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // in case it is not closed
	defer cancel()
	if _, err := s.Wait(ctx, fakewa.Filter{}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after the end: got %v", err)
	}
}
