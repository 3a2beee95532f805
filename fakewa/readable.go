package fakewa

import (
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/message"
)

// MarshalJSON writes the message as the control API shows it.
func (m Message) MarshalJSON() ([]byte, error) {
	object := map[string]any{
		"id":        m.ID,
		"at":        m.At.UTC().Format(milliseconds),
		"user":      m.User,
		"direction": m.Direction,
		"type":      m.Type,
		"status":    m.Status,
		"message":   m.Body,
	}
	if m.Rendered != "" {
		object["rendered"] = m.Rendered
	}
	if m.Error != nil {
		object["error"] = m.Error
	}
	return wire.JSON(object)
}

// String returns what a person sees of the message, in words: a text is its words, and
// everything else is written as [message.Readable] and [template.Template.Readable] say.
func (m Message) String() string {
	if m.template != nil {
		return m.template.Readable(m.content.Template)
	}
	return message.Readable(m.Body)
}

const milliseconds = "2006-01-02T15:04:05.000Z07:00"
