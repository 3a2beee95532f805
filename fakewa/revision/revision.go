// Package revision is what users do to messages that they have sent: they edit them, for 15
// minutes, and delete them, for two days.
//
//	edit, err := revision.Edit(wa.Conversation("+16505551234"), time.Now(), id, "two")
//	if err != nil {
//		log.Fatal(err)
//	}
//	_, err = wa.Phone("+16505551234").Send(ctx, edit)
//
// [Find] finds a message by its words. The fake keeps what was sent as it was: an edit is a
// message of its own, and so is a deletion. Meta sends both only to a number that is in the
// WhatsApp Business app as well (webhook reference, "messages", edit and revoke, December
// 2025); the fake sends them always.
package revision

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"wappasim/fakewa"
)

const (
	editable  = 15 * time.Minute
	deletable = 48 * time.Hour
)

// Edit returns what a phone sends when its user gives a message other words: a text, or
// the caption of an image, a video or a document. It fails for a message that the user has
// not sent in the conversation, one of another type, one that is older than 15 minutes, and
// one that was deleted.
func Edit(conversation []fakewa.Message, now time.Time, messageID, words string) (fakewa.Content, error) {
	v, err := changeable(conversation, now, messageID, "edit", editable)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"text", "image", "video", "document"}, v.message.Type) {
		return nil, fmt.Errorf("fakewa: edit %s: it is of the type %q; texts can be edited, and captions of images, videos and documents", messageID, v.message.Type)
	}
	if words == "" && v.message.Type == "text" {
		return nil, fmt.Errorf("fakewa: edit %s: the new words are missing; delete the message instead", messageID)
	}
	content, err := v.with(words)
	if err != nil {
		return nil, fmt.Errorf("fakewa: edit %s: %w", messageID, err)
	}
	return fakewa.Content{"type": "edit", "edit": map[string]any{"original_message_id": messageID, "message": content}}, nil
}

// Delete returns what a phone sends when its user deletes a message for everyone. It fails
// for a message that the user has not sent in the conversation, one that is older than two
// days, and one that was deleted.
func Delete(conversation []fakewa.Message, now time.Time, messageID string) (fakewa.Content, error) {
	if _, err := changeable(conversation, now, messageID, "delete", deletable); err != nil {
		return nil, err
	}
	return fakewa.Content{"type": "revoke", "revoke": map[string]any{"original_message_id": messageID}}, nil
}

// Find returns the id of the user's latest message that has these words now: its text or its
// caption, as the user has last edited it. It fails if none has.
func Find(conversation []fakewa.Message, words string) (messageID string, err error) {
	for _, v := range slices.Backward(versions(conversation)) {
		if !v.deleted && words != "" && v.words == words {
			return v.message.ID, nil
		}
	}
	return "", fmt.Errorf("fakewa: no message of the user has the words %q, or it was deleted", words)
}

// Latest returns the id of the user's latest message that has words, and the words that it
// has now. It fails if there is none, or if all were deleted.
func Latest(conversation []fakewa.Message) (messageID, words string, err error) {
	for _, v := range slices.Backward(versions(conversation)) {
		if !v.deleted && v.words != "" {
			return v.message.ID, v.words, nil
		}
	}
	return "", "", errors.New("fakewa: the user has sent no message with words, or has deleted it")
}

func changeable(conversation []fakewa.Message, now time.Time, id, change string, within time.Duration) (version, error) {
	all := versions(conversation)
	i := slices.IndexFunc(all, func(v version) bool { return v.message.ID == id })
	if i < 0 {
		return version{}, fmt.Errorf("fakewa: %s: the user has sent no message %q", change, id)
	}
	if all[i].deleted {
		return version{}, fmt.Errorf("fakewa: %s %s: the user has deleted it", change, id)
	}
	if age := now.Sub(all[i].message.At); age > within {
		return version{}, fmt.Errorf("fakewa: %s %s: WhatsApp allows that for %s, and the message is %s old", change, id, within, age)
	}
	return all[i], nil
}

// version is a message as its user sees it after all changes.
type version struct {
	message fakewa.Message
	object  object
	words   string
	deleted bool
}

// object is the messages[] object of a webhook.
type object map[string]any

func (o object) of(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// words are those that a user can edit.
func (o object) words() string {
	kind := o.text("type")
	if kind == "text" {
		return o.of(kind).text("body")
	}
	return o.of(kind).text("caption")
}

// versions returns the messages that the user has sent, in order.
func versions(conversation []fakewa.Message) (all []version) {
	for _, m := range conversation {
		var o object
		if m.Direction != fakewa.In || json.Unmarshal(m.Body, &o) != nil {
			continue
		}
		changed := slices.IndexFunc(all, func(v version) bool { return v.message.ID == o.of(m.Type).text("original_message_id") })
		switch {
		case m.Type != "edit" && m.Type != "revoke":
			all = append(all, version{message: m, object: o, words: o.words()})
		case changed < 0: // the fake has dropped it
		case m.Type == "edit":
			all[changed].words = o.of("edit").of("message").words()
		default:
			all[changed].deleted = true
		}
	}
	return all
}

// with returns the content of a message with other words: its type, its object, and what it
// answers. A file stays what it was.
func (v version) with(words string) (map[string]any, error) {
	kind := v.message.Type
	inner := v.object.of(kind)
	if inner == nil {
		return nil, fmt.Errorf("the message has no %s", kind)
	}
	switch {
	case kind == "text":
		inner = object{"body": words}
	case words == "":
		delete(inner, "caption")
	default:
		inner["caption"] = words
	}
	content := map[string]any{"type": kind, kind: map[string]any(inner)}
	if context := v.object.of("context"); context != nil {
		content["context"] = map[string]any(context)
	}
	return content, nil
}
