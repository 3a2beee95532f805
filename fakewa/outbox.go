package fakewa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"

	"wappasim/fakewa/internal/wire"
)

// outbox holds webhooks that wait until earlier ones are answered.
type outbox struct {
	hooks []Webhook
	busy  bool // a goroutine delivers them
}

var shards = maphash.MakeSeed()

// enqueue queues a webhook about a user for delivery after earlier ones about the same
// user. The caller holds mu.
func (s *Server) enqueue(user string, hook Webhook) {
	hook.user = user
	if s.cfg.Parallel < 0 {
		hook = s.compose(hook)
		s.spawn(func(era context.Context) { s.deliver(era, hook) })
		return
	}
	box := &s.outboxes[int(maphash.String(shards, user)%uint64(len(s.outboxes)))]
	if len(box.hooks) >= s.cfg.Limit {
		s.dropped.Webhooks++
		return
	}
	box.hooks = append(box.hooks, hook)
	if !box.busy {
		box.busy = true
		s.spawn(func(era context.Context) { s.empty(era, box) })
	}
}

// spawn runs f in a goroutine that Close and Advance wait for, and that ends soon
// after Reset. The caller holds mu.
func (s *Server) spawn(f func(era context.Context)) {
	leave, era := s.clock.enter(), s.era
	s.sending.Go(func() {
		defer leave()
		f(era)
	})
}

// empty delivers the webhooks of an outbox, one after another, until there are none.
// Those that need redelivery don't hold up the others.
func (s *Server) empty(era context.Context, box *outbox) {
	for {
		s.mu.Lock()
		if len(box.hooks) == 0 || era.Err() != nil {
			box.hooks, box.busy = nil, false
			s.mu.Unlock()
			return
		}
		n := 1
		for n < len(box.hooks) && n < s.cfg.Batch && box.hooks[0].joins(box.hooks[n]) {
			n++
		}
		hooks := box.hooks[:n]
		box.hooks = box.hooks[n:]
		s.mu.Unlock()
		hook := s.compose(hooks[0], hooks[1:]...)
		f := s.meetWebhook(hook)
		if f.Delay == 0 {
			s.deliverFirst(era, f, hook)
			continue
		}
		s.mu.Lock() // later ones overtake it
		if era.Err() == nil {
			s.spawn(func(era context.Context) { s.deliverFirst(era, f, hook) })
		}
		s.mu.Unlock()
	}
}

func (s *Server) deliverFirst(era context.Context, f Fault, hook Webhook) {
	if answer := s.attemptWith(era, f, hook, 1); !answer.OK() {
		s.redeliverLater(era, hook)
	}
}

// Notify sends the bot a signed webhook of any field with any value, after the webhooks
// that wait. The account's id is filled in. The value is sent as it is and changes nothing
// else. It fails for a field without a name, for a value that is no JSON, and if no webhook
// is set for the field.
func (s *Server) Notify(field string, value any) error {
	encoded, err := wire.JSON(value)
	switch {
	case field == "":
		return errors.New("fakewa: notify: the field is missing; want one of Meta's, such as account_update")
	case err != nil:
		return fmt.Errorf("fakewa: notify of %s: the value cannot be written as JSON: %w", field, err)
	case bytes.Equal(bytes.TrimSpace(encoded), []byte("null")):
		return fmt.Errorf("fakewa: notify of %s: the value is missing", field)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.callbacks.url(field) == "" || s.closing.Err() != nil {
		return fmt.Errorf("fakewa: notify of %s: %w", field, ErrNoWebhook)
	}
	s.enqueue("", Webhook{IDs: []string{field}, field: field, updates: update{value: json.RawMessage(encoded)}})
	return nil
}
