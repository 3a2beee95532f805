// Package webhook reads what WhatsApp's Cloud API posts to a bot.
//
// [Verify] first, over the bytes as they came; then [Decode]. Decode is
// lenient on purpose: WhatsApp adds types and fields without notice, and a bot
// that refuses a body gets it again for days. Whatever it does not know still
// becomes a [Message] whose Text says what it was.
//
// The package keeps no state, stores nothing and answers no one.
package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"
)

// MaxBody is the largest body WhatsApp sends, in bytes (Meta's webhook guide: 3 MB).
const MaxBody = 3 << 20

// ErrNotJSON is returned by [Decode] for a body that is not a JSON object.
var ErrNotJSON = errors.New("webhook: the body is not a JSON object")

// Message is one message of a user.
type Message struct {
	ID            string    // WhatsApp's "wamid.…"; empty only in malformed bodies
	From          string    // digits of the user's number, or a business-scoped user id
	At            time.Time // WhatsApp's timestamp, to the second; zero if it had none
	Type          string    // "text", "image", …; "unknown" if it had none
	Text          string    // the message as one readable line; a user's own line breaks stay
	Edits         string    // the id of the message that gets this Type and Text instead of its own; "" for most
	Deletes       string    // the id of the message that its sender has deleted; "" for most
	NewNumber     string    // of a sender who has got another id; "" for most, and if it is not known
	NewUserID     string    // the other id
	Group         string    // the id of the group it was said in; "" if it was said to the business alone
	PhoneNumberID string    // the business number it was sent to
	BusinessID    string    // the WhatsApp business account it came through
}

// Status is what became of a message of the bot.
type Status struct {
	ID        string // the message's id
	Status    string // "sent", "delivered", "read", "played", "failed"
	Recipient string // digits, or a business-scoped user id
	Opaque    string // biz_opaque_callback_data of the message
	Errors    []Error
}

// Error is a reason that WhatsApp gives in a webhook.
type Error struct {
	Code    int
	Title   string
	Details string
}

// Update is all that one webhook body holds, in its order.
type Update struct {
	Messages []Message
	Statuses []Status
	Errors   []Error // of the account rather than of a message
}

// Decode reads a webhook body. It returns [ErrNotJSON] for what is no JSON
// object; parts of an unexpected shape are passed over.
func Decode(body []byte) (Update, error) {
	var object fields
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		return Update{}, ErrNotJSON
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Update{}, ErrNotJSON
	}
	var u Update
	for _, entry := range object.list("entry") {
		business := entry.text("id")
		for _, change := range entry.list("changes") {
			if field := change.text("field"); field != "" && field != "messages" {
				continue // a history has messages, too, which nobody says now
			}
			u.add(change.object("value"), business)
		}
	}
	return u, nil
}

func (u *Update) add(value fields, business string) {
	number := value.object("metadata").text("phone_number_id")
	for _, m := range value.list("messages") {
		typ, content := m.text("type"), m
		edits, deletes := "", ""
		switch of := m.object(typ).text("original_message_id"); {
		case typ == "edit" && of != "":
			edits, content = of, m.object(typ).object("message")
			typ = content.text("type")
		case typ == "revoke":
			deletes = of
		}
		if typ == "" {
			typ = "unknown"
		}
		from, newNumber, newID := sender(m)
		u.Messages = append(u.Messages, Message{
			ID:            m.text("id"),
			From:          from,
			NewNumber:     newNumber,
			NewUserID:     newID,
			At:            unixTime(m.text("timestamp")),
			Type:          typ,
			Text:          line(typ, content),
			Edits:         edits,
			Deletes:       deletes,
			Group:         m.text("group_id"),
			PhoneNumberID: number,
			BusinessID:    business,
		})
	}
	for _, s := range value.list("statuses") {
		u.Statuses = append(u.Statuses, Status{
			ID:        s.text("id"),
			Status:    s.text("status"),
			Recipient: s.first("recipient_id", "recipient_user_id"),
			Opaque:    s.text("biz_opaque_callback_data"),
			Errors:    reasons(s),
		})
	}
	u.Errors = append(u.Errors, reasons(value)...)
}

func reasons(f fields) []Error {
	var errs []Error
	for _, e := range f.list("errors") {
		code, _ := strconv.Atoi(e.text("code"))
		errs = append(errs, Error{
			Code:    code,
			Title:   e.text("title"),
			Details: e.object("error_data").text("details"),
		})
	}
	return errs
}

func unixTime(s string) time.Time {
	const last = 253402300799 // the end of 9999, the last year that JSON can hold
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > last {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
