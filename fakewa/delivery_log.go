package fakewa

import (
	"context"
	"encoding/json"
	"time"

	"wappasim/fakewa/event"
)

// Delivery is one attempt to deliver a webhook to the bot.
type Delivery struct {
	N         int             `json:"n"` // counts the attempts of all webhooks
	At        time.Time       `json:"at"`
	Field     string          `json:"field"`
	IDs       []string        `json:"ids"`     // of its messages; "sent wamid.…" for a status
	Attempt   int             `json:"attempt"` // of this webhook, from 1
	Took      time.Duration   `json:"took_ns"` // by the machine's clock
	Answer    Answer          `json:"answer"`
	URL       string          `json:"url"`             // where it went; "": there was nowhere
	Signature string          `json:"signature"`       // the header X-Hub-Signature-256
	Fault     int             `json:"fault,omitempty"` // the id of the fault that it met
	Lost      bool            `json:"lost,omitempty"`  // the bot is not to blame that there is no answer: an injected fault, the end of the test, no webhook
	Body      json.RawMessage `json:"body"`
	After     uint64          `json:"-"` // N of the last message that was written before it

	event uint64 // of the webhook
	user  string // whom it concerns
}

// Deliveries returns the delivery attempts, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return values(s.deliveries)
}

// Webhook returns the webhook of the attempt, byte by byte as it was, to be delivered
// once more.
func (d Delivery) Webhook() Webhook { return Webhook{Body: d.Body, IDs: d.IDs, field: d.Field} }

// log keeps a delivery attempt, and marks its messages as delivered if the bot
// acknowledged it, unless the server was reset meanwhile.
func (s *Server) log(era context.Context, d *Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if era != s.era {
		return
	}
	s.attempts++
	d.N = s.attempts
	s.deliveries = keep(s.deliveries, d, s.cfg.Limit, &s.dropped.Deliveries)
	s.happened.Add(happening{at: s.clock.Now(), kind: event.Attempt, user: d.user, about: d, of: d.event})
	if !d.Answer.OK() {
		return
	}
	for _, id := range d.IDs {
		if m := s.byID[id]; m != nil && m.Status == "sent" {
			m.Status = "delivered"
			s.tell(m, event.Status)
		}
	}
}
