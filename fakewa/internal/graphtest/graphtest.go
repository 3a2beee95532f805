// Package graphtest plays a bot in tests of a fake's parts: it keeps webhooks and calls the
// Graph API.
package graphtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
)

// Start is the time of the fake at first.
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Bot is a bot with the fake that it talks to. The clock of the fake stands still.
type Bot struct {
	testing.TB
	Fake *fakewa.Server

	mu    sync.Mutex
	hooks []string // guarded by mu: field and value of each webhook that Heard has not returned
}

// New returns a bot with a fake.
func New(t testing.TB, cfg fakewa.Config) *Bot {
	b := &Bot{TB: t}
	cfg.Webhook, cfg.Clock, cfg.Escaping = b, fakewa.StillClock(Start), fakewa.EscapingNone
	b.Fake = fakewa.Test(t, cfg)
	return b
}

// ServeHTTP takes a webhook.
func (b *Bot) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct {
			Changes []struct {
				Field string
				Value json.RawMessage
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		b.Error(err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, change := range body.Entry[0].Changes {
		b.hooks = append(b.hooks, change.Field+" "+string(change.Value))
	}
}

// Pass moves the clock ahead, and waits until the webhooks that are due have come.
func (b *Bot) Pass(d time.Duration) {
	b.Helper()
	if err := b.Fake.Config().Clock.Advance(context.Background(), d); err != nil {
		b.Fatal(err)
	}
}

// Hears wants the next webhooks, of which each has the words of one line in it, divided by
// "…", and no others.
func (b *Bot) Hears(lines ...string) {
	b.Helper()
	b.Pass(0)
	b.mu.Lock()
	defer b.mu.Unlock()
	hooks := b.hooks
	b.hooks = nil
	for i, hook := range hooks {
		if i >= len(lines) {
			b.Errorf("there is another webhook:\n%s", hook)
			continue
		}
		for words := range strings.SplitSeq(lines[i], "…") {
			if !strings.Contains(hook, words) {
				b.Errorf("the webhook\n%s\nlacks\n%s", hook, words)
			}
		}
	}
	for _, line := range lines[min(len(hooks), len(lines)):] {
		b.Errorf("there is no webhook with %s", line)
	}
}

// Asks calls the Graph API, where ~ in front of a path stands for the id of the number, and
// wants an answer with this status and these words, divided by "…".
func (b *Bot) Asks(method, path, body string, status int, has string) (answer string) {
	b.Helper()
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = b.Fake.Config().PhoneNumberID + "/" + rest
	}
	req, err := http.NewRequestWithContext(context.Background(), method, "https://graph.facebook.com/v23.0/"+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer any")
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.Fake.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	for words := range strings.SplitSeq(has, "…") {
		if resp.StatusCode != status || !strings.Contains(string(text), words) {
			b.Errorf("%s %s %s\ngot  %d %s\nwant %d %s", method, path, body, resp.StatusCode, text, status, has)
			break
		}
	}
	return string(text)
}

// Is wants an error with these words in it, or none if they are "".
func (b *Bot) Is(err error, words string) {
	b.Helper()
	if (err == nil) != (words == "") || err != nil && !strings.Contains(err.Error(), words) {
		b.Errorf("the error is %v; want %q", err, words)
	}
}
