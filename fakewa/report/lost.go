package report

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
)

// lost looks for users without a number whom the bot lost: since 2026, webhooks lack the
// numbers of people with usernames.
func lost(h *history) (found []Evidence) {
	nameless := h.numberless()
	for _, r := range h.requests {
		if detail := misaddressed(r); detail != "" && (len(nameless) > 0 || detail == idInTo) {
			found = append(found, ofCall(r, detail))
		}
	}
	if h.dropped.Requests > 0 {
		return found // nobody knows who was answered
	}
	reached, heard := h.reached(), make(map[string]bool) // types of message that the bot handles
	for _, m := range h.messages {
		if m.Direction == fakewa.In && reached[m.User] >= m.N {
			heard[m.Type] = true
		}
	}
	for _, m := range nameless {
		if _, ever := reached[m.User]; !ever && heard[m.Type] {
			found = append(found, ofMessage(m, "the user has no number, and the bot has sent them nothing since"))
		}
	}
	slices.SortStableFunc(found, func(a, b Evidence) int { return a.At.Compare(b.At) })
	return found
}

// numberless returns the first message of each user that the bot took and that had no
// number.
func (h *history) numberless() (first []*fakewa.Message) {
	seen := make(map[string]bool)
	for _, d := range h.deliveries {
		for _, m := range h.messagesIn(d) {
			var sender struct{ From string }
			if !d.Answer.OK() || m.Type == "system" || json.Unmarshal(m.Body, &sender) != nil || sender.From != "" || seen[m.User] {
				continue
			}
			seen[m.User] = true
			first = append(first, m)
		}
	}
	return first
}

const idInTo = `a user id in "to" arrives nowhere; "recipient" takes it`

// misaddressed says what is wrong with the recipient of a send; "": nothing.
func misaddressed(r fakewa.Request) string {
	var body struct {
		To        string
		Recipient string
		Type      string
		MessageID string `json:"message_id"`
	}
	if r.Method != http.MethodPost || !strings.HasSuffix(path(r), "/messages") || json.Unmarshal([]byte(r.Body), &body) != nil {
		return ""
	}
	switch {
	case message.BusinessScoped(body.To):
		return idInTo
	case body.Recipient != "" || body.MessageID != "":
		return ""
	case slices.Contains([]string{"", "null", "undefined", "None", "nil", "NaN"}, strings.TrimSpace(body.To)):
		return "to nobody: the number of the user is missing"
	}
	return ""
}
