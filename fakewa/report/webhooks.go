package report

import (
	"fmt"
	"slices"
	"time"

	"wappasim/fakewa"
)

const (
	slowestAnswer = time.Second            // that a webhook may take, except for 1 %
	medianAnswer  = 250 * time.Millisecond // that webhooks may take
)

// slow looks for webhooks that took the bot too long to answer.
func slow(h *history) []Evidence {
	answered := slices.DeleteFunc(slices.Clone(h.deliveries), func(d fakewa.Delivery) bool { return d.Answer.Status == 0 })
	over := func(limit time.Duration) (found []Evidence) {
		for _, d := range answered {
			if d.Took > limit {
				found = append(found, ofDelivery(d, fmt.Sprint("took ", d.Took.Round(time.Millisecond))))
			}
		}
		return found
	}
	if found := over(slowestAnswer); len(found)*100 > len(answered) {
		return found
	}
	if found := over(medianAnswer); len(answered) >= 20 && len(found)*2 > len(answered) {
		return found
	}
	return nil
}

func unacknowledged(h *history) (found []Evidence) {
	for _, d := range h.deliveries {
		switch {
		case d.Answer.OK() || d.Lost:
		case d.Answer.Status == 0:
			found = append(found, ofDelivery(d, "no answer"))
		default:
			found = append(found, ofDelivery(d, ""))
		}
	}
	return found
}

// partlyIgnored looks for webhooks of which the bot handled some users' messages and not
// others'. A bot that has no use for a type of message, such as reactions, ignores it from
// all users.
func partlyIgnored(h *history) (found []Evidence) {
	if h.dropped.Requests > 0 {
		return nil // nobody knows who was answered
	}
	reached := h.reached()
	seen := make(map[string]bool)
	for _, d := range h.deliveries {
		if !d.Answer.OK() || len(d.IDs) < 2 || seen[d.IDs[0]] {
			continue
		}
		seen[d.IDs[0]] = true
		types, users := make(map[string]bool), make(map[string]bool) // that the bot handled
		messages := h.messagesIn(d)
		for _, m := range messages {
			if reached[m.User] >= m.N {
				types[m.Type], users[m.User] = true, true
			}
		}
		for _, m := range messages {
			if types[m.Type] && !users[m.User] {
				users[m.User] = true // once
				e := ofDelivery(d, "nothing was sent to "+m.User+" afterwards")
				e.ID = m.ID
				found = append(found, e)
			}
		}
	}
	return found
}

// messagesIn returns the users' messages in a webhook that are still known.
func (h *history) messagesIn(d fakewa.Delivery) (messages []*fakewa.Message) {
	for _, id := range d.IDs {
		if m := h.byID[id]; m != nil && m.Direction == fakewa.In {
			messages = append(messages, m)
		}
	}
	return messages
}

// reached returns for each user the number of the last message before the bot last sent
// them something or marked a message as read, or tried to.
func (h *history) reached() map[string]uint64 {
	reached := make(map[string]uint64)
	for _, r := range h.requests {
		if user := h.about(r); user != "" {
			reached[user] = r.After
		}
	}
	return reached
}
