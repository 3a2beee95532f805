package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const (
	usersDB = 0 // the Redis database of all but the triggers

	// sessionLife is how long a session outlives its timer: any outage that one
	// comes back from.
	sessionLife = 7 * 24 * time.Hour

	// maxSession is how large a session may be before it is sent at once, in bytes.
	maxSession = 1 << 20

	upsertAttempts = 10
)

//go:embed lua/append_once.lua
var appendSource string

var appendScript = expiry.NewScript(appendSource)

// UserCache keeps a JSON object for each user in database 0, under
// wappa:user:+1234567890. Users may be named in any form that [UserID] knows.
// It is safe for concurrent use, also by several processes.
type UserCache struct {
	client redis.UniversalClient
	layout expiry.Layout
	newID  func() string
	kind   string // of the keys: "user"
	limit  int    // messages in a session, from which on it is due at once

	appends batcher
}

func newUserCache(client redis.UniversalClient, layout expiry.Layout, newID func() string, kind string, limit, batch int) *UserCache {
	c := &UserCache{client: client, layout: layout, newID: newID, kind: kind, limit: limit}
	c.appends = batcher{client: client, script: appendScript, size: batch, shared: func() []any {
		return []any{
			layout.TriggerDB(), usersDB, Dedupe.Milliseconds(), c.limit, maxSession,
			pairInterval.Milliseconds(), ((confirmBurst - uncounted) * pairInterval).Milliseconds(), uncounted,
		}
	}}
	return c
}

func (c *UserCache) key(user string) string {
	user = UserID(user)
	return c.layout.Prefix(user) + c.kind + ":" + user
}

// Get returns what is kept of a user; the zero UserData if that is nothing.
func (c *UserCache) Get(ctx context.Context, user string) (UserData, error) {
	text, err := c.client.Get(ctx, c.key(user)).Bytes()
	if errors.Is(err, redis.Nil) {
		return UserData{}, nil
	}
	if err != nil {
		return UserData{}, fmt.Errorf("bot: get %s: %w", c.key(user), err)
	}
	return parseUserData(c.key(user), text)
}

// Upsert sets fields of a user's object and leaves the others as they are.
// Messages are not set but appended: a field of that name is refused. The
// object's time to live begins again, at 7 days.
func (c *UserCache) Upsert(ctx context.Context, user string, fields map[string]any) error {
	if _, ok := fields["messages"]; ok {
		return errors.New(`bot: upsert: field "messages" cannot be set: use Append`)
	}
	key := c.key(user)
	update := func(tx *redis.Tx) error {
		text, err := tx.Get(ctx, key).Bytes()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if text, err = merge(text, fields); err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, key, text, sessionLife)
			return nil
		})
		return err
	}
	err := error(redis.TxFailedErr)
	for n := 0; n < upsertAttempts && errors.Is(err, redis.TxFailedErr); n++ {
		err = c.client.Watch(ctx, update, key)
	}
	if err != nil {
		return fmt.Errorf("bot: upsert %s: %w", key, err)
	}
	return nil
}

// Appended is what became of a message that was to be stored.
type Appended struct {
	N       int  // the message's number in its session
	New     bool // its id did not come within the last 7 days
	Confirm bool // WhatsApp's pair rate limit has room for a confirmation, and for the history after it
}

// Append stores a message and restarts the timer of the action for the user,
// both or neither. A message that came before is not stored again and does not
// touch the timer. One that fills the session makes the timer fire at once.
func (c *UserCache) Append(ctx context.Context, user string, m Message, action string, silence time.Duration) (Appended, error) {
	_, stored, err := c.append(ctx, user, m, action, silence)
	return stored, err
}

// append is Append. In is the user in whose session the message is: another one if the user
// has got another id since that began.
func (c *UserCache) append(ctx context.Context, user string, m Message, action string, silence time.Duration) (in string, stored Appended, err error) {
	token := c.token()
	id := cmp.Or(m.ID, token) // without an id there is nothing to know it by: every one is new
	if m.Type == textType {
		m.Type = ""
	}
	in, answer, err := c.inSession(user, func(user, to string) (any, error) {
		m.To = cmp.Or(m.To, to)
		text, err := encode(m)
		if err != nil {
			return nil, err
		}
		return c.appends.run(ctx, c.layout.Prefix(user), c.keys(user, id, action), text, token, user, silence.Milliseconds(), (silence + sessionLife).Milliseconds())
	})
	if err != nil {
		return "", Appended{}, fmt.Errorf("bot: append to %s: %w", c.key(user), err)
	}
	n, isNew, confirm := numbers(answer)
	return in, Appended{N: n, New: isNew == 1, Confirm: confirm == 1}, nil
}

// keys are those of lua/append_once.lua for a message.
func (c *UserCache) keys(user, id, action string) []string {
	return []string{c.key(user), c.seenKey(user, id), c.layout.Deadlines(action, user), c.layout.Trigger(action, user), c.paceKey(user), c.aliasKey(user)}
}

// numbers returns the three numbers that a script has answered.
func numbers(answer any) (a, b, c int) {
	list, _ := answer.([]any)
	all := [3]int{}
	for i, n := range list {
		if n, ok := n.(int64); ok && i < len(all) {
			all[i] = int(n)
		}
	}
	return all[0], all[1], all[2]
}

// token returns what no other call of a script has.
func (c *UserCache) token() string {
	digest := sha256.Sum256([]byte(c.newID()))
	return base64.RawURLEncoding.EncodeToString(digest[:6])
}

// Delete removes all that is kept of a user. It is no error if that is nothing.
func (c *UserCache) Delete(ctx context.Context, user string) error {
	if err := c.client.Del(ctx, c.key(user)).Err(); err != nil {
		return fmt.Errorf("bot: delete %s: %w", c.key(user), err)
	}
	return nil
}

// TTL returns how long a user's object is still kept, or 0 if there is none.
func (c *UserCache) TTL(ctx context.Context, user string) (time.Duration, error) {
	ttl, err := c.client.PTTL(ctx, c.key(user)).Result()
	if err != nil {
		return 0, fmt.Errorf("bot: TTL of %s: %w", c.key(user), err)
	}
	return max(ttl, 0), nil
}
