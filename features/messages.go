package features

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// message is what a trace tells of one: of what a person says, or of an edit or a deletion
// of that.
type message struct {
	id, user, text string // text: "" for what has no words of its own, like a voice note
	said           time.Time
	delivered      time.Time     // first; zero: never
	acknowledged   time.Time     // first; zero: never
	histories      []trace.Event // that hold it, as often as they do
	failed         []trace.Event // that held it, and failed after WhatsApp had taken them

	of      *message   // what it edits or deletes
	deletes bool       // it deletes that
	changes []*message // that edit or delete it
}

// changes tells whether an event is that somebody edits or deletes what they have said.
func changes(e trace.Event) bool { return e.Type == "edit" || e.Type == "revoke" }

// messages follows each message through a trace. Their words are unlike each other.
func messages(t *trace.Trace) (all []*message) {
	byID, byEvent := make(map[string]*message), make(map[int]*message)
	for _, e := range t.Events() {
		switch e.What {
		case trace.Says:
			m := &message{id: e.IDs[0], user: e.Who, text: e.Words(), said: e.At, of: byEvent[e.Of], deletes: e.Type == "revoke"}
			byID[m.id], byEvent[e.N] = m, m
			all = append(all, m)
			if m.of != nil {
				m.of.changes = append(m.of.changes, m)
			}
		case trace.Delivers:
			for _, id := range e.IDs {
				if m := byID[id]; m != nil && m.delivered.IsZero() {
					m.delivered = e.At
				}
			}
		case trace.Answers:
			for _, id := range e.IDs {
				if m := byID[id]; m != nil && e.Status == 200 && m.acknowledged.IsZero() {
					m.acknowledged = e.At
				}
			}
		case trace.Calls:
			for _, m := range all {
				switch {
				case m.user != e.To || m.text == "":
				case len(e.IDs) > 0:
					for range strings.Count(e.Text, m.text) {
						m.histories = append(m.histories, e)
					}
				case e.Status == http.StatusOK && strings.Contains(e.Text, m.text):
					m.failed = append(m.failed, e)
				}
			}
		}
	}
	return all
}

// original is the message that was edited or deleted, or m itself.
func (m *message) original() *message {
	if m.of != nil {
		return m.of
	}
	return m
}

// overtakes tells whether c changes what m says: a deletion, or an edit that is surely later,
// or perhaps. WhatsApp's timestamps are in seconds.
func (c *message) overtakes(m *message, surely bool) bool {
	if c == m || c.delivered.IsZero() {
		return false
	}
	at, before := c.said.Unix(), m.said.Unix()
	return c.deletes || m.of == nil || at > before || at == before && !surely
}

// overtaken tells whether a change may have come in the place of m.
func (m *message) overtaken(surely bool) bool {
	return slices.ContainsFunc(m.original().changes, func(c *message) bool { return c.overtakes(m, surely) })
}

// shown tells whether a version of the message is in a history, or it may have been deleted.
func (m *message) shown() bool {
	return len(m.original().histories) > 0 || slices.ContainsFunc(m.original().changes, func(c *message) bool {
		return len(c.histories) > 0 || c.deletes && !c.delivered.IsZero()
	})
}

// InTime is that what was edited or deleted before the silence was over is in no history: it
// was, if WhatsApp had the bot's 200 by then.
func InTime(silence time.Duration) sim.Property {
	return sim.Property{Name: "a history has no words that were edited or deleted in time", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, m := range messages(t) {
			for _, c := range m.original().changes {
				inTime := !c.acknowledged.IsZero() && c.acknowledged.Before(m.delivered.Add(silence))
				if inTime && c.overtakes(m, true) && len(m.histories) > 0 {
					h := m.histories[0]
					found = append(found, sim.Violation{At: m.delivered, Until: c.acknowledged, Why: fmt.Sprintf("event %d: the history of %s has %q, which was edited or deleted by %s", h.N, m.user, m.text, c.acknowledged.Format("15:04:05.000"))})
				}
			}
		}
		return found
	}}
}
