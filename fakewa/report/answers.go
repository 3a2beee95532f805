package report

import (
	"time"

	"wappasim/fakewa"
)

// answerTime is how long after a webhook an answer to it comes at most. A later message
// has another reason, such as a timer.
const answerTime = time.Minute

// answeredTwice looks for messages that were delivered more than once and answered more
// than once.
func answeredTwice(h *history) (found []Evidence) {
	came := make(map[string][]fakewa.Delivery)
	for _, d := range h.deliveries {
		for _, id := range d.IDs {
			came[id] = append(came[id], d)
		}
	}
	known := h.known()
	for _, m := range h.messages {
		if m.Direction != fakewa.In || len(came[m.ID]) < 2 {
			continue
		}
		if again := h.again(m, came[m.ID], known); again != nil {
			found = append(found, ofMessage(again, "the same as before, after "+m.ID+" came again"))
		}
	}
	return found
}

// known returns the messages of which the bot knows that it sent them, because the answer
// reached it. It may send others again.
func (h *history) known() map[string]bool {
	known := make(map[string]bool)
	for _, r := range h.requests {
		if r.ID != "" && !r.Lost {
			known[r.ID] = true
		}
	}
	return known
}

// again returns an answer that the bot repeated after the message was redelivered, before
// the user wrote anything else.
func (h *history) again(m *fakewa.Message, came []fakewa.Delivery, known map[string]bool) *fakewa.Message {
	type answer struct{ typ, body string }
	given := make(map[answer]int)
	due := 1 + h.unanswered(m)
	for _, out := range h.of[m.User] {
		switch {
		case out.N <= m.N:
			continue
		case out.Direction == fakewa.In:
			return nil
		case out.Type == "reaction" || out.Status == "failed" || !known[out.ID] || !answers(out, came):
			continue
		}
		a := answer{out.Type, string(out.Body)}
		if given[a]++; given[a] > due && answers(out, came[1:]) {
			return out
		}
	}
	return nil
}

// answers tells whether a message may be an answer to one of the webhooks.
func answers(out *fakewa.Message, came []fakewa.Delivery) bool {
	for _, d := range came {
		if out.N > d.After && within(d.At, out.At, answerTime) {
			return true
		}
	}
	return false
}

// unanswered returns how many messages of a user may have waited for an answer when one
// more came. Two equal answers may then be for two of them.
func (h *history) unanswered(m *fakewa.Message) (waiting int) {
	for _, before := range h.of[m.User] {
		switch {
		case before.N >= m.N:
			return waiting
		case m.At.Sub(before.At) > answerTime:
		case before.Direction == fakewa.In:
			waiting++
		default:
			waiting = max(0, waiting-1)
		}
	}
	return waiting
}
