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
	"net/url"
	"time"
)

// Inbound is a message of a user before it is sent. Content is the messages[]
// object of a webhook without from, id and timestamp.
type Inbound struct {
	From    string
	Content Content
}

// Answer is how the bot answered a webhook.
type Answer struct {
	Status int    `json:"status"`          // HTTP status; 0 if there was no answer
	Body   string `json:"body"`            // at most 64 KiB of it
	Error  string `json:"error,omitempty"` // why there was no answer
}

// ErrNoWebhook is returned for a webhook that has nowhere to go.
var ErrNoWebhook = errors.New("fakewa: no webhook is set")

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
	return s.Bring(ctx, Webhook{m.webhook, []string{messageID}}), nil
}

// Verify makes the handshake that Meta makes when a webhook is set.
func (s *Server) Verify(ctx context.Context) error {
	if s.cfg.WebhookURL == "" {
		return ErrNoWebhook
	}
	const challenge = "1158201444"
	q := url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {challenge}, "hub.verify_token": {s.cfg.VerifyToken}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.WebhookURL+"?"+q.Encode(), nil)
	if err != nil {
		return fmt.Errorf("fakewa: verify the webhook: %w", err)
	}
	got := s.do(req)
	if got.Status != http.StatusOK || got.Body != challenge {
		return fmt.Errorf("fakewa: verify the webhook: want status 200 and the challenge %s, got %d %.80q %s", challenge, got.Status, got.Body, got.Error)
	}
	return nil
}

// Sign returns the value of X-Hub-Signature-256 for a body.
func Sign(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Post brings any body to the webhook, under any signature.
func (s *Server) Post(ctx context.Context, body []byte, signature string) Answer {
	if s.cfg.WebhookURL == "" {
		return Answer{Error: ErrNoWebhook.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return Answer{Error: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature-256", signature)
	return s.do(req)
}

// Bring posts a signed webhook and returns the bot's answer: the last one, if
// the server delivers again what was not answered with 200. The messages are
// delivered once it was.
func (s *Server) Bring(ctx context.Context, hook Webhook) Answer {
	ctx = context.WithValue(ctx, webhookKey{}, hook)
	answer := s.Post(ctx, hook.Body, Sign(s.cfg.AppSecret, hook.Body))
	for start, wait := time.Now(), time.Second; answer.Status != http.StatusOK && time.Since(start) < s.cfg.Redeliver; wait = min(2*wait, maxRedelivery) {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			answer = s.Post(ctx, hook.Body, Sign(s.cfg.AppSecret, hook.Body))
			continue
		case <-ctx.Done():
		case <-s.closing.Done():
		}
		timer.Stop()
		return answer
	}
	if answer.Status == http.StatusOK {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, id := range hook.IDs {
			if m := s.byID[id]; m != nil && m.Status == "sent" {
				m.Status = "delivered"
			}
		}
	}
	return answer
}

// maxRedelivery is the longest time between two deliveries of a webhook.
const maxRedelivery = 15 * time.Second

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
