package coexist

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
)

// phases are how old the messages of each phase of a history are at most.
var phases = []time.Duration{24 * time.Hour, 90 * 24 * time.Hour, 180 * 24 * time.Hour}

// ShareHistory tells the bot what users and the business have said in the last 180 days, as
// the fake knows it: webhooks of at most so many messages each, with phase, order and
// progress. Files are placeholders. Nothing is sent if nothing was said. It fails for fewer
// than one message, and where [fakewa.Server.Notify] does.
func (b *Business) ShareHistory(chunk int) error {
	if chunk < 1 {
		return fmt.Errorf("coexist: share the history: chunks of %d messages: want at least 1", chunk)
	}
	now := b.now()
	byPhase := make([][]fakewa.Message, len(phases))
	total, sent, order := 0, 0, 0
	for _, m := range b.wa.Messages(fakewa.Filter{}) {
		age := now.Sub(m.At)
		if phase := slices.IndexFunc(phases, func(most time.Duration) bool { return age <= most }); phase >= 0 {
			byPhase[phase] = append(byPhase[phase], m)
			total++
		}
	}
	for phase, messages := range byPhase {
		for part := range slices.Chunk(messages, chunk) {
			order, sent = order+1, sent+len(part)
			entry := map[string]any{
				"metadata": map[string]any{"phase": phase, "chunk_order": order, "progress": 100 * sent / total},
				"threads":  b.threads(part),
			}
			if err := b.wa.Notify("history", value(b.wa, "history", entry)); err != nil {
				return err
			}
		}
	}
	return nil
}

// DeclineHistory tells the bot that the business does not share what was said. It fails where
// [fakewa.Server.Notify] does.
func (b *Business) DeclineHistory() error {
	const why = "History sync is turned off by the business from the WhatsApp Business App"
	return b.wa.Notify("history", value(b.wa, "history", map[string]any{"errors": []any{map[string]any{
		"code": 2593109, "title": why, "message": why, "error_data": map[string]any{"details": "History sharing is turned off by the business"},
	}}}))
}

// threads groups messages by user.
func (b *Business) threads(messages []fakewa.Message) (threads []any) {
	byUser := make(map[string][]any)
	var users []string
	for _, m := range messages {
		if byUser[m.User] == nil {
			users = append(users, m.User)
		}
		byUser[m.User] = append(byUser[m.User], b.past(m))
	}
	for _, user := range users {
		threads = append(threads, map[string]any{"id": strings.TrimPrefix(user, "+"), "messages": byUser[user]})
	}
	return threads
}

// past is a message as a history has it.
func (b *Business) past(m fakewa.Message) map[string]any {
	var body map[string]json.RawMessage
	_ = json.Unmarshal(m.Body, &body) // the fake has written or read it
	user, status := strings.TrimPrefix(m.User, "+"), strings.ToUpper(m.Status)
	if m.Status == "failed" {
		status = "ERROR"
	}
	object := map[string]any{
		"id": m.ID, "from": user, "timestamp": strconv.FormatInt(m.At.Unix(), 10), "type": m.Type,
		"history_context": map[string]any{"status": status},
	}
	if m.Direction == fakewa.Out {
		object["from"], object["to"] = digits(b.wa.Config().DisplayNumber), user
	}
	if slices.Contains([]string{"image", "video", "audio", "document", "sticker"}, m.Type) {
		object["type"] = "media_placeholder"
	} else if content, ok := body[m.Type]; ok {
		object[m.Type] = content
	}
	return object
}

// SaveContact tells the bot that the business has put a user into its address book, or has
// changed the name there. It fails for what names no user, and where
// [fakewa.Server.Notify] does.
func (b *Business) SaveContact(user, fullName string) error {
	first, _, _ := strings.Cut(fullName, " ")
	return b.contact(user, "add", map[string]any{"full_name": fullName, "first_name": first})
}

// RemoveContact tells the bot that the business has removed a user from its address book. It
// fails where SaveContact does.
func (b *Business) RemoveContact(user string) error {
	return b.contact(user, "remove", map[string]any{})
}

func (b *Business) contact(user, action string, contact map[string]any) error {
	if err := fakewa.CheckUser(user); err != nil {
		return fmt.Errorf("coexist: contact: %w", err)
	}
	contact["phone_number"] = strings.TrimPrefix(b.wa.Phone(user).Number(), "+")
	return b.wa.Notify("smb_app_state_sync", value(b.wa, "state_sync", map[string]any{
		"type": "contact", "action": action, "contact": contact,
		"metadata": map[string]any{"timestamp": strconv.FormatInt(b.now().Unix(), 10)},
	}))
}
