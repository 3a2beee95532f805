package dialogue

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"wappasim/sim/trace"
)

const (
	// oneBreath is how soon after another a message of the bot belongs to it, if the person
	// has done nothing in between.
	oneBreath = time.Second

	// patience is how long a [Map] waits for an answer.
	patience = time.Minute
)

// turn is what the bot says to a person in one breath.
type turn struct {
	messages []*trace.Event
	words    []int // how many of the people's texts were written before each message
	offers   bool  // there is something to tap
	before   *turn // nil: the beginning
	by       []*trace.Event
}

// move is something that a person does, and the turn that follows. Without an act the
// bot speaks by itself; without a turn to go to, the act has no answer.
type move struct {
	act      *trace.Event
	until    time.Time // the answer was due
	from, to *turn     // from nil: the bot has said nothing yet
	dead     bool      // the person cannot do otherwise
}

// talk is what one person and the bot say to each other.
type talk struct {
	turn    *turn
	last    time.Time // when the bot spoke
	acted   bool      // since then
	pending []pending // acts without an answer yet
}

type pending struct {
	move
	decided bool // the bot got it, and has to answer in time
}

// walk is a trace, seen as the talks of people with a bot.
type walk struct {
	moves []move
	ended time.Time

	words  []string        // that people have written, and the bot had not said before
	known  map[string]bool // all that people have written
	spoken []string        // all that the bot has said
}

// follow goes through a trace.
func follow(t *trace.Trace, within time.Duration) *walk {
	events := t.Events()
	due := newDeadlines(events, within)
	w := &walk{ended: t.Until(), known: make(map[string]bool)}
	talks := make(map[string]*talk)
	for i := range events {
		e := &events[i]
		who := e.To
		if e.What == trace.Says {
			who = e.Who
		} else if e.What != trace.Calls || len(e.IDs) == 0 {
			continue
		}
		p := talks[who]
		if p == nil {
			p = new(talk)
			talks[who] = p
		}
		w.expire(p, e.At)
		if e.What == trace.Says {
			w.act(p, e, due)
		} else {
			w.hear(p, e)
		}
	}
	for _, p := range talks {
		w.expire(p, w.ended.Add(1))
	}
	return w
}

// act takes what a person does.
func (w *walk) act(p *talk, e *trace.Event, due *deadlines) {
	until, decided := due.of(e)
	isText := kind(e) == "text"
	dead := isTap(e) || isText && (p.turn == nil || !p.turn.offers)
	p.pending, p.acted = append(p.pending, pending{move{act: e, until: until, from: p.turn, dead: dead}, decided}), true
	if !isText || w.known[e.Text] {
		return
	}
	w.known[e.Text] = true
	if strings.ContainsFunc(e.Text, unicode.IsLetter) && !slices.ContainsFunc(w.spoken, func(said string) bool { return strings.Contains(said, e.Text) }) {
		w.words = append(w.words, e.Text)
	}
}

// hear takes a message of the bot.
func (w *walk) hear(p *talk, e *trace.Event) {
	if p.turn == nil || p.acted || e.At.Sub(p.last) > oneBreath {
		next := &turn{before: p.turn, offers: p.turn != nil && !p.acted && p.turn.offers}
		for i := range p.pending {
			m := p.pending[i].move
			m.to = next
			w.moves = append(w.moves, m)
			next.by = append(next.by, m.act)
		}
		if len(p.pending) == 0 {
			w.moves = append(w.moves, move{from: p.turn, to: next})
		}
		p.turn, p.pending, p.acted = next, nil, false
	}
	p.turn.messages = append(p.turn.messages, e)
	p.turn.words = append(p.turn.words, len(w.words))
	p.turn.offers = p.turn.offers || offers(e)
	p.last = e.At
	w.spoken = append(w.spoken, e.Text)
}

// expire gives up what should have been answered before now.
func (w *walk) expire(p *talk, now time.Time) {
	kept := p.pending[:0]
	for _, a := range p.pending {
		if a.decided && a.until.Before(now) {
			w.moves = append(w.moves, a.move)
		} else {
			kept = append(kept, a)
		}
	}
	p.pending = kept
}

// said returns what the bot says in a turn, without what differs from run to run. A message
// that has become equal to the one before is left out.
func (w *walk) said(t *turn, n *normaliser) string {
	if t == nil {
		return begin
	}
	var all []string
	for i, m := range t.messages {
		text := n.message(m.Text, w.words[:t.words[i]])
		if len(all) == 0 || text == m.Text || all[len(all)-1] != text {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n")
}

// way returns what a person did to get to a turn, without what led back to where they had
// been before.
func (w *walk) way(to *turn) (way []string) {
	var turns []*turn
	for t := to; t != nil; t = t.before {
		turns = append(turns, t)
	}
	slices.Reverse(turns)
	n := &normaliser{rules: Rules}
	places, acts := []string{begin}, [][]string{nil}
	for _, t := range turns {
		said := w.said(t, n)
		if i := slices.Index(places, said); i >= 0 {
			places, acts = places[:i+1], acts[:i+1]
			continue
		}
		var by []string
		for _, a := range t.by {
			by = append(by, readable(a))
		}
		if by == nil {
			by = []string{unasked}
		}
		places, acts = append(places, said), append(acts, by)
	}
	return slices.Concat(acts...)
}
