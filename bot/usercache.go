package bot

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

const (
	usersDB = 0 // the Redis database of the sessions

	userPrefix   = "wappa:user:"
	seenPrefix   = "wappa:seen:"
	unsentPrefix = "wappa:unsent:"

	// Dedupe is how long a message id is remembered: Meta delivers a webhook
	// again for up to 7 days.
	Dedupe = 7 * 24 * time.Hour

	// sessionLife is how long a session outlives its timer. WhatsApp takes no
	// free text later than 24 hours after a user's last message.
	sessionLife = 24 * time.Hour

	upsertAttempts = 10
)

var (
	//go:embed append.lua
	appendSource string
	//go:embed take.lua
	takeSource string

	appendScript = redis.NewScript(appendSource)
	takeScript   = redis.NewScript(takeSource)
)

// Message is one message of a user as the cache keeps it.
type Message struct {
	ID   string    `json:"id"`   // WhatsApp's "wamid.…"
	At   time.Time `json:"at"`   // WhatsApp's timestamp
	Type string    `json:"type"` // "text", "image", …
	Text string    `json:"text"` // the message as a person reads it
}

// UserData is what the cache holds of one user.
type UserData struct {
	Messages []Message                  // in the order they were stored
	Fields   map[string]json.RawMessage // all else, by name
}

// UserCache keeps a JSON object for each user in database 0, under
// wappa:user:+1234567890. Users may be named in any form that [UserID] knows.
// It is safe for concurrent use, also by several processes.
type UserCache struct {
	client redis.UniversalClient
	newID  func() string
	prefix string // of the keys
}

func (c *UserCache) key(user string) string { return c.prefix + UserID(user) }

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
// object's time to live begins anew, at 24 hours.
func (c *UserCache) Upsert(ctx context.Context, user string, fields map[string]any) error {
	if _, ok := fields["messages"]; ok {
		return errors.New(`bot: upsert: "messages" cannot be set, use Append`)
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

// Append stores a message and restarts the timer of the action for the user,
// both or neither. It returns the message's number in its session, and whether
// it is new: one whose id came within the last 7 days is not stored again and
// does not touch the timer.
func (c *UserCache) Append(ctx context.Context, user string, m Message, action string, silence time.Duration) (n int, fresh bool, err error) {
	token := c.newID()
	id := m.ID
	if id == "" {
		id = token // nothing to know it by: every one is new
	}
	text, err := encode(m)
	if err != nil {
		return 0, false, fmt.Errorf("bot: append to %s: %w", c.key(user), err)
	}
	keys := []string{c.key(user), seenPrefix + id, expiry.Key(action, UserID(user))}
	answer, err := appendScript.Run(ctx, c.client, keys, text, token, expiry.DB,
		silence.Milliseconds(), (silence + sessionLife).Milliseconds(), Dedupe.Milliseconds(), usersDB).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("bot: append to %s: %w", c.key(user), err)
	}
	return int(answer[0]), answer[1] == 1, nil
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

// take ends the session of a user whose timer is not running and returns it.
// Until sent is called, the session stands under a key of its own, so that a
// history which could not be sent is not gone. A call with the id of an earlier
// one gets the answer of that.
func (c *UserCache) take(ctx context.Context, user, action, id string) (data UserData, sent func(context.Context) error, err error) {
	unsent := unsentPrefix + UserID(user) + ":" + id
	keys := []string{c.key(user), unsent, expiry.Key(action, UserID(user))}
	text, err := takeScript.Run(ctx, c.client, keys, expiry.DB, sessionLife.Milliseconds(), usersDB).Text()
	if errors.Is(err, redis.Nil) {
		return UserData{}, nil, nil
	}
	if err != nil {
		return UserData{}, nil, fmt.Errorf("bot: take %s: %w", c.key(user), err)
	}
	sent = func(ctx context.Context) error {
		if err := c.client.Del(ctx, unsent).Err(); err != nil {
			return fmt.Errorf("bot: delete %s: %w", unsent, err)
		}
		return nil
	}
	data, err = parseUserData(unsent, []byte(text))
	return data, sent, err
}

func parseUserData(key string, text []byte) (UserData, error) {
	var data UserData
	if err := json.Unmarshal(text, &data.Fields); err != nil {
		return UserData{}, fmt.Errorf("bot: %s holds no JSON object: %w", key, err)
	}
	if raw, ok := data.Fields["messages"]; ok {
		if err := json.Unmarshal(raw, &data.Messages); err != nil {
			return UserData{}, fmt.Errorf("bot: %s holds no messages: %w", key, err)
		}
		delete(data.Fields, "messages")
	}
	return data, nil
}

// merge sets fields in the object that text holds, and writes its messages last,
// where append.lua looks for them.
func merge(text []byte, fields map[string]any) ([]byte, error) {
	object := make(map[string]json.RawMessage)
	if len(text) > 0 {
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, err
		}
	}
	messages := object["messages"]
	if messages == nil {
		messages = json.RawMessage("[]")
	}
	delete(object, "messages")
	for name, value := range fields {
		raw, err := encode(value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", name, err)
		}
		object[name] = raw
	}
	merged, err := encode(object)
	if err != nil {
		return nil, err
	}
	merged = bytes.TrimSuffix(merged, []byte("}"))
	if len(object) > 0 {
		merged = append(merged, ',')
	}
	return fmt.Appendf(merged, `"messages":%s}`, messages), nil
}

// encode writes JSON as people read it: "<" stays "<".
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
