package trace

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What happens in a world, for [Event.What].
const (
	Says     = "says"     // a person writes; To is "whatsapp"
	Acts     = "acts"     // a person does something else on the phone; Text says what
	Delivers = "delivers" // WhatsApp delivers a webhook to a replica; IDs are its messages
	Answers  = "answers"  // a replica answers the webhook, or the request of a service, of event Of with Status; 0: it broke
	Calls    = "calls"    // a replica calls the Graph API, which answers Status and Code; IDs is the message that it sent
	Sends    = "sends"    // a replica sends a request to a service, which answers Status; or a service sends one to a replica
	Commands = "commands" // a replica's command reaches Redis, which answers Answer if the world notes that
	Expires  = "expires"  // a key in Redis expires; Text is the database and the key
	Injects  = "injects"  // a fault begins, or ends
	Starts   = "starts"   // a replica starts, for the first time or again
	Crashes  = "crashes"  // a replica crashes
	Holds    = "holds"    // Redis holds a key at the end of an explored run; Text is the database and the key
	Finds    = "finds"    // the report card has a finding at the end of an explored run without faults that the bot cannot help; Text is the finding
	Leaks    = "leaks"    // the bot leaves a goroutine behind; Text describes it
)

// Event is something that happened.
type Event struct {
	N      int       `json:"n"` // from 1
	At     time.Time `json:"at"`
	Who    string    `json:"who"` // a user's number, "bot 1" for a replica, the name of a service, "whatsapp", "redis", "world", "the business", "the bot"
	What   string    `json:"what"`
	To     string    `json:"to,omitempty"`
	IDs    []string  `json:"ids,omitempty"` // of messages
	Text   string    `json:"text,omitempty"`
	Answer string    `json:"answer,omitempty"` // of Redis, as redis-cli writes it, the first bytes
	Type   string    `json:"type,omitempty"`   // of the message that a person writes or a call sends: text, template, …
	Status int       `json:"status,omitempty"` // HTTP
	Code   int       `json:"code,omitempty"`   // Meta's error code
	Of     int       `json:"of,omitempty"`     // the event that this one answers, or in which was said what this one edits or deletes
	Lost   bool      `json:"lost,omitempty"`   // the answer did not arrive, or the expiry is not announced
	TTL    float64   `json:"ttl,omitempty"`    // of a key, in seconds; 0: none
}

// Words returns what somebody has written in their own words: a text, a caption, the name of
// a place. It is empty for a tap, a voice note and what else has no words.
func (e Event) Words() string {
	if e.Type == "text" || !strings.HasPrefix(e.Text, "[") {
		return e.Text
	}
	_, words, _ := strings.Cut(e.Text, "]")
	return strings.TrimSpace(words)
}

// String writes the event as a line for people.
func (e Event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5d  %s  %-12s %s", e.N, e.At.Format("15:04:05.000000000"), e.Who, e.What)
	if e.To != "" {
		fmt.Fprintf(&b, " to %s", e.To)
	}
	if e.Of != 0 {
		fmt.Fprintf(&b, " #%d", e.Of)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, " %q", e.Text)
	}
	if e.Answer != "" {
		fmt.Fprintf(&b, " → %s", e.Answer)
	}
	for _, id := range e.IDs {
		b.WriteString(" " + short(id))
	}
	if e.What == Answers || e.What == Calls || e.What == Sends && (e.Status != 0 || e.Lost) {
		fmt.Fprintf(&b, " → %d", e.Status)
	}
	switch {
	case e.Code != 0 && e.Status == http.StatusOK:
		fmt.Fprintf(&b, ", and the message fails with code %d", e.Code)
	case e.Code != 0:
		fmt.Fprintf(&b, ", refused with code %d", e.Code)
	}
	switch {
	case e.Lost && e.What == Expires:
		b.WriteString(", and the event is lost")
	case e.Lost:
		b.WriteString(", and the answer is lost")
	}
	if e.What == Holds && e.TTL == 0 {
		b.WriteString(" for ever")
	} else if e.What == Holds {
		fmt.Fprintf(&b, " for %s", time.Duration(e.TTL*float64(time.Second)))
	}
	return b.String()
}

// short shortens a message id to what differs from others.
func short(id string) string {
	begin, rest, ok := strings.Cut(id, "wamid.")
	if !ok || len(rest) < 10 {
		return id
	}
	rest = strings.TrimRight(rest, "=")
	return begin + "…" + rest[max(0, len(rest)-8):]
}
