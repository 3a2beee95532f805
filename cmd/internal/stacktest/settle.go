package stacktest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Speak has the users write beside the test, in two sessions: each message when the
// one before is acknowledged.
func (f *Fleet) Speak() { f.SpeakUntil(func() bool { return true }) }

// SpeakUntil has the users write in two sessions, and in more until something has
// happened.
func (f *Fleet) SpeakUntil(happened func() bool) {
	f.t.Helper()
	for n := range f.Users {
		user, random := f.User(n), rand.New(rand.NewPCG(f.Seed+1, uint64(n)))
		f.speaking.Go(func() {
			time.Sleep(UpTo(random, 2*f.Silence))
			for m := 0; !f.t.Failed() && (m < 6 || m%3 != 0 || !happened()); m++ {
				if m > 0 && m%3 == 0 {
					time.Sleep(f.Silence*3/2 + UpTo(random, f.Silence/2)) // another session
				}
				f.Say(user, fmt.Sprintf("u%d m%d", n, m))
				time.Sleep(UpTo(random, f.Silence/3))
			}
		})
	}
}

// Together has all users write at once, beside the test.
func (f *Fleet) Together(write func(n int, user string)) {
	for n := range f.Users {
		f.speaking.Go(func() { write(n, f.User(n)) })
	}
}

// Spoken is closed when all that the users write is acknowledged.
func (f *Fleet) Spoken() <-chan struct{} {
	spoken := make(chan struct{})
	go func() {
		f.speaking.Wait()
		close(spoken)
	}()
	return spoken
}

// AwaitSpeakers waits until all that the users write is acknowledged.
func (f *Fleet) AwaitSpeakers() {
	f.t.Helper()
	select {
	case <-f.Spoken():
	case <-time.After(2 * Limit):
		f.t.Fatalf("not all messages were acknowledged\n%s", f.dump())
	}
}

// AwaitHistories waits until Redis holds nothing of the sessions: all were sent back.
func (f *Fleet) AwaitHistories() {
	f.t.Helper()
	Eventually(f.t, "Redis to be empty of sessions", func() bool { return len(f.Redis.Left()) == 0 }, f.dump)
}

// Settle waits until all was acknowledged and sent back, stops the replicas in good
// order, and wants the ledger balanced and Redis empty.
func (f *Fleet) Settle() Balance {
	f.t.Helper()
	began := time.Now()
	f.AwaitSpeakers()
	f.acting.Wait()
	f.t.Logf("all messages were acknowledged after %s", time.Since(began).Round(time.Millisecond))
	f.AwaitHistories()
	f.t.Logf("all histories were delivered after %s", time.Since(began).Round(time.Millisecond))
	for _, r := range f.Bots {
		r.terminate()
		if text := r.Log.String(); strings.Contains(text, f.secret) || strings.Contains(text, "fleet-token") {
			f.t.Errorf("the log of replica %d holds a secret:\n%s", r.N, text)
		}
	}
	f.Fake.Close()
	if left := f.Redis.Left(); len(left) > 0 {
		f.t.Errorf("Redis holds %q", left)
	}
	b := f.Ledger.Balance()
	f.t.Log(b)
	for _, why := range b.Allowed {
		f.t.Logf("allowed: %s", why)
	}
	if wrong := b.Violations(); len(wrong) > 0 {
		f.t.Errorf("%d things are wrong:\n%s\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 20)], "\n"), f.dump())
	}
	if _, proxies := f.Redis.(*Redis); proxies {
		if unseen := f.Ledger.unseen(); len(unseen) > 0 {
			f.t.Errorf("the Redis proxies did not see how %d histories were begun: has a script's keys changed?\n%s", len(unseen), unseen[0])
		}
	}
	if b.Acknowledged != b.Messages || b.Messages == 0 {
		f.t.Errorf("%d of %d messages were acknowledged", b.Acknowledged, b.Messages)
	}
	return b
}

// dump returns the latest warnings of the replicas, and what Redis holds.
func (f *Fleet) dump() string {
	var b strings.Builder
	left := f.Redis.Left()
	fmt.Fprintf(&b, "Redis holds %d keys: %q\n", len(left), left[:min(len(left), 20)])
	for _, r := range f.Bots {
		var warnings []string
		for line := range strings.Lines(r.Log.String()) {
			if !strings.Contains(line, "level=INFO") {
				warnings = append(warnings, line)
			}
		}
		fmt.Fprintf(&b, "replica %d, the last of %d warnings:\n%s", r.N, len(warnings), strings.Join(warnings[max(0, len(warnings)-15):], ""))
	}
	return b.String()
}

// Logged counts how often the replicas' logs say something.
func (f *Fleet) Logged(what string) (n int) {
	for _, r := range f.Bots {
		n += r.Log.Count(what)
	}
	return n
}
