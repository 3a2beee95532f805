package fakewa

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Delivery is one attempt to bring a webhook to the bot.
type Delivery struct {
	N       int             `json:"n"` // counts the attempts of all webhooks
	At      time.Time       `json:"at"`
	Field   string          `json:"field"`
	IDs     []string        `json:"ids"`     // of its messages; "sent wamid.…" for a status
	Attempt int             `json:"attempt"` // of this webhook, from 1
	Took    time.Duration   `json:"took_ns"` // by the machine's clock
	Answer  Answer          `json:"answer"`
	Lost    bool            `json:"lost,omitempty"` // there is no answer, and not by the bot: a fault of the test, an end of the test, no webhook
	Body    json.RawMessage `json:"body"`

	last uint64 // message that was said before it
}

// Deliveries returns the attempts to bring webhooks, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

// DeliverAgain brings the webhook of a logged attempt once more, byte by byte as
// it was, as [Server.BringOnce] does.
func (s *Server) DeliverAgain(ctx context.Context, n int) (Answer, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.deliveries, func(d Delivery) bool { return d.N == n })
	var d Delivery
	if i >= 0 {
		d = s.deliveries[i]
	}
	s.mu.Unlock()
	if i < 0 {
		return Answer{}, fmt.Errorf("fakewa: deliver again: there is no delivery %d in the log", n)
	}
	return s.BringOnce(ctx, Webhook{Body: d.Body, IDs: d.IDs, field: d.Field}), nil
}

// log keeps an attempt, and marks the messages that it brought, unless the server
// was reset meanwhile.
func (s *Server) log(era context.Context, d Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if era != s.era {
		return
	}
	s.attempts++
	d.N = s.attempts
	s.deliveries = keep(s.deliveries, d, s.cfg.Limit, &s.dropped.Deliveries)
	if !d.Answer.OK() {
		return
	}
	for _, id := range d.IDs {
		if m := s.byID[id]; m != nil && m.Status == "sent" {
			m.Status = "delivered"
			s.tell(m)
		}
	}
}
