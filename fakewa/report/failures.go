package report

import (
	"fmt"
	"strings"
	"time"

	"wappasim/fakewa"
)

const (
	outsideWindow = 131047         // Meta's code of a free-form message outside the window
	windowTime    = 24 * time.Hour // after a user wrote
)

// outsideTheWindow looks for 131047 as a refusal and as a failure.
func outsideTheWindow(h *history) (found []Evidence) {
	for _, r := range h.requests {
		failed := r.Error
		if m := h.byID[r.ID]; m != nil {
			failed = m.Error
		}
		if failed != nil && failed.Code == outsideWindow && !failed.Injected && strings.HasSuffix(path(r), "/messages") {
			found = append(found, ofCall(r, fmt.Sprint(outsideWindow)))
		}
	}
	return found
}

// ofUser are the failures that depend on the user: another message fails too.
var ofUser = map[int]bool{130403: true, 130472: true, 130497: true, 131026: true, outsideWindow: true, 131049: true, 131050: true}

// failedIgnored looks for failed statuses that the bot ignored.
func failedIgnored(h *history) (found []Evidence) {
	told := make(map[string]fakewa.Delivery) // by message, the delivery of its failed status
	for _, d := range h.deliveries {
		for _, id := range d.IDs {
			id, ok := strings.CutPrefix(id, "failed ")
			if earlier, again := told[id]; ok && (!again || !reachedBot(earlier)) {
				told[id] = d
			}
		}
	}
	before := make(map[string]*fakewa.Message) // by user, the last message, which failed
	for _, m := range h.messages {
		if m.Error == nil {
			delete(before, m.User)
			continue
		}
		d, ok := told[m.ID]
		if ok && !reachedBot(d) {
			e := ofDelivery(d, "never acknowledged")
			e.ID = "failed " + m.ID
			found = append(found, e)
		}
		first := before[m.User]
		before[m.User] = m
		if first == nil || !sameFailure(first, m) {
			continue
		}
		if d := told[first.ID]; reachedBot(d) && m.At.Sub(d.At) > max(d.Took, time.Second) && m.At.Sub(first.At) < windowTime {
			found = append(found, ofMessage(m, fmt.Sprintf("failed with %d, as %s before", m.Error.Code, first.ID)))
		}
	}
	return found
}

// reachedBot tells whether the bot took a webhook, even if a fault lost its answer.
func reachedBot(d fakewa.Delivery) bool { return d.Answer.OK() || d.Lost }

// sameFailure tells whether a message fails for the same reason as an earlier one, and the
// bot could have known. Messages with temporary errors may be sent again.
func sameFailure(first, m *fakewa.Message) bool {
	return m.Error.Code == first.Error.Code && m.Type == first.Type && !temporary(m.Error) &&
		(ofUser[m.Error.Code] || string(m.Body) == string(first.Body))
}
