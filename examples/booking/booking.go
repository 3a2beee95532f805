// Package booking is a bot that books tables with a flow: two screens, whose endpoint is the
// bot's own. It is an example of an encrypted endpoint, and of a table that two people want at
// once: it is held in Redis for the one who came first.
package booking

import (
	"context"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

// Flow is the name of the flow, which is created with the Definition and published with the
// endpoint /flow before the bot is used.
const Flow = "table"

//go:embed table.json
var Definition []byte

// Bot is the bot: it serves webhooks and the endpoint, and Run sends its answers. Make one with
// [New].
type Bot struct {
	http.Handler
	*outbox.Box

	secret  []byte
	redis   *redis.Client
	holding time.Duration // a table, until it is booked
	hold    func(ctx context.Context, key, token string) (bool, error)
	book    func(ctx context.Context, key, token string) (bool, error)
}

var tables = []map[string]string{{"id": "window", "title": "At the window"}, {"id": "door", "title": "At the door"}, {"id": "garden", "title": "In the garden"}}

// title returns that of a table; "": there is none.
func title(id any) string {
	if i := slices.IndexFunc(tables, func(t map[string]string) bool { return t["id"] == id }); i >= 0 {
		return tables[i]["title"]
	}
	return ""
}

// New makes the bot, with the private key of its endpoint. The caller closes it after Run has
// returned.
func New(a cloudapi.Account, key *rsa.PrivateKey, options *redis.Options, log *slog.Logger) *Bot {
	own := *options
	own.ContextTimeoutEnabled = true
	b := &Bot{Box: outbox.New(a, options, log), secret: []byte(a.AppSecret), redis: redis.NewClient(&own), holding: 10 * time.Minute}
	b.hold, b.book = b.take, b.keep
	mux := http.NewServeMux()
	mux.Handle("/webhook", cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus})
	mux.Handle("POST /flow", cloudapi.Endpoint{Account: a, Key: key, Answer: b.onScreen})
	b.Handler = mux
	return b
}

// Close closes the connections to Redis.
func (b *Bot) Close() error { return errors.Join(b.Box.Close(), b.redis.Close()) }

// onMessage answers what somebody has filled in, and sends the flow after anything else.
func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	answer := outbox.Message{To: m.From, Content: cloudapi.Flow("Which table would you like?", "Book a table", Flow, b.token(m))}
	var filled struct{ Table, Day string }
	if json.Unmarshal([]byte(m.Filled), &filled) == nil && filled.Table != "" { // the endpoint has booked it
		answer = outbox.Text(m.From, "Booked: %s on %s.", title(filled.Table), filled.Day)
	}
	return outbox.Change(ctx, b.Box, m, "guest:"+m.From, func(*struct{}) []outbox.Message { return []outbox.Message{answer} })
}

// token is that of a flow: nobody can guess it, and it is the same if the message is handled
// once more.
func (b *Bot) token(m cloudapi.Message) string {
	mac := hmac.New(sha256.New, b.secret)
	mac.Write([]byte(m.ID))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// place is the key of a table on a day; its value is the token of the flow that has it.
func place(day, table any) string { return fmt.Sprint("table:", day, ":", table) }

// onScreen answers a phone.
func (b *Bot) onScreen(ctx context.Context, r cloudapi.FlowRequest) (screen string, data map[string]any, err error) {
	day, id := r.Data["day"], r.Data["table"]
	switch key := place(day, id); r.Screen {
	case "WHEN":
		if title(id) == "" {
			return "", nil, fmt.Errorf("booking: there is no table %q", fmt.Sprint(id))
		}
		mine, err := b.hold(ctx, key, r.Token)
		if err != nil {
			return "", nil, err
		}
		held := fmt.Sprintf("%s on %s", title(id), day)
		if !mine {
			return "WHEN", map[string]any{"tables": tables, "error_message": held + " is taken."}, nil
		}
		return "WHO", map[string]any{"held": held, "day": day, "table": id}, nil
	case "WHO":
		if r.Action == "BACK" {
			break // to the first screen
		}
		kept, err := b.book(ctx, key, r.Token)
		if err == nil && !kept {
			err = cloudapi.TokenError("The table is no longer held. Write to us again.")
		}
		screen, data = cloudapi.Done(r.Token, map[string]any{"day": day, "table": id, "name": r.Data["name"]})
		return screen, data, err
	}
	return "WHEN", map[string]any{"tables": tables}, nil
}

// take holds a table for a flow, and tells whether the flow has it.
func (b *Bot) take(ctx context.Context, key, token string) (bool, error) {
	if err := b.redis.SetNX(ctx, key, token, b.holding).Err(); err != nil {
		return false, fmt.Errorf("booking: hold a table: %w", err)
	}
	holder, err := b.redis.Get(ctx, key).Result()
	if err != nil {
		return false, fmt.Errorf("booking: see who holds a table: %w", err)
	}
	return holder == token, nil
}

// keep books a table for good, if it is still held for a flow, and tells whether it is.
func (b *Bot) keep(ctx context.Context, key, token string) (bool, error) {
	kept, err := persist.Run(ctx, b.redis, []string{key}, token).Bool()
	if err != nil {
		err = fmt.Errorf("booking: keep a table: %w", err)
	}
	return kept, err
}

var persist = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PERSIST', KEYS[1])
return 1`)
