// Package mybot is a small WhatsApp bot, the example of docs/worlds.md: it repeats
// what a user says, and asks ten minutes later whether the user is still there.
//
// It knows nothing of tests. All that it touches is in the Bot's fields. It does
// not check the signature of webhooks, which a bot in production must.
package mybot

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Bot is the bot: an http.Handler for webhooks, and Run.
type Bot struct {
	HTTP     *http.Client // to the Graph API
	GraphURL string       // with a version: https://graph.facebook.com/v23.0
	PhoneID  string       // id of the business number
	Token    string       // access token of the Graph API
}

// Run does what the bot does by itself until the context ends: nothing.
func (b *Bot) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// ServeHTTP takes a webhook of WhatsApp.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				b.send(m.From, "You said: "+m.Text.Body)
				time.AfterFunc(10*time.Minute, func() { b.send(m.From, "Still there?") })
			}
		}
	}
}

func (b *Bot) send(to, text string) {
	body, _ := json.Marshal(map[string]any{ // these types always encode
		"messaging_product": "whatsapp", "to": to, "type": "text", "text": map[string]string{"body": text},
	})
	req, err := http.NewRequest(http.MethodPost, b.GraphURL+"/"+b.PhoneID+"/messages", strings.NewReader(string(body)))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+b.Token)
	req.Header.Set("Content-Type", "application/json")
	if resp, err := b.HTTP.Do(req); err == nil {
		resp.Body.Close()
	}
}
