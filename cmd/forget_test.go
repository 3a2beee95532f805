package cmd_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/cmd/internal/stacktest"
	"wappasim/fakewa"
)

// TestForgetErasesOneUser erases a user who has a parked history and an open session,
// and nobody else, even if another number begins with the user's.
func TestForgetErasesOneUser(t *testing.T) {
	t.Parallel()
	server := stacktest.StartRedis(t)
	f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 1})
	f.Start()
	fault := f.Fake.Inject(fakewa.Fault{Fails: 131047})
	const user, other = "+1234567890", "+12345678901"
	f.Say(user, "one of the forgotten")
	f.Say(other, "one of the other")
	stacktest.Eventually(t, "the histories to be parked", func() bool { return strings.HasSuffix(f.Admin("-parked"), "\n2 parked\n") })
	f.Fake.RemoveFault(fault)
	f.Bots[0].Kill()
	f.Silence = time.Hour // so that the sessions stay open
	f.Bots[0].Start()
	f.Say(user, "two of the forgotten")
	f.Say(other, "two of the other")
	f.Bots[0].Kill()
	for _, number := range []string{user, other} { // so that it outlives the test
		if err := server.Client(0).Set(t.Context(), "wappa:pace:"+number, time.Now().Add(time.Hour).UnixMilli(), time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
	}

	before := strings.Join(server.Content(), "\n")
	for _, kind := range []string{"user:", "batch:", "pace:", "deadlines:", "EXPTRIGGER:", "parked"} {
		if !strings.Contains(before, " wappa:"+kind) {
			t.Fatalf("Redis holds no %s to be forgotten:\n%s", kind, before)
		}
	}
	if got := f.Admin("-forget", user); got != user+" is forgotten\n" {
		t.Errorf("got %q", got)
	}
	after := server.Content()
	var left, others []string
	for _, line := range after {
		if rest := strings.ReplaceAll(line, other[1:], ""); strings.Contains(rest, user[1:]) || strings.Contains(rest, "the forgotten") {
			left = append(left, line)
		}
	}
	for line := range strings.Lines(before) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, other[1:]) && !slices.Contains(after, line) {
			others = append(others, line)
		}
	}
	if left != nil {
		t.Errorf("what is left of the user:\n%s", strings.Join(left, "\n"))
	}
	if others != nil {
		t.Errorf("what is gone of somebody else:\n%s", strings.Join(others, "\n"))
	}
}
