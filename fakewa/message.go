package fakewa

import (
	"encoding/json"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/standing"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/message"
	"wappasim/fakewa/pricing"
)

// Direction says who spoke.
type Direction string

const (
	In  Direction = "in"  // from a user to the bot
	Out Direction = "out" // from the bot to a user
)

// Message is one message of a conversation.
type Message struct {
	ID        string
	At        time.Time // when the API accepted it or the user sent it
	User      string    // "+" and digits, a business-scoped id, or "group:" and a group's id
	Direction Direction
	Type      string           // text, image, …
	Status    string           // In: sent, delivered (the bot answered 200), read. Out: held (until Meta knows how people take its template), sent, delivered, read, played, failed
	Text      string           // of a text; empty for other types, of which String says what a person sees
	Rendered  string           // of a template that was sent: its body with the parameters put in
	Choices   []message.Choice // Out: what the user can tap, in order
	Body      json.RawMessage  // the messages[] object of the webhook, or the body that the bot posted
	Error     *graph.Error     // why it failed
	Price     *pricing.Price   // Out: what it costs, once it is delivered; nil if it failed at once
	N         uint64           // grows from message to message

	content  *message.Message // Out
	template *Template        // Out: the template at the time of the send
	webhook  []byte           // In: the body of its webhook
	entry    time.Time        // Out: when the free entry point opened that it is in; zero: it is in none
	priced   bool             // Out: a status after "sent" has had its price
	tried    bool             // Out: sendOn has moved it to the phone
	barred   bool             // Out: it never arrives, since the user had blocked the business
	life     *living          // Out: of its template, if what people do with it counts
	mark     *standing.Mark   // Out: how the user takes it, if that counts and it has arrived

	members []string          // Out: to whom it goes, if it goes to a group
	got     map[string]string // Out: delivered or read, by member
}

const onHold = "held"

// away tells whether a message of the bot has not reached the phone.
func (m *Message) away() bool {
	return m.Status == "failed" || m.Status == "sent" || m.Status == onHold
}

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
	if m.Price != nil {
		object["pricing"] = m.Price
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
