package report

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"wappasim/fakewa"
)

const (
	loopLength = 10          // messages in a row that make a loop, if they say the same
	loopBodies = 4           // different messages at most then: one for each status
	longLoop   = 50          // messages in a row that make a loop, whatever they say
	loopTime   = time.Second // after a status, in which an answer to it comes
)

// loops looks for users who get message after message, each after a status of those
// before: a bot that answers statuses as if they were messages.
func loops(h *history) (found []Evidence) {
	statuses := h.statuses()
	for user, messages := range h.of {
		told := statuses[user]
		var row []*fakewa.Message
		end := func() {
			if e, ok := loopOf(row); ok {
				found = append(found, e)
			}
			row = nil
		}
		for _, m := range messages {
			if m.Direction == fakewa.In {
				end()
				continue
			}
			if len(row) > 0 && !follows(m, row, told) {
				end()
			}
			row = append(row, m)
		}
		end()
	}
	slices.SortFunc(found, func(a, b Evidence) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return found
}

// statuses returns the deliveries of statuses, by the user to whom the messages went, in
// the order in which they began.
func (h *history) statuses() map[string][]fakewa.Delivery {
	statuses := make(map[string][]fakewa.Delivery)
	for _, d := range h.deliveries {
		for _, id := range d.IDs {
			_, id, isStatus := strings.Cut(id, " ")
			if m := h.byID[id]; isStatus && m != nil {
				statuses[m.User] = append(statuses[m.User], d)
			}
		}
	}
	for _, told := range statuses {
		slices.SortStableFunc(told, func(a, b fakewa.Delivery) int { return cmp.Compare(a.After, b.After) })
	}
	return statuses
}

// follows tells whether a message may answer a status of the messages before it that none
// of them answers, and soon.
func follows(m *fakewa.Message, row []*fakewa.Message, told []fakewa.Delivery) bool {
	until := func(n uint64) int { return sort.Search(len(told), func(i int) bool { return told[i].After >= n }) }
	first, end := until(row[0].N), until(m.N)
	return end-first >= len(row) && within(told[end-1].At, m.At, loopTime)
}

// loopOf returns the evidence of a loop, if a row of messages is one.
func loopOf(row []*fakewa.Message) (Evidence, bool) {
	bodies := make(map[string]bool)
	for _, m := range row {
		bodies[string(m.Body)] = true
	}
	if len(row) < loopLength || len(row) < longLoop && len(bodies) > loopBodies {
		return Evidence{}, false
	}
	last := row[len(row)-1]
	return ofMessage(last, fmt.Sprintf("message %d in a row, each after a status of those before", len(row))), true
}
