package fakewa

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"wappasim/fakewa/event"
)

// Answer is how the bot answered a webhook.
type Answer struct {
	Status int    `json:"status"`          // HTTP status; 0 if there was no answer
	Body   string `json:"body"`            // at most 64 KiB of it
	Error  string `json:"error,omitempty"` // why there was no answer
}

// OK tells whether the bot acknowledged the webhook: it answered with 200.
func (a Answer) OK() bool { return a.Status == http.StatusOK }

// ErrNoWebhook is returned for a webhook that has nowhere to go.
var ErrNoWebhook = errors.New("fakewa: no webhook is set, or the app is not subscribed to the account")

// Deliver posts a signed webhook, redelivers it until the bot acknowledges it or
// [Config.Redeliver] is over, and returns the last answer.
func (s *Server) Deliver(ctx context.Context, hook Webhook) Answer {
	defer s.clock.enter()()
	return s.deliver(ctx, hook)
}

// deliver is Deliver for a caller that has entered the clock.
func (s *Server) deliver(ctx context.Context, hook Webhook) Answer {
	answer := s.attempt(ctx, hook, 1)
	if answer.OK() || s.cfg.Redeliver == 0 {
		return answer
	}
	return s.redeliver(ctx, hook, answer)
}

// DeliverOnce posts a signed webhook and returns the answer to this first attempt.
// If the bot does not acknowledge it, redelivery continues in the background.
func (s *Server) DeliverOnce(ctx context.Context, hook Webhook) Answer {
	defer s.clock.enter()()
	era := s.eraNow()
	answer := s.attempt(ctx, hook, 1)
	if !answer.OK() {
		s.redeliverLater(era, hook)
	}
	return answer
}

// Post posts any body to the webhook, under any signature.
func (s *Server) Post(ctx context.Context, body []byte, signature string) Answer {
	return s.post(ctx, s.WebhookURL(), body, signature)
}

type webhookKey struct{} // of the webhook in a request's context

// WebhookOf returns the webhook that a request delivers, to a handler in the same
// process. Those that [Server.Post] posts are not known.
func WebhookOf(ctx context.Context) Webhook {
	hook, _ := ctx.Value(webhookKey{}).(Webhook)
	return hook
}

// attempt makes the n-th delivery attempt of a webhook, with the fault that it
// meets, and logs it.
func (s *Server) attempt(ctx context.Context, hook Webhook, n int) Answer {
	return s.attemptWith(ctx, s.meetWebhook(hook), hook, n)
}

func (s *Server) attemptWith(ctx context.Context, f Fault, hook Webhook, n int) Answer {
	if f.Delay > 0 {
		_ = s.clock.sleep(ctx, f.Delay, s.attemptDue("webhook", n, hook))
	}
	era := s.eraNow()
	if err := ctx.Err(); err != nil {
		return Answer{Error: "fakewa: delivery of the webhook was given up: " + err.Error()}
	}
	d := s.try(ctx, f, hook, n)
	if f.Duplicate && d.Answer.OK() {
		s.log(era, d)
		d = s.try(ctx, f, hook, n)
	}
	if f.Lost {
		d.Answer, d.Lost = Answer{Error: "fakewa: the answer was lost by an injected fault"}, true
	}
	s.log(era, d)
	return d.Answer
}

// try posts a webhook, and returns what the log says of the attempt.
func (s *Server) try(ctx context.Context, f Fault, hook Webhook, n int) *Delivery {
	signature := Sign(s.cfg.AppSecret, hook.Body)
	s.mu.Lock()
	callback := s.callbacks.url(hook.field)
	d := &Delivery{At: s.clock.Now(), Field: hook.field, IDs: hook.IDs, Attempt: n, Body: hook.Body, URL: callback, Signature: signature, Fault: f.ID, After: s.last, user: s.concerns(hook)}
	d.event = s.happened.Add(happening{at: d.At, kind: event.Webhook, user: d.user, about: d})
	s.mu.Unlock()
	ctx = context.WithValue(ctx, webhookKey{}, hook)
	start := time.Now()
	d.Answer = s.post(ctx, callback, hook.Body, signature)
	d.Took = time.Since(start)
	d.Lost = d.Answer.Status == 0 && (callback == "" || ctx.Err() != nil || s.closing.Err() != nil)
	return d
}

func (s *Server) post(ctx context.Context, callback string, body []byte, signature string) Answer {
	if callback == "" {
		return Answer{Error: ErrNoWebhook.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, callback, bytes.NewReader(body))
	if err != nil {
		return Answer{Error: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature-256", signature)
	return s.do(req)
}

// do sends a request to the bot. Close ends it.
func (s *Server) do(req *http.Request) Answer {
	status, body, err := s.exchange(req, 64<<10)
	answer := Answer{Status: status, Body: string(body)}
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

// exchange sends a request to the bot, and returns so many bytes of its answer. Close ends it.
func (s *Server) exchange(req *http.Request, most int64) (status int, body []byte, err error) {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	resp, err := s.bot.Do(req.WithContext(ctx))
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, most))
	return resp.StatusCode, body, err
}
