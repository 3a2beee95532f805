package bot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

const textType = "text"

// Message is one message of a user as the cache keeps it.
type Message struct {
	ID   string    `json:"id"`             // WhatsApp's "wamid.…"
	At   time.Time `json:"at"`             // WhatsApp's timestamp
	Type string    `json:"type,omitempty"` // "text", "image", …; in Redis, a message without one is a text
	Text string    `json:"text"`           // the message as a person reads it

	// To is how the user is reached since the message, if that is not the user's name in the
	// cache: they have another id.
	To string `json:"to,omitempty"`

	// Edited is when the user last edited the message, by WhatsApp's timestamp; zero: never.
	// Of an edit that came when the message was no longer in the session, At is that too.
	Edited time.Time `json:"edited,omitzero"`
}

// UserData is what the cache holds of one user.
type UserData struct {
	Messages []Message                  // in the order they were stored
	Fields   map[string]json.RawMessage // all else, by name
}

func parseUserData(key string, text []byte) (UserData, error) {
	var data UserData
	if err := json.Unmarshal(text, &data.Fields); err != nil {
		return UserData{}, fmt.Errorf("bot: %s does not hold a JSON object: %w", key, err)
	}
	if raw, ok := data.Fields["messages"]; ok {
		if err := json.Unmarshal(raw, &data.Messages); err != nil {
			return UserData{}, fmt.Errorf(`bot: field "messages" of %s is not a list of messages: %w`, key, err)
		}
		for i, m := range data.Messages {
			data.Messages[i].Type = cmp.Or(m.Type, textType)
		}
		delete(data.Fields, "messages")
	}
	return data, nil
}

// merge sets fields in the object that text holds, and writes its messages last,
// where lua/append_once.lua looks for them.
func merge(text []byte, fields map[string]any) ([]byte, error) {
	object := make(map[string]json.RawMessage)
	if len(text) > 0 {
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, err
		}
	}
	messages := object["messages"]
	if messages == nil {
		messages = json.RawMessage("[]")
	}
	delete(object, "messages")
	for name, value := range fields {
		raw, err := encode(value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", name, err)
		}
		object[name] = raw
	}
	merged, err := encode(object)
	if err != nil {
		return nil, err
	}
	merged = bytes.TrimSuffix(merged, []byte("}"))
	if len(object) > 0 {
		merged = append(merged, ',')
	}
	return fmt.Appendf(merged, `"messages":%s}`, messages), nil
}

// encode writes JSON as people read it: "<" stays "<".
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
