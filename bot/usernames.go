package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Somebody whom WhatsApp gives another id keeps their session, under their first name. The
// new names are aliases of it, and messages under an alias carry it as the address at which
// the user is reached now.

// aliasLife is how long an alias is kept after a change: longer than a session under the
// first name, and than the marks of its messages.
const aliasLife = 2 * (sessionLife + Dedupe)

const maxAliases = 8 // in a chain

var errAliases = errors.New("the aliases of the user lead nowhere")

// aliasKey holds the name under which a user's sessions are kept, if that is another one.
func (c *UserCache) aliasKey(user string) string { return c.layout.Prefix(user) + "alias:" + user }

// inSession calls a script for a user, and again for the user whose name it returns instead
// of an answer. To is the user's own name if another one's session is used, else "".
func (c *UserCache) inSession(user string, run func(user, to string) (any, error)) (in string, answer any, err error) {
	user = UserID(user)
	to := ""
	in = user
	for range maxAliases {
		if answer, err = run(in, to); err != nil {
			return in, nil, err
		}
		next, ok := answer.(string)
		if !ok {
			return in, answer, nil
		}
		in, to = next, user
	}
	return in, nil, errAliases
}

// names returns a user's name, the one that it is an alias of, and so on.
func (c *UserCache) names(ctx context.Context, user string) (names []string, err error) {
	for name := UserID(user); !slices.Contains(names, name) && len(names) < maxAliases; {
		names = append(names, name)
		next, err := c.client.Get(ctx, c.aliasKey(name)).Result()
		if errors.Is(err, redis.Nil) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("bot: look for the names of %s: %w", user, err)
		}
		name = next
	}
	return names, nil
}

// rename has a user keep their session under new names. It returns the name under which
// sessions are kept, and how the user is reached: by the first of the new
// names that is not empty.
func (c *UserCache) rename(ctx context.Context, user string, newNames ...string) (in, to string, err error) {
	names, err := c.names(ctx, user)
	if err != nil {
		return "", "", err
	}
	in = names[len(names)-1]
	for _, name := range newNames {
		name = UserID(name)
		to = cmp.Or(to, name)
		if name == "" || name == in {
			continue
		}
		if err := c.client.Set(ctx, c.aliasKey(name), in, aliasLife).Err(); err != nil {
			return "", "", fmt.Errorf("bot: rename %s: %w", user, err)
		}
	}
	return in, to, nil
}

// address returns how the user of a session is reached: as the latest message says, by
// WhatsApp's timestamps, which are in seconds. A message that was under way when the id
// changed does not say it.
func address(user string, messages []Message) string {
	to, latest := "", time.Time{}
	for _, m := range messages {
		if m.At.After(latest) || m.At.Equal(latest) && m.To != "" {
			to, latest = m.To, m.At
		}
	}
	return cmp.Or(to, user)
}
