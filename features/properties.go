package features

import (
	"fmt"
	"strings"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// Properties returns what holds in every run of a bot that sends histories after a
// silence and remembers messages under keys that begin with seen: the properties of any
// bot, and its own. Two of [sim.AnyBot] are missing. [sim.Reacted] does not hold, because
// a confirmation that is refused is not repeated. [OneHistory] and [ConfirmedOnce] say
// which part of [sim.SaidOnce] holds.
func Properties(silence time.Duration, seen string) []sim.Property {
	return []sim.Property{
		sim.OwnWords(), sim.Within24Hours(), sim.Answered(), sim.NoLeaks(),
		OneHistory(), InTime(silence), ConfirmedOnce(), FullSilence(silence), TidyRedis(seen),
	}
}

// proofTimeout is the bot's, less what the clocks of two machines may differ, and less the
// ten seconds after which the bot gives a call up: a trace has a call when it is over, and
// the bot counts from its beginning.
const proofTimeout = time.Minute - time.Second - 10*time.Second

// repeated returns why a history must not have been sent a second time; "": it may.
// It may if both the answer and the proof were lost: no replica that still runs had
// WhatsApp's answer to the first copy, and no status of it was acknowledged for as long
// as the bot waits for one.
func repeated(t *trace.Trace, first, second trace.Event) (why string) {
	if second.Text != first.Text {
		return "it is another history"
	}
	if after := second.At.Sub(first.At); after < proofTimeout {
		return fmt.Sprintf("only %s had passed", after)
	}
	answered := !first.Lost
	for _, e := range t.Events() {
		switch {
		case e.N < first.N || e.N > second.N:
		case e.Who == first.Who && (e.What == trace.Crashes || e.What == trace.Starts):
			answered = false
		case e.What == trace.Answers && e.Status == 200:
			for _, id := range e.IDs {
				if strings.HasSuffix(id, " "+first.IDs[0]) {
					return fmt.Sprintf("event %d had acknowledged the status %s", e.N, strings.Fields(id)[0])
				}
			}
		}
	}
	if answered {
		return "the replica had the answer"
	}
	return ""
}

// ConfirmedOnce is that no user receives more confirmations than they sent messages.
func ConfirmedOnce() sim.Property {
	return sim.Property{Name: "no message is confirmed twice", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		type text struct{ user, text string }
		written, last := make(map[string]int), make(map[text]trace.Event)
		count := make(map[text]int)
		for _, e := range t.Events() {
			switch {
			case e.What == trace.Says && !changes(e):
				written[e.Who]++
			case e.What == trace.Calls && len(e.IDs) > 0 && strings.Contains(e.Text, "stored!"):
				said := text{e.To, e.Text}
				if count[said]++; count[said] > written[e.To] {
					found = append(found, sim.Violation{At: last[said].At, Until: e.At, Why: fmt.Sprintf("events %d and %d: %s receives %q more often than there were messages", last[said].N, e.N, e.To, e.Text)})
				}
				last[said] = e
			}
		}
		return found
	}}
}

// OneHistory is that each acknowledged message is in one history of its user, in
// order: after the messages that were acknowledged before it came. If it was edited, one of
// its versions is, and the last edit if it was acknowledged; if it was deleted, perhaps none. That history is sent
// once. It is sent again only if no replica could know that WhatsApp had it, or if
// WhatsApp said later that it failed.
func OneHistory() sim.Property {
	return sim.Property{Name: "each acknowledged message is in one history, in order", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		all := messages(t)
		for i, m := range all {
			switch {
			case m.acknowledged.IsZero() || m.text == "":
				continue
			case len(m.histories) == 0 && m.overtaken(false):
				if !m.shown() {
					found = append(found, sim.Violation{At: m.delivered, Until: m.acknowledged, Why: fmt.Sprintf("%q of %s is in no history, and neither is what it was edited to", m.text, m.user)})
				}
				continue
			case len(m.histories) == 0:
				found = append(found, sim.Violation{At: m.delivered, Until: m.acknowledged, Why: fmt.Sprintf("%q of %s is in no history", m.text, m.user)})
				continue
			}
			for n, copied := range m.histories[1:] {
				if why := repeated(t, m.histories[n], copied); why != "" {
					found = append(found, sim.Violation{At: m.histories[n].At, Until: copied.At, Why: fmt.Sprintf("%q of %s is sent in event %d and again in event %d, but %s", m.text, m.user, m.histories[n].N, copied.N, why)})
				}
			}
			for _, earlier := range all[:i] {
				if earlier.of != nil || m.of != nil || earlier.user != m.user || earlier.text == "" || len(earlier.histories) == 0 || !earlier.acknowledged.Before(m.delivered) || earlier.acknowledged.IsZero() {
					continue
				}
				a, b := earlier.histories[0], m.histories[0]
				if len(earlier.failed) > 0 && earlier.failed[0].N < b.N {
					continue // it was sent in time, and then again
				}
				if a.N > b.N || a.N == b.N && strings.Index(a.Text, earlier.text) > strings.Index(b.Text, m.text) {
					found = append(found, sim.Violation{At: earlier.acknowledged, Why: fmt.Sprintf("%q of %s comes after the later %q", earlier.text, m.user, m.text)})
				}
			}
		}
		return found
	}}
}

// FullSilence is that no history is sent before the silence after its last message is
// over.
func FullSilence(silence time.Duration) sim.Property {
	return sim.Property{Name: "no history comes before its silence is full", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, m := range messages(t) {
			for _, h := range m.histories {
				if after := h.At.Sub(m.delivered); after < silence {
					found = append(found, sim.Violation{At: m.delivered, Why: fmt.Sprintf("event %d: the history with %q of %s is sent %s after it came", h.N, m.text, m.user, after)})
				}
			}
		}
		return found
	}}
}

// first returns when the first message of the user in a key was delivered.
func first(t *trace.Trace, key string) (at time.Time) {
	for _, m := range messages(t) {
		if strings.Contains(key, m.user) {
			return m.delivered
		}
	}
	return at
}

// TidyRedis is that at the end Redis holds nothing but the marks of messages that were
// seen, each with a TTL.
func TidyRedis(seen string) sim.Property {
	return sim.Property{Name: "Redis holds nothing of a finished session", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, e := range t.Events() {
			if e.What != trace.Holds {
				continue
			}
			if _, key, _ := strings.Cut(e.Text, " "); e.TTL == 0 || !strings.HasPrefix(key, seen) {
				found = append(found, sim.Violation{At: first(t, key), Until: e.At, Why: "it holds " + e.Text})
			}
		}
		return found
	}}
}
