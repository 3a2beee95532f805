// Package standing computes how templates and businesses stand, by what people do. It knows
// no server and takes no lock, except that of a portfolio, which several servers share.
package standing

import (
	"time"

	"wappasim/fakewa/life"
)

// Template is how people take a template. Its server's lock guards it.
type Template struct {
	Pauses  int       // so far
	Until   time.Time // when the pause ends by itself; zero: it does not, or there is none
	Flagged bool
	Round   int // of its life, which ends with each change of its status

	sent   int  // messages of this round that were not held, while others might have been
	proven bool // held messages of this round went out

	arrived, bad, old, unread int     // messages of this round; old ones are older than a day
	young                     []*Mark // of those that are not old, oldest first
	judged                    string  // the last quality that Judge returned
}

// Turn begins a new round, after another status.
func (t *Template) Turn() {
	*t = Template{Pauses: t.Pauses, Flagged: t.Flagged, Round: t.Round + 1}
}

// Hold counts a message, and tells whether it is held: whether so many went out before.
func (t *Template) Hold(from int) bool {
	if t.proven || t.sent < from {
		t.sent++
		return false
	}
	return true
}

// Prove ends the holding of messages in this round.
func (t *Template) Prove() { t.proven = true }

// Mark is how a user takes a message that arrived.
type Mark struct {
	of    *Template
	round int
	at    time.Time
	read  bool
	bad   bool
}

// Arrive counts a message that arrived.
func (t *Template) Arrive(now time.Time) *Mark {
	m := &Mark{of: t, round: t.Round, at: now}
	t.arrived++
	t.young = append(t.young, m)
	return m
}

// Read notes that the user read the message.
func (m *Mark) Read() { m.read = true }

// Resent notes that the user took the message badly.
func (m *Mark) Resent() {
	if !m.bad && m.round == m.of.Round {
		m.of.bad++
	}
	m.bad = true
}

const day = 24 * time.Hour

// Judge returns the quality of the template; "": it is the one that Judge returned before in
// this round, or too few messages arrived.
func (t *Template) Judge(s *life.Settings, now time.Time) string {
	for len(t.young) > 0 && now.Sub(t.young[0].at) >= day {
		t.old++
		if !t.young[0].read {
			t.unread++
		}
		t.young = t.young[1:]
	}
	if t.arrived < s.RateFrom {
		return ""
	}
	steps, share := 0, float64(t.bad)/float64(t.arrived)
	if share >= s.YellowAt {
		steps++
	}
	if share >= s.RedAt {
		steps++
	}
	if s.UnreadAt > 0 && t.old >= s.RateFrom && float64(t.unread) >= s.UnreadAt*float64(t.old) {
		steps++
	}
	quality := life.Qualities[min(steps, 2)]
	if quality == t.judged {
		return ""
	}
	t.judged = quality
	return quality
}
