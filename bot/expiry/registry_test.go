package expiry_test

import (
	"context"
	"strings"
	"testing"

	"wappasim/bot/expiry"
)

func TestOnExpireRefuses(t *testing.T) {
	handler := func(context.Context, *expiry.Firing) error { return nil }
	var r expiry.Registry
	if err := r.OnExpire("reminder", handler); err != nil || !r.Has("reminder") || r.Has("other") {
		t.Errorf("got %v", err)
	}
	for name, err := range map[string]error{
		"no name":    r.OnExpire("", handler),
		"no handler": r.OnExpire("other", nil),
		"twice":      r.OnExpire("reminder", handler),
	} {
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if err := r.OnExpire("alarm", handler); err != nil {
		t.Error(err)
	}
	if got := strings.Join(r.Actions(), " "); got != "alarm reminder" {
		t.Errorf("got %s", got)
	}
}
