// Package graph sends a bot's messages through WhatsApp's Graph API.
//
// Fill a [Client] and call [Client.SendText], which makes one attempt. Its errors
// are of three kinds: an [*Error] is WhatsApp's refusal, which may be
// [Error.Temporary]; one that [Unknown] tells is an answer that never came, so that
// the message may have been sent; of any other the message surely was not. What to
// do then is the caller's. It does not know webhooks, and it sends texts only.
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

	// Timeout bounds an attempt.
	Timeout = 10 * time.Second

	maxAnswer = 1 << 20 // bytes of an answer that are read
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

// Text is a text message.
type Text struct {
	To     string // "+" and digits, or a business-scoped user id
	Body   string // at most MaxText
	Opaque string // comes back in the message's statuses, as biz_opaque_callback_data; at most 512 characters
}

// request is a Text as the Graph API takes it.
type request struct {
	Opaque        string `json:"biz_opaque_callback_data,omitempty"`
	Product       string `json:"messaging_product"`
	Recipient     string `json:"recipient,omitempty"`
	RecipientType string `json:"recipient_type"`
	Text          struct {
		Body       string `json:"body"`
		PreviewURL bool   `json:"preview_url"`
	} `json:"text"`
	To   string `json:"to,omitempty"`
	Type string `json:"type"`
}

// SendText sends a text and returns the message's id. It makes one attempt, which
// the end of ctx does not cut short.
func (c *Client) SendText(ctx context.Context, t Text) (id string, err error) {
	r := request{Product: "whatsapp", RecipientType: "individual", Type: "text", Opaque: t.Opaque}
	r.Text.Body = t.Body
	if strings.HasPrefix(t.To, "+") {
		r.To = t.To
	} else {
		r.Recipient = t.To
	}
	data, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("graph: encode text: %w", err)
	}
	var answer struct {
		Messages []struct{ ID string }
	}
	if err := c.do(ctx, http.MethodPost, c.PhoneNumberID+"/messages", data, &answer); err != nil {
		return "", fmt.Errorf("graph: send text: %w", err)
	}
	if len(answer.Messages) == 0 {
		return "", fmt.Errorf("graph: send text: %w", &unknown{errors.New("the answer names no message")})
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
	ctx, cancel := c.Clock.WithTimeout(context.WithoutCancel(ctx), Timeout)
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
		if neverSent(err) {
			return err
		}
		return &unknown{err}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return &unknown{fmt.Errorf("read the answer: %w", err)}
	}
	if resp.StatusCode/100 != 2 {
		// Meta quotes a token that it does not like.
		refused := refusal(resp.StatusCode, bytes.ReplaceAll(data, []byte(c.Token), []byte("[token]")))
		refused.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), c.Clock.Now())
		if refused.Code == 0 && resp.StatusCode/100 == 5 && resp.StatusCode != http.StatusServiceUnavailable {
			return &unknown{refused} // a proxy's: what is behind it may have taken the request
		}
		return refused
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return &unknown{fmt.Errorf("read the answer: %w", err)}
	}
	return nil
}

// neverSent tells whether a connection was never made.
func neverSent(err error) bool {
	e, ok := errors.AsType[*url.Error](err)
	if !ok {
		return false
	}
	op, ok := errors.AsType[*net.OpError](e.Err)
	return ok && op.Op == "dial"
}
