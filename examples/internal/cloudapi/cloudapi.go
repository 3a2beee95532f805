// Package cloudapi is as much of WhatsApp's Cloud API as a small bot needs: webhooks that
// are checked and read, and messages that are sent.
//
// Serve a [Webhook], and answer with [Account.Send]. It keeps nothing: what to do with a
// message that was refused is the caller's (package outbox has an answer).
package cloudapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Account is a business number, and how its API is reached.
type Account struct {
	HTTP          *http.Client
	GraphURL      string // with a version: https://graph.facebook.com/v23.0
	PhoneNumberID string
	Token         string
	AppSecret     string // signs webhooks
	VerifyToken   string // of the webhook's handshake
}

// Refused is returned by Send for a message that WhatsApp has not taken.
type Refused struct {
	Code int // Meta's, or the HTTP status
	Body string
}

func (e *Refused) Error() string {
	return fmt.Sprintf("WhatsApp refused it with code %d: %s", e.Code, e.Body)
}

// Timeout bounds an attempt to send.
const Timeout = 10 * time.Second

// ForNow tells whether the same message may be taken later, by Meta's code for the refusal:
// rate limits, outages, and a token that has expired.
func ForNow(code int) bool {
	return slices.Contains([]int{1, 2, 4, 190, 429, 500, 502, 503, 504, 80007, 130429, 131000, 131016, 131056}, code)
}

// Send sends a message, once, and returns when WhatsApp has taken it. After any error but a
// [*Refused] it may have been taken all the same. What is opaque comes back in the message's
// statuses; at most 512 characters.
func (a Account) Send(ctx context.Context, to string, c Content, opaque string) error {
	message := maps.Clone(c)
	maps.Copy(message, Content{"messaging_product": "whatsapp", "to": to, "biz_opaque_callback_data": opaque})
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("cloudapi: encode a message to %s: %w", to, err)
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.GraphURL+"/"+a.PhoneNumberID+"/messages", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("cloudapi: send to %s: %w", to, err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("cloudapi: send to %s: %w", to, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		var refusal struct{ Error struct{ Code int } }
		if json.Unmarshal(answer, &refusal) != nil || refusal.Error.Code == 0 {
			refusal.Error.Code = resp.StatusCode
		}
		err = &Refused{refusal.Error.Code, string(answer)}
	}
	if err != nil {
		return fmt.Errorf("cloudapi: send to %s: %w", to, err)
	}
	return nil
}

// WasRefused tells whether WhatsApp has refused a message, and for which reason.
func WasRefused(err error) (code int, refused bool) {
	if e, ok := errors.AsType[*Refused](err); ok {
		return e.Code, true
	}
	return 0, false
}
