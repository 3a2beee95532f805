package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
)

// Meta's pair rate limit, whether the fake enforces it or not.
const (
	pairLimit    = 131056
	pairInterval = 6 * time.Second // between two messages to one user, on average
	pairBurst    = 45              // messages at once, which later time pays for
)

// burst is what a bot sends one user at once.
type burst struct {
	due   time.Time       // until when the messages so far use the limit up
	last  fakewa.Request  // that was sent or refused
	over  []Evidence      // calls over the limit, since the last one within it
	tried map[string]bool // bodies that were refused among them: the same again is a retry
}

// floods looks for users to whom the bot sends more than the pair rate limit allows: a
// few messages over it are a bot that finds the limit and waits.
func floods(h *history) (found []Evidence) {
	bursts := make(map[string]*burst)
	var order []*burst
	for _, r := range h.requests {
		refused := r.Error != nil && r.Error.Code == pairLimit && !r.Error.Injected
		user := h.about(r)
		if user == "" || !strings.HasSuffix(path(r), "/messages") || !refused && r.ID == "" {
			continue
		}
		b := bursts[user]
		if b == nil {
			b = &burst{tried: make(map[string]bool)}
			bursts[user], order = b, append(order, b)
		}
		if h.still && h.wrote(user, b.last.After, r.After) {
			b.due = time.Time{} // nobody knows how long the user took
		}
		b.last = r
		if b.takes(r) {
			found = append(found, b.flush()...)
		} else if !refused || !b.tried[r.Body] {
			b.over = append(b.over, ofCall(r, fmt.Sprintf("over the limit of %d at once, and one in %s then", pairBurst, pairInterval)))
			b.tried[r.Body] = refused
		}
	}
	for _, b := range order {
		found = append(found, b.flush()...)
	}
	slices.SortStableFunc(found, func(a, b Evidence) int { return a.At.Compare(b.At) })
	return found
}

// takes counts a message that the limit allows, and tells whether it does.
func (b *burst) takes(r fakewa.Request) bool {
	due := b.due
	if due.Before(r.At) {
		due = r.At
	}
	if due.Add(pairInterval).Sub(r.At) > pairBurst*pairInterval {
		return false
	}
	b.due = due.Add(pairInterval)
	return true
}

// flush returns the calls over the limit if they are many.
func (b *burst) flush() (found []Evidence) {
	if len(b.over) > manyRetries {
		found = b.over
	}
	b.over = nil
	clear(b.tried)
	return found
}
