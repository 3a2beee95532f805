package fakewa

import (
	"context"
	"fmt"
	"time"

	"wappasim/fakewa/event"
)

// Redeliver delivers the webhook of a user's message once more, byte by byte as it
// was, as Meta does when in doubt. It returns as [Server.Deliver] does, and fails
// for an id that is no user's message.
func (s *Server) Redeliver(ctx context.Context, messageID string) (Answer, error) {
	s.mu.Lock()
	m := s.byID[messageID]
	s.mu.Unlock()
	if m == nil || m.webhook == nil {
		return Answer{}, fmt.Errorf("fakewa: redeliver: no user has sent a message %q", messageID)
	}
	return s.Deliver(ctx, Webhook{Body: m.webhook, IDs: []string{messageID}, field: "messages"}), nil
}

// maxRedelivering is how many webhooks wait for redelivery at most.
const maxRedelivering = 10_000

// redeliverLater redelivers a webhook of an era in the background, if the server
// redelivers at all.
func (s *Server) redeliverLater(era context.Context, hook Webhook) {
	if s.cfg.Redeliver == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if era.Err() != nil {
		return
	}
	if s.redelivering >= maxRedelivering {
		s.dropped.Webhooks++
		return
	}
	s.redelivering++
	s.spawn(func(era context.Context) {
		s.redeliver(era, hook, Answer{})
		s.mu.Lock()
		defer s.mu.Unlock()
		if era == s.era {
			s.redelivering--
		}
	})
}

// redeliver makes delivery attempts until one is acknowledged or Config.Redeliver is
// over: after 1, 2, 4, 8 and then every 15 seconds, and at longer intervals the longer
// it lasts: after a day, every 90 minutes. It returns the last answer, or the given
// one if no attempt was made.
func (s *Server) redeliver(ctx context.Context, hook Webhook, answer Answer) Answer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	start := s.clock.Now()
	for wait, n := time.Second, 2; s.clock.Now().Sub(start)+wait <= s.cfg.Redeliver; n++ {
		if s.clock.sleep(ctx, wait, s.attemptDue("webhook again", n, hook)) != nil {
			break
		}
		if answer = s.attempt(ctx, hook, n); answer.OK() {
			break
		}
		wait = min(2*wait, max(15*time.Second, (s.clock.Now().Sub(start)/16).Truncate(time.Second)))
	}
	return answer
}

// attemptDue is the n-th delivery attempt of a webhook.
func (s *Server) attemptDue(what string, n int, hook Webhook) event.Due {
	s.mu.Lock()
	defer s.mu.Unlock()
	tells := hook.field
	if len(hook.updates.statuses) > 0 {
		tells = "statuses"
	}
	if user := s.concerns(hook); user != "" {
		tells += " of " + user
	}
	return event.Due{What: what, Text: fmt.Sprintf("attempt %d, %s", n, tells)}
}

// eraNow returns the context that Reset ends.
func (s *Server) eraNow() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.era
}
