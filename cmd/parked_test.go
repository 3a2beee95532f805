package cmd_test

import (
	"fmt"
	"strings"
	"testing"

	"wappasim/cmd/internal/stacktest"
	"wappasim/fakewa"
)

// TestParkedHistoriesAreSentOnRequest has WhatsApp accept histories and say later that
// they failed, for a reason that no repetition helps: they are parked, and sent when
// an operator says so.
func TestParkedHistoriesAreSentOnRequest(t *testing.T) {
	t.Parallel()
	f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: stacktest.StartRedis(t), Replicas: 2})
	f.Start()
	fault := f.Fake.Inject(fakewa.Fault{Fails: 131047})
	f.Together(func(n int, user string) { f.Say(user, fmt.Sprintf("u%d m0", n)) })
	f.AwaitSpeakers()
	var parked string
	stacktest.Eventually(t, "the histories to be parked", func() bool {
		parked = f.Admin("-parked")
		return strings.HasSuffix(parked, fmt.Sprintf("\n%d parked\n", f.Users))
	})
	for n := range f.Users {
		if !strings.Contains(parked, "user_inactivity of "+f.User(n)+"  code 131047: ") {
			t.Errorf("user %d is not among what is parked, or not with the reason:\n%s", n, parked)
			break
		}
	}
	f.Fake.RemoveFault(fault)
	if got := f.Admin("-requeue", f.User(0)); got != "1 requeued\n" {
		t.Errorf("-requeue of one: got %q", got)
	}
	stacktest.Eventually(t, "one history", func() bool { return strings.HasSuffix(f.Admin("-parked"), fmt.Sprintf("\n%d parked\n", f.Users-1)) })
	if got, want := f.Admin("-requeue"), fmt.Sprintf("%d requeued\n", f.Users-1); got != want {
		t.Errorf("-requeue: got %q, want %q", got, want)
	}
	f.Settle()
	if got := f.Admin("-parked"); got != "0 parked\n" {
		t.Errorf("-parked: got %q", got)
	}
}
