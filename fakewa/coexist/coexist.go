// Package coexist is the phone of a business whose number is in the WhatsApp Business app
// as well: somebody answers there, beside the bot, and the bot is told.
//
//	phone := coexist.New(wa)
//	id, err := phone.Say("+16505551234", "Ben here, I take over.")
//	if err != nil {
//		log.Fatal(err)
//	}
//	err = phone.Edit(id, "Ben here, I'll take over.")
//
// Each message, edit and deletion is a webhook of the field smb_message_echoes.
// [Business.ShareHistory] tells what was said before the bot came, as history, and
// [Business.SaveContact] a change in the address book, as smb_app_state_sync. [Echo] sends
// an echo without a phone that remembers it.
//
// What the business says there is not in the fake's conversations, and no user receives it:
// it does not pass through the API that the fake is. Sources: Meta's webhook references of
// these fields, October 2025; edits and deletions by the business have the form of a user's [?].
package coexist

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/wire"
)

// Business is the phone. It is safe for concurrent use.
type Business struct {
	wa *fakewa.Server

	mu   sync.Mutex // guards what follows
	said []*said    // in order
}

// said is a message of the business.
type said struct {
	id, to, words string
	at            time.Time
	changes       int
	deleted       bool
}

const (
	editable  = 15 * time.Minute
	deletable = 48 * time.Hour
)

// New returns the phone of a server's business. It has said nothing.
func New(wa *fakewa.Server) *Business { return &Business{wa: wa} }

// Say sends a user a text and returns its id. It fails where [Echo] does.
func (b *Business) Say(to, text string) (id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id, err = echo(b.wa, to, fakewa.Text(text), fmt.Sprint("message ", len(b.said))); err != nil {
		return "", err
	}
	b.said = append(b.said, &said{id: id, to: to, words: text, at: b.now()})
	return id, nil
}

// Find returns the id of the latest message that has these words now. It fails if none has.
func (b *Business) Find(words string) (id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.said) - 1; i >= 0; i-- {
		if m := b.said[i]; m.words == words && !m.deleted {
			return m.id, nil
		}
	}
	return "", fmt.Errorf("coexist: the business has said nothing with the words %q, or has deleted it", words)
}

// Edit gives a message other words. It fails after 15 minutes, for what was deleted, and
// where [Echo] does.
func (b *Business) Edit(id, words string) error {
	content := fakewa.Content{"type": "edit", "edit": map[string]any{"original_message_id": id, "message": map[string]any(fakewa.Text(words))}}
	return b.change("edit", id, editable, content, func(m *said) { m.words = words })
}

// Delete deletes a message for everyone. It fails after two days, for what was deleted, and
// where [Echo] does.
func (b *Business) Delete(id string) error {
	content := fakewa.Content{"type": "revoke", "revoke": map[string]any{"original_message_id": id}}
	return b.change("delete", id, deletable, content, func(m *said) { m.deleted = true })
}

func (b *Business) change(what, id string, within time.Duration, content fakewa.Content, then func(*said)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, m := range b.said {
		switch age := b.now().Sub(m.at); {
		case m.id != id:
			continue
		case m.deleted:
			return fmt.Errorf("coexist: %s %s: the business has deleted it", what, id)
		case age > within:
			return fmt.Errorf("coexist: %s %s: WhatsApp allows that for %s, and the message is %s old", what, id, within, age)
		}
		if _, err := echo(b.wa, m.to, content, fmt.Sprint(what, " ", n, " ", m.changes)); err != nil {
			return err
		}
		m.changes++
		then(m)
		return nil
	}
	return fmt.Errorf("coexist: %s: the business has said no message %q", what, id)
}

func (b *Business) now() time.Time { return b.wa.Config().Clock.Now() }

// Echo tells the bot that the business has sent a user a message of any content, an edit or
// a deletion too. Two of the same content at the same time have the same id. It fails for
// content that no phone can send, and where [fakewa.Server.Notify] does.
func Echo(wa *fakewa.Server, to string, content fakewa.Content) (id string, err error) {
	return echo(wa, to, content, fmt.Sprint(wa.Config().Clock.Now().UnixNano(), content))
}

// echo is Echo with what the id is drawn from.
func echo(wa *fakewa.Server, to string, content fakewa.Content, purpose string) (id string, err error) {
	if err := cmp.Or(content.Check(), fakewa.CheckUser(to)); err != nil {
		return "", fmt.Errorf("coexist: echo: %w", err)
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "echo %d %q %s", wa.Config().Seed, wa.Phone(to).Number(), purpose))
	object := maps.Clone(content)
	object["id"] = "wamid." + base64.URLEncoding.EncodeToString(digest[:30])
	object["from"] = digits(wa.Config().DisplayNumber)
	object["timestamp"] = strconv.FormatInt(wa.Config().Clock.Now().Unix(), 10)
	if number, ok := strings.CutPrefix(wa.Phone(to).Number(), "+"); ok {
		object["to"] = number
	} else {
		object["to_user_id"] = wa.Phone(to).Number() // [?]
	}
	return object["id"].(string), wa.Notify("smb_message_echoes", value(wa, "message_echoes", object))
}

// value is the value of a webhook with one list of one object.
func value(wa *fakewa.Server, list string, object map[string]any) map[string]any {
	return wire.Value(digits(wa.Config().DisplayNumber), wa.Config().PhoneNumberID, map[string]any{list: []any{object}})
}

func digits(number string) string { return strings.TrimPrefix(fakewa.Number(number), "+") }
