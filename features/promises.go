package features

import (
	"fmt"
	"strings"
	"time"

	"wappasim/sim"
)

// Promises returns what holds in every run of a bot that sends histories after a
// silence and remembers messages under keys that begin with seen: those of any
// bot, and its own.
func Promises(silence time.Duration, seen string) []sim.Promise {
	return append(sim.AnyBot(), OneHistory(), FullSilence(silence), TidyRedis(seen))
}

// message is what a trace tells of one.
type message struct {
	id, user, text string
	delivered      time.Time   // first; zero: never
	acknowledged   time.Time   // first; zero: never
	histories      []sim.Event // that hold it, as often as they do
}

// messages follows each message through a trace. Messages are unlike each other.
func messages(t *sim.Trace) (all []*message) {
	byID := make(map[string]*message)
	events := t.Events()
	for _, e := range events {
		switch e.What {
		case sim.Says:
			m := &message{id: e.IDs[0], user: e.Who, text: e.Text}
			byID[m.id] = m
			all = append(all, m)
		case sim.Delivers:
			for _, id := range e.IDs {
				if m := byID[id]; m != nil && m.delivered.IsZero() {
					m.delivered = e.At
				}
			}
		case sim.Answers:
			for _, id := range e.IDs {
				if m := byID[id]; m != nil && e.Status == 200 && m.acknowledged.IsZero() {
					m.acknowledged = e.At
				}
			}
		case sim.Calls:
			for _, m := range all {
				if len(e.IDs) > 0 && m.user == e.To {
					for range strings.Count(e.Text, m.text) {
						m.histories = append(m.histories, e)
					}
				}
			}
		}
	}
	return all
}

// OneHistory is that each acknowledged message is in exactly one history of its
// user, and after those that were acknowledged before it came.
func OneHistory() sim.Promise {
	return sim.Promise{Name: "each acknowledged message is in one history, in order", Rests: []sim.Ground{sim.Redis, sim.Token}, Check: func(t *sim.Trace) (broken []sim.Broken) {
		all := messages(t)
		for i, m := range all {
			switch {
			case m.acknowledged.IsZero():
				continue
			case len(m.histories) == 0:
				broken = append(broken, sim.Broken{At: m.delivered, Until: m.acknowledged, Why: fmt.Sprintf("%q of %s is in no history", m.text, m.user)})
				continue
			case len(m.histories) > 1:
				broken = append(broken, sim.Broken{At: m.histories[0].At, Until: m.histories[1].At, Why: fmt.Sprintf("%q of %s is told %d times, first in events %d and %d", m.text, m.user, len(m.histories), m.histories[0].N, m.histories[1].N)})
				continue
			}
			for _, earlier := range all[:i] {
				if earlier.user != m.user || len(earlier.histories) != 1 || !earlier.acknowledged.Before(m.delivered) || earlier.acknowledged.IsZero() {
					continue
				}
				a, b := earlier.histories[0], m.histories[0]
				if a.N > b.N || a.N == b.N && strings.Index(a.Text, earlier.text) > strings.Index(b.Text, m.text) {
					broken = append(broken, sim.Broken{At: earlier.acknowledged, Why: fmt.Sprintf("%q of %s comes after the later %q", earlier.text, m.user, m.text)})
				}
			}
		}
		return broken
	}}
}

// FullSilence is that no history is sent before the silence after its last
// message is full.
func FullSilence(silence time.Duration) sim.Promise {
	return sim.Promise{Name: "no history comes before its silence is full", Rests: []sim.Ground{sim.Redis}, Check: func(t *sim.Trace) (broken []sim.Broken) {
		for _, m := range messages(t) {
			for _, h := range m.histories {
				if after := h.At.Sub(m.delivered); after < silence {
					broken = append(broken, sim.Broken{At: m.delivered, Why: fmt.Sprintf("event %d: the history with %q of %s is sent %s after it came", h.N, m.text, m.user, after)})
				}
			}
		}
		return broken
	}}
}

// first returns when the first message came of the user whom a key names.
func first(t *sim.Trace, key string) (at time.Time) {
	for _, m := range messages(t) {
		if strings.Contains(key, m.user) {
			return m.delivered
		}
	}
	return at
}

// TidyRedis is that in the end Redis holds nothing but the marks of messages that
// were seen, each with an end.
func TidyRedis(seen string) sim.Promise {
	return sim.Promise{Name: "Redis holds nothing of a finished session", Rests: []sim.Ground{sim.Redis, sim.Token}, Check: func(t *sim.Trace) (broken []sim.Broken) {
		for _, e := range t.Events() {
			if e.What != sim.Holds {
				continue
			}
			if _, key, _ := strings.Cut(e.Text, " "); e.TTL == 0 || !strings.HasPrefix(key, seen) {
				broken = append(broken, sim.Broken{At: first(t, key), Until: e.At, Why: "it holds " + e.Text})
			}
		}
		return broken
	}}
}
