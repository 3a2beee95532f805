// Package graph sends a bot's messages through WhatsApp's Graph API.
//
// Fill a [Client] and call [Client.SendText]. It repeats a request only where
// WhatsApp said that it did not take it: an answer that never came may have
// been a message that did, and a second copy is worse than an error. It does
// not know webhooks, and it sends texts only.
package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/benbjohnson/clock"
)

const (
	// MaxText is the longest text body. WhatsApp says 4096 characters and not
	// of what kind; the bot counts UTF-16 units, the strictest reading.
	MaxText = 4096

	attempts     = 5                // of one request, the first included
	firstBackoff = time.Second      // doubles with each attempt
	timeout      = 10 * time.Second // of one attempt
	maxAnswer    = 1 << 20          // bytes of an answer that are read
)

// Client talks to the Graph API as one business number. It is safe for
// concurrent use; its fields must not change after the first call.
type Client struct {
	HTTP          *http.Client
	Clock         clock.Clock
	URL           string // with its version: "https://graph.facebook.com/v23.0"
	PhoneNumberID string
	Token         string
}

// SendText sends body to a user and returns the message's id. to is "+" and
// digits, or a business-scoped user id.
//
// A refusal is an [*Error]. One that can pass (429, 5xx, rate limits) and a
// connection that was never made are tried again, five times at most, after
// 1, 2, 4 and 8 seconds. When ctx ends, an attempt under way is completed but
// not repeated.
func (c *Client) SendText(ctx context.Context, to, body string) (id string, err error) {
	request := map[string]any{
		"messaging_product": "whatsapp",
		"recipient_type":    "individual",
		"type":              "text",
		"text":              map[string]any{"body": body, "preview_url": false},
	}
	if strings.HasPrefix(to, "+") {
		request["to"] = to
	} else {
		request["recipient"] = to
	}
	data, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("graph: encode text: %w", err)
	}
	var answer struct {
		Messages []struct{ ID string }
	}
	wait := firstBackoff
	for n := 1; ; n++ {
		err = c.do(ctx, http.MethodPost, c.PhoneNumberID+"/messages", data, &answer)
		if err == nil || n == attempts || !retryable(err) {
			break
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("graph: send text: stopped after %d attempts: %w", n, err)
		case <-c.Clock.After(wait):
		}
		wait *= 2
	}
	if err != nil {
		return "", fmt.Errorf("graph: send text: %w", err)
	}
	if len(answer.Messages) == 0 {
		return "", errors.New("graph: send text: the answer names no message")
	}
	return answer.Messages[0].ID, nil
}

// PhoneNumber returns the number that the phone id and token stand for, as
// WhatsApp displays it. It makes one attempt.
func (c *Client) PhoneNumber(ctx context.Context) (display string, err error) {
	var answer struct {
		Display string `json:"display_phone_number"`
	}
	if err := c.do(ctx, http.MethodGet, c.PhoneNumberID+"?fields=display_phone_number", nil, &answer); err != nil {
		return "", fmt.Errorf("graph: get phone number: %w", err)
	}
	return answer.Display, nil
}

// do makes one request, which the end of ctx does not cut short.
func (c *Client) do(ctx context.Context, method, path string, body []byte, answer any) error {
	ctx, cancel := c.Clock.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+"/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		// Meta quotes a token that it does not like.
		return refusal(resp.StatusCode, bytes.ReplaceAll(data, []byte(c.Token), []byte("[token]")))
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// retryable tells whether the request surely was not taken, and may be later.
func retryable(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Temporary()
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		op, ok := errors.AsType[*net.OpError](e.Err)
		return ok && op.Op == "dial"
	}
	return false
}
