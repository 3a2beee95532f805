// Package cloudapi is as much of WhatsApp's Cloud API as a small bot needs: webhooks that
// are checked and read, and messages that are sent.
//
// Serve a [Webhook], and answer with [Account.Send]. It keeps nothing: what to do with a
// message that was refused is the caller's (package outbox has an answer).
package cloudapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"wappasim/examples/internal/post"
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

// Timeout bounds an attempt to send.
const Timeout = 10 * time.Second

// ForNow tells whether the same message may be taken later, by Meta's code for the refusal:
// rate limits, outages, and a token that has expired.
func ForNow(code int) bool {
	return slices.Contains([]int{1, 2, 4, 190, 429, 500, 502, 503, 504, 80007, 130429, 131000, 131016, 131056}, code)
}

// Send sends a message, once, and returns when WhatsApp has taken it. After an error that
// [WasRefused] does not know it may have been taken all the same. What is opaque comes back
// in the message's statuses; at most 512 characters.
func (a Account) Send(ctx context.Context, to string, c Content, opaque string) error {
	message := maps.Clone(c)
	maps.Copy(message, Content{"messaging_product": "whatsapp", "to": to, "biz_opaque_callback_data": opaque})
	if err := post.JSON(ctx, a.HTTP, Timeout, a.GraphURL+"/"+a.PhoneNumberID+"/messages", a.Token, message, nil); err != nil {
		return fmt.Errorf("cloudapi: send to %s: %w", to, err)
	}
	return nil
}

// WasRefused tells whether WhatsApp has refused a message, and for which reason: Meta's code,
// or else the HTTP status.
func WasRefused(err error) (code int, refused bool) {
	answer := post.WasRefused(err)
	if answer == nil {
		return 0, false
	}
	var refusal struct{ Error struct{ Code int } }
	_ = json.Unmarshal(answer.Body, &refusal) // without a code, too
	return cmp.Or(refusal.Error.Code, answer.Status), true
}
