package fakewa

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Webhook is a webhook that brings messages of users, or tells of the bot's own.
type Webhook struct {
	Body []byte
	IDs  []string // of its messages; "sent wamid.…" for a status

	field   string // of the change: messages, …
	user    string // whom it is about
	updates update // what the body is made of, until it is
}

// Answer is how the bot answered a webhook.
type Answer struct {
	Status int    `json:"status"`          // HTTP status; 0 if there was no answer
	Body   string `json:"body"`            // at most 64 KiB of it
	Error  string `json:"error,omitempty"` // why there was no answer
}

// OK tells whether the webhook was acknowledged.
func (a Answer) OK() bool { return a.Status == http.StatusOK }

// ErrNoWebhook is returned for a webhook that has nowhere to go.
var ErrNoWebhook = errors.New("fakewa: no webhook is set, or the app is not subscribed to the account")

// Deliver sends messages of users to the bot in one webhook, and returns their
// ids and the bot's answer. Its error is one of the content; a bot that cannot
// be reached is in the answer.
func (s *Server) Deliver(ctx context.Context, batch ...Inbound) (ids []string, answer Answer, err error) {
	hook, err := s.Compose(batch...)
	if err != nil {
		return nil, Answer{}, err
	}
	return hook.IDs, s.Bring(ctx, hook), nil
}

// Redeliver brings the webhook of a message to the bot once more, byte by byte
// as it was, as Meta does when in doubt.
func (s *Server) Redeliver(ctx context.Context, messageID string) (Answer, error) {
	s.mu.Lock()
	m := s.byID[messageID]
	s.mu.Unlock()
	if m == nil || m.webhook == nil {
		return Answer{}, fmt.Errorf("fakewa: redeliver: no user has sent a message %q", messageID)
	}
	return s.Bring(ctx, Webhook{Body: m.webhook, IDs: []string{messageID}, field: "messages"}), nil
}

// Sign returns the value of X-Hub-Signature-256 for a body.
func Sign(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Post brings any body to the webhook, under any signature.
func (s *Server) Post(ctx context.Context, body []byte, signature string) Answer {
	return s.post(ctx, s.WebhookURL(), body, signature)
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

func (s *Server) do(req *http.Request) Answer {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	resp, err := s.bot.Do(req.WithContext(ctx))
	if err != nil {
		return Answer{Error: err.Error()}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return Answer{Status: resp.StatusCode, Body: string(body), Error: err.Error()}
	}
	return Answer{Status: resp.StatusCode, Body: string(body)}
}

// Bring posts a signed webhook and returns the bot's answer: the last one, if
// the server delivers again what was not answered with 200. The messages are
// delivered once it was.
func (s *Server) Bring(ctx context.Context, hook Webhook) Answer {
	defer s.clock.enter()()
	return s.bring(ctx, hook)
}

// bring is Bring for a caller that has entered the clock.
func (s *Server) bring(ctx context.Context, hook Webhook) Answer {
	answer := s.attempt(ctx, hook, 1)
	if answer.OK() || s.cfg.Redeliver == 0 {
		return answer
	}
	return s.bringAgain(ctx, hook, answer)
}

// BringOnce posts a signed webhook and returns the bot's answer to this attempt.
// What is to be brought again is, meanwhile.
func (s *Server) BringOnce(ctx context.Context, hook Webhook) Answer {
	defer s.clock.enter()()
	era := s.eraNow()
	answer := s.attempt(ctx, hook, 1)
	if !answer.OK() {
		s.bringLater(era, hook)
	}
	return answer
}

// maxAgain is how many webhooks wait at most to be brought again.
const maxAgain = 10_000

func (s *Server) eraNow() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.era
}

// bringLater brings a webhook of an era again in the background, if the server
// does so.
func (s *Server) bringLater(era context.Context, hook Webhook) {
	if s.cfg.Redeliver == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if era.Err() != nil {
		return
	}
	if s.again >= maxAgain {
		s.dropped.Webhooks++
		return
	}
	s.again++
	s.spawn(func(era context.Context) {
		s.bringAgain(era, hook, Answer{})
		s.mu.Lock()
		defer s.mu.Unlock()
		if era == s.era {
			s.again--
		}
	})
}

// bringAgain brings a webhook until it is acknowledged or Redeliver is over:
// after 1, 2, 4, 8 and then every 15 seconds, and more rarely the longer it lasts:
// after a day, every 90 minutes.
func (s *Server) bringAgain(ctx context.Context, hook Webhook, answer Answer) Answer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	start := s.clock.Now()
	for wait, n := time.Second, 2; s.clock.Now().Sub(start)+wait <= s.cfg.Redeliver; n++ {
		if s.clock.sleep(ctx, wait) != nil {
			break
		}
		if answer = s.attempt(ctx, hook, n); answer.OK() {
			break
		}
		wait = min(2*wait, max(15*time.Second, (s.clock.Now().Sub(start)/16).Truncate(time.Second)))
	}
	return answer
}

type webhookKey struct{}

// WebhookOf returns the webhook that a request brings, to a handler in the same
// process. One that was not sent by [Server.Bring] is not known.
func WebhookOf(ctx context.Context) Webhook {
	hook, _ := ctx.Value(webhookKey{}).(Webhook)
	return hook
}

// attempt posts a webhook once, with the fault that it meets, and logs it.
func (s *Server) attempt(ctx context.Context, hook Webhook, n int) Answer {
	return s.attemptWith(ctx, s.meetWebhook(hook), hook, n)
}

func (s *Server) attemptWith(ctx context.Context, f Fault, hook Webhook, n int) Answer {
	_ = s.clock.sleep(ctx, f.Delay)
	era := s.eraNow()
	if err := ctx.Err(); err != nil {
		return Answer{Error: "fakewa: the webhook was given up: " + err.Error()}
	}
	d := s.try(ctx, hook, n)
	if f.Duplicate && d.Answer.OK() {
		s.log(era, d)
		d = s.try(ctx, hook, n)
	}
	if f.Lost {
		d.Answer, d.Lost = Answer{Error: "fakewa: the answer was lost, by a fault of the test"}, true
	}
	s.log(era, d)
	return d.Answer
}

// try posts a webhook once.
func (s *Server) try(ctx context.Context, hook Webhook, n int) Delivery {
	s.mu.Lock()
	callback := s.callbacks.url(hook.field)
	d := Delivery{At: s.clock.Now(), Field: hook.field, IDs: hook.IDs, Attempt: n, Body: hook.Body, last: s.last}
	s.mu.Unlock()
	ctx = context.WithValue(ctx, webhookKey{}, hook)
	start := time.Now()
	d.Answer = s.post(ctx, callback, hook.Body, Sign(s.cfg.AppSecret, hook.Body))
	d.Took = time.Since(start)
	d.Lost = d.Answer.Status == 0 && (callback == "" || ctx.Err() != nil || s.closing.Err() != nil)
	return d
}
