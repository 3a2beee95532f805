package fakewa

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// callbacks are the URLs of the webhook: the app's, and those that override it
// for the messages of the account or the number.
type callbacks struct{ app, account, number string }

// url is where messages and their statuses go.
func (c callbacks) url() string {
	for _, url := range []string{c.number, c.account} {
		if url != "" {
			return url
		}
	}
	return c.app
}

// Webhook returns the URL that messages and statuses go to; "": none.
func (s *Server) WebhookURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callbacks.url()
}

// SetWebhook sets the app's webhook, after the handshake that [Server.Verify]
// makes with it. An empty URL ends it.
func (s *Server) SetWebhook(ctx context.Context, callback, verifyToken string) error {
	if callback != "" {
		if err := s.verify(ctx, callback, verifyToken); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.app = callback
	return nil
}

// Verify makes the handshake that Meta makes when a webhook is set.
func (s *Server) Verify(ctx context.Context) error {
	callback := s.WebhookURL()
	if callback == "" {
		return ErrNoWebhook
	}
	return s.verify(ctx, callback, s.cfg.VerifyToken)
}

func (s *Server) verify(ctx context.Context, callback, token string) error {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("fakewa: verify the webhook: %q is no URL like https://example.com/webhook", callback)
	}
	s.mu.Lock()
	sum := s.draw("challenge")
	s.mu.Unlock()
	challenge := fmt.Sprint(1_000_000_000 + int(sum[0])<<16 + int(sum[1])<<8 + int(sum[2]))
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", token)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("fakewa: verify the webhook: %w", err)
	}
	got := s.do(req)
	if got.Status != http.StatusOK || got.Body != challenge {
		return fmt.Errorf("fakewa: verify the webhook: want status 200 and the challenge %s, got %d %.80q %s", challenge, got.Status, got.Body, got.Error)
	}
	return nil
}
