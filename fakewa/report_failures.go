package fakewa

import (
	"fmt"
	"strings"
	"time"
)

// outsideTheWindow looks for 131047 as a refusal and as a failure.
func outsideTheWindow(h *history) (found []Evidence) {
	for _, r := range h.requests {
		failed := r.Error
		if m := h.byID[r.ID]; m != nil {
			failed = m.Error
		}
		if failed != nil && failed.Code == outsideWindow && failed.Details != ofTest && strings.HasSuffix(r.path(), "/messages") {
			found = append(found, r.evidence(fmt.Sprint(outsideWindow)))
		}
	}
	return found
}

// ofUser are the failures that lie with the user: another message fails too.
var ofUser = map[int]bool{130403: true, 130472: true, 130497: true, 131026: true, outsideWindow: true, 131049: true, 131050: true}

// failedIgnored looks at what the bot did about failed messages.
func failedIgnored(h *history) (found []Evidence) {
	told := make(map[string]Delivery) // by message, the webhook that brought its failure
	for _, d := range h.deliveries {
		for _, id := range d.IDs {
			id, ok := strings.CutPrefix(id, "failed ")
			if earlier, again := told[id]; ok && (!again || !earlier.reachedBot()) {
				told[id] = d
			}
		}
	}
	before := make(map[string]*Message) // by user, the last message, which failed
	for _, m := range h.messages {
		if m.Error == nil {
			delete(before, m.User)
			continue
		}
		d, ok := told[m.ID]
		if ok && !d.reachedBot() {
			e := d.evidence("never acknowledged")
			e.ID = "failed " + m.ID
			found = append(found, e)
		}
		first := before[m.User]
		before[m.User] = m
		if first == nil || !sameFailure(first, m) {
			continue
		}
		if d := told[first.ID]; d.reachedBot() && m.At.Sub(d.At) > max(d.Took, time.Second) && m.At.Sub(first.At) < windowTime {
			found = append(found, m.evidence(fmt.Sprintf("failed with %d, as %s before", m.Error.Code, first.ID)))
		}
	}
	return found
}

// reachedBot tells whether the bot took a webhook, though a fault may have lost
// its answer.
func (d Delivery) reachedBot() bool { return d.Answer.OK() || d.Lost }

// sameFailure tells whether a message fails as one before it, and the bot could
// have known. What passes is right to be tried again.
func sameFailure(first, m *Message) bool {
	return m.Error.Code == first.Error.Code && m.Type == first.Type && !passes(m.Error) &&
		(ofUser[m.Error.Code] || string(m.Body) == string(first.Body))
}
