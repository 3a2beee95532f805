package cloudapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Message is what a user sent.
type Message struct {
	ID     string
	From   string    // "+" and digits
	At     time.Time // in whole seconds
	Type   string    // text, interactive, image, reaction, …
	Text   string    // of a text
	Tapped string    // id of the button or row that was tapped
	Filled string    // JSON of a flow that was filled in
}

// Status is what became of a message of the bot.
type Status struct {
	Status string // sent, delivered, read, failed
	Opaque string // that was given to Send
	Code   int    // why it failed
}

// Webhook takes webhooks. It answers 200 when both functions have returned without an
// error for all that a webhook holds; after anything else WhatsApp delivers it again.
type Webhook struct {
	Account   Account
	OnMessage func(context.Context, Message) error
	OnStatus  func(context.Context, Status) error
}

// patience is how long a webhook's work may take: WhatsApp gives up soon afterwards.
const patience = 8 * time.Second

func (h Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if q := r.URL.Query(); r.Method == http.MethodGet { // Meta's handshake
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.verify_token") != h.Account.VerifyToken {
			http.Error(w, "the verify token is wrong", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, q.Get("hub.challenge")) // who is gone needs no answer
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3<<20))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	if !h.Account.signed(r, body) {
		http.Error(w, "the signature is wrong", http.StatusUnauthorized)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if err := h.handle(ctx, body); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// signed tells whether a request is signed with the app secret.
func (a Account) signed(r *http.Request, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(a.AppSecret))
	mac.Write(body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(r.Header.Get("X-Hub-Signature-256")))
}

// hook is the form of a webhook, as far as a bot needs it.
type hook struct {
	Entry []struct {
		Changes []struct {
			Value struct {
				Messages []struct {
					ID, From, Timestamp, Type string
					Text                      struct{ Body string }
					Button                    struct{ Payload string } // of a template
					Interactive               struct {
						ButtonReply struct{ ID string } `json:"button_reply"`
						ListReply   struct{ ID string } `json:"list_reply"`
						FlowReply   struct {
							JSON string `json:"response_json"`
						} `json:"nfm_reply"`
					}
				}
				Statuses []struct {
					Status string
					Opaque string `json:"biz_opaque_callback_data"`
					Errors []struct{ Code int }
				}
			}
		}
	}
}

func (h Webhook) handle(ctx context.Context, body []byte) error {
	var all hook
	if err := json.Unmarshal(body, &all); err != nil {
		return nil // it will be the same the next time
	}
	for _, entry := range all.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				tapped := m.Button.Payload + m.Interactive.ButtonReply.ID + m.Interactive.ListReply.ID
				if err := h.OnMessage(ctx, Message{m.ID, "+" + m.From, sent(m.Timestamp), m.Type, m.Text.Body, tapped, m.Interactive.FlowReply.JSON}); err != nil {
					return err
				}
			}
			for _, s := range change.Value.Statuses {
				status := Status{Status: s.Status, Opaque: s.Opaque}
				if len(s.Errors) > 0 {
					status.Code = s.Errors[0].Code
				}
				if err := h.OnStatus(ctx, status); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sent returns when a message was sent. WhatsApp delivers webhooks for a week at most: an
// older time is that of a test with a clock of its own.
func sent(timestamp string) time.Time {
	const longest = 7 * 24 * time.Hour
	seconds, _ := strconv.ParseInt(timestamp, 10, 64) // WhatsApp's are numbers
	if at := time.Unix(seconds, 0); time.Since(at).Abs() < longest {
		return at
	}
	return time.Now().Truncate(time.Second)
}
