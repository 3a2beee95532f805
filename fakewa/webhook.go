package fakewa

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
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
	body, messages, err := s.compose(batch)
	if err != nil {
		return nil, Answer{}, err
	}
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return ids, s.bring(ctx, body, ids), nil
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
	return s.bring(ctx, m.webhook, []string{messageID}), nil
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

// bring posts a signed body and marks its messages as delivered if the bot took it.
func (s *Server) bring(ctx context.Context, body []byte, ids []string) Answer {
	answer := s.Post(ctx, body, Sign(s.cfg.AppSecret, body))
	if answer.Status == http.StatusOK {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, id := range ids {
			if m := s.byID[id]; m.Status == "sent" {
				m.Status = "delivered"
			}
		}
	}
	return answer
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

// Compose returns the body of the webhook that would bring messages to the bot,
// without sending it. The messages count as said.
func (s *Server) Compose(batch ...Inbound) ([]byte, error) {
	body, _, err := s.compose(batch)
	return body, err
}

func (s *Server) compose(batch []Inbound) (body []byte, messages []*Message, err error) {
	for _, in := range batch {
		if err := in.Content.check(); err != nil {
			return nil, nil, err
		}
		if user := Number(in.From); !strings.HasPrefix(user, "+") && !businessScoped.MatchString(user) {
			return nil, nil, fmt.Errorf("fakewa: %q is neither a phone number nor a business-scoped user id", in.From)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var objects, contacts []any
	for _, in := range batch {
		m := s.write(Number(in.From), in.Content)
		messages = append(messages, m)
		objects = append(objects, m.Body)
		if in.Content["type"] != "system" { // those come without contacts
			contacts = append(contacts, contact(m.User))
		}
	}
	value := map[string]any{"messages": objects}
	if contacts != nil {
		value["contacts"] = contacts
	}
	body, err = s.envelope(value)
	for _, m := range messages {
		m.webhook = body
	}
	return body, messages, err
}

// write completes and records the message of a user. The caller holds mu.
func (s *Server) write(user string, content Content) *Message {
	object := maps.Clone(map[string]any(content))
	id := s.messageID(user)
	object["id"] = id
	object["timestamp"] = strconv.FormatInt(s.cfg.Now().Unix(), 10)
	if number, ok := strings.CutPrefix(user, "+"); ok {
		object["from"] = number
	} else {
		object["from_user_id"] = user
	}
	s.fillIn(user, object)
	body, _ := encode(object) // Content.check has encoded it before
	text, _ := content.object("text")["body"].(string)
	return s.say(&Message{ID: id, User: user, Direction: In, Status: "sent", Body: body, Text: text})
}

func contact(user string) map[string]any {
	c := map[string]any{"profile": map[string]string{"name": "Test User"}}
	if number, ok := strings.CutPrefix(user, "+"); ok {
		c["wa_id"] = number
	} else {
		c["user_id"] = user
	}
	return c
}

// envelope wraps the value of a change as Meta does.
func (s *Server) envelope(value map[string]any) ([]byte, error) {
	value["messaging_product"] = "whatsapp"
	value["metadata"] = map[string]string{
		"display_phone_number": s.cfg.displayDigits(),
		"phone_number_id":      s.cfg.PhoneNumberID,
	}
	body, err := wire(map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{
			"id":      s.cfg.BusinessID,
			"changes": []any{map[string]any{"value": value, "field": "messages"}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("fakewa: encode a webhook: %w", err)
	}
	return body, nil
}

// queue has a status of a message delivered after those before it. The caller
// holds mu.
func (s *Server) queue(m *Message, status string) {
	object := map[string]any{"id": m.ID, "status": status, "timestamp": strconv.FormatInt(s.cfg.Now().Unix(), 10)}
	if number, ok := strings.CutPrefix(m.User, "+"); ok {
		object["recipient_id"] = number
	} else {
		object["recipient_user_id"] = m.User
	}
	if m.opaque != "" {
		object["biz_opaque_callback_data"] = m.opaque
	}
	body, err := s.envelope(map[string]any{"statuses": []any{object}})
	if err != nil || s.cfg.WebhookURL == "" || s.closing.Err() != nil {
		return
	}
	s.outbox = append(s.outbox, body)
	if !s.busy {
		s.busy = true
		s.sending.Go(s.deliverOutbox)
	}
}

// deliverOutbox brings the queued statuses to the bot, one after another, until
// there are none.
func (s *Server) deliverOutbox() {
	for {
		s.mu.Lock()
		if len(s.outbox) == 0 || s.closing.Err() != nil {
			s.busy = false
			s.mu.Unlock()
			return
		}
		body := s.outbox[0]
		s.outbox = s.outbox[1:]
		s.mu.Unlock()
		s.bring(s.closing, body, nil)
	}
}

// wire encodes a webhook body in the bytes that Meta sends: ASCII only, anything
// else as \uXXXX in lower-case hex, and "/" as "\/".
func wire(v any) ([]byte, error) {
	plain, err := encode(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, r := range string(plain) {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r < 0x80:
			b.WriteRune(r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.Bytes(), nil
}

// encode writes JSON without escaping "<", ">" and "&", which Meta does not.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
