// Package outbox is how a bot on several replicas does what a message asks for once, and
// sends its answers in spite of crashes, refusals and lost connections. All of it is in
// Redis: a state that changes and the answers to it are stored in one step.
//
//	err := outbox.Change(ctx, box, m, "cart:"+m.From, func(c *cart) []outbox.Message {
//		c.Dishes = append(c.Dishes, m.Text)
//		return []outbox.Message{outbox.Text(m.From, "Your cart has %d dishes.", len(c.Dishes))}
//	})
//
// A message that was taken stays until a status says so: WhatsApp may fail it later. If
// nothing is known of an attempt, because the replica crashed or the answer was lost, the
// message is sent again after two minutes without a status. Messages that are due at once
// may arrive in any order.
//
// A [Message] with a Task is work that takes time, such as a question to another service:
// Run gives it to Box.Work, again and again until that returns no error.
package outbox

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
)

// Box is the outbox of a bot. Make one with [New].
type Box struct {
	// Work does a task, within half a minute. It may be called again after it has returned
	// without an error: it passes a message with the id of the task to [Change], which is
	// done once. Set it before Run; nil: there are no tasks.
	Work func(ctx context.Context, id, task string) error

	account cloudapi.Account
	redis   *redis.Client
	log     *slog.Logger
	born    time.Time
	due     chan struct{} // something may be due
}

// Message is a message in the outbox.
type Message struct {
	To       string
	Content  cloudapi.Content // nil: there is only a template
	Template cloudapi.Content // is sent instead if the user has not written for a day; nil: nothing is
	After    time.Duration    // is sent then
	Task     string           // is given to [Box].Work instead; nothing is sent
}

const (
	key      = "outbox"
	wrote    = "wrote:"        // prefix: when a user last wrote
	task     = "task"          // stands for the recipient
	lease    = 2 * time.Minute // of an attempt; a status comes sooner, unless the bot was away
	proof    = 10 * time.Minute
	idle     = 10 * time.Minute // between two looks at the outbox, if nothing is known to be due
	day      = 24*time.Hour - 5*time.Minute
	exchange = 4 * time.Second // with Redis
	working  = 30 * time.Second
	atOnce   = 64 // messages that are sent
)

//go:embed *.lua
var sources embed.FS

func script(name string) *redis.Script {
	source, err := sources.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return redis.NewScript(string(source))
}

var commit, claim, settle = script("commit.lua"), script("claim.lua"), script("settle.lua")

// New makes an outbox. The caller closes it after Run has returned.
func New(a cloudapi.Account, options *redis.Options, log *slog.Logger) *Box {
	own := *options
	own.ContextTimeoutEnabled = true
	return &Box{account: a, redis: redis.NewClient(&own), log: log, born: time.Now(), due: make(chan struct{}, 1)}
}

// Close closes the connections to Redis.
func (b *Box) Close() error { return b.redis.Close() }

// Text is a text to somebody.
func Text(to, format string, args ...any) Message {
	return Message{To: to, Content: cloudapi.Text(fmt.Sprintf(format, args...))}
}

// Change does what a message asks for, unless that was done before: change gets the state
// that is stored under a name, the zero one at first, and returns what is to be sent. It is
// called again if somebody else changes the state meanwhile.
func Change[State any](ctx context.Context, b *Box, m cloudapi.Message, name string, change func(*State) []Message) error {
	for {
		before, err := b.redis.Get(ctx, name).Result()
		if err != nil && err != redis.Nil {
			return fmt.Errorf("outbox: read %s: %w", name, err)
		}
		var state State
		if before != "" {
			if err := json.Unmarshal([]byte(before), &state); err != nil {
				return fmt.Errorf("outbox: %s is not what it should be: %w", name, err)
			}
		}
		answers := change(&state)
		after, err := json.Marshal(state)
		if err != nil {
			return fmt.Errorf("outbox: encode %s: %w", name, err)
		}
		if done, err := b.commit(ctx, m, name, before, string(after), answers); done || err != nil {
			return err
		}
	}
}

// commit stores a state and messages. It is false if somebody else has changed the state.
func (b *Box) commit(ctx context.Context, m cloudapi.Message, name, before, after string, messages []Message) (done bool, err error) {
	args := []any{before, after, m.At.Unix()}
	for i, a := range messages {
		content, err := json.Marshal(a.Content)
		if err != nil {
			return false, fmt.Errorf("outbox: encode a message to %s: %w", a.To, err)
		}
		template, err := json.Marshal(a.Template)
		if err != nil {
			return false, fmt.Errorf("outbox: encode a template to %s: %w", a.To, err)
		}
		if a.Task != "" {
			a.To, content = task, []byte(a.Task)
		}
		args = append(args, m.ID+"/"+strconv.Itoa(i), a.To, content, template, a.After.Milliseconds())
	}
	done, err = commit.Run(ctx, b.redis, []string{"seen:" + m.ID, name, wrote + m.From, key}, args...).Bool()
	if err != nil {
		return false, fmt.Errorf("outbox: store %s: %w", name, err)
	}
	b.wake()
	return done, nil
}

// Every does something again and again until the context ends, on one of the replicas each
// time: do passes the message that it gets to [Change]. What fails is done the next time.
func (b *Box) Every(ctx context.Context, pause time.Duration, do func(context.Context, cloudapi.Message) error) {
	for {
		turn := time.Now().Truncate(pause).Add(pause) // the same for all
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(turn)):
		}
		bounded, cancel := context.WithTimeout(ctx, pause/2)
		if err := do(bounded, cloudapi.Message{ID: "turn " + turn.UTC().Format(time.RFC3339), At: turn}); err != nil {
			b.log.Warn("what is due regularly failed", "error", err)
		}
		cancel()
	}
}
