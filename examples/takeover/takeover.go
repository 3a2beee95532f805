// Package takeover is a bot that answers until a person does: when somebody of the business
// writes to a user in the WhatsApp Business app, the bot says nothing to that user for an
// hour after the person's last message.
//
// The example is about that alone: it keeps who is silent in the process, looks at no signature
// and sends each answer once. Package booking has the rest.
package takeover

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Quiet is how long the bot says nothing after a person of the business has written.
const Quiet = time.Hour

// Bot echoes texts.
type Bot struct {
	HTTP     *http.Client
	Messages string // the URL of the number's messages
	Token    string

	mu      sync.Mutex           // guards what follows
	silent  map[string]time.Time // until when, by user
	sending sync.WaitGroup
}

// hook is what the bot reads of a webhook.
type hook struct {
	Entry []struct {
		Changes []struct {
			Field string
			Value struct {
				Messages []struct {
					From, Type string
					Text       struct{ Body string }
				}
				Echoes []struct{ To string } `json:"message_echoes"`
			}
		}
	}
}

// ServeHTTP takes webhooks.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var h hook
	if err := json.NewDecoder(r.Body).Decode(&h); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, entry := range h.Entry {
		for _, change := range entry.Changes {
			for _, echo := range change.Value.Echoes { // an edit and a deletion are a person's, too
				b.hush(echo.To)
			}
			for _, m := range change.Value.Messages {
				if change.Field == "messages" && m.Type == "text" && !b.hushed(m.From) {
					b.sending.Go(func() { b.say(m.From, "You said: "+m.Text.Body) })
				}
			}
		}
	}
}

func (b *Bot) hush(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent == nil {
		b.silent = make(map[string]time.Time)
	}
	now := time.Now()
	maps.DeleteFunc(b.silent, func(_ string, until time.Time) bool { return !now.Before(until) })
	b.silent[user] = now.Add(Quiet)
}

func (b *Bot) hushed(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Before(b.silent[user])
}

func (b *Bot) say(to, text string) {
	body, err := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": to, "type": "text", "text": map[string]string{"body": text}})
	if err != nil {
		return
	}
	req, err := http.NewRequest("POST", b.Messages, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+b.Token)
	req.Header.Set("Content-Type", "application/json")
	if resp, err := b.HTTP.Do(req); err == nil {
		resp.Body.Close()
	}
}

// Run waits until the bot is stopped, and for what is being sent then.
func (b *Bot) Run(ctx context.Context) error {
	<-ctx.Done()
	b.sending.Wait()
	return nil
}
