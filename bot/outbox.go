package bot

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

// sentLife is how long a history that was sent is kept, in case that WhatsApp says
// later that it failed. What is delivered goes at once.
const sentLife = 24 * time.Hour

var (
	//go:embed begin.lua
	beginSource string
	//go:embed store.lua
	storeSource string
	//go:embed mark.lua
	markSource string
	//go:embed release.lua
	releaseSource string
	//go:embed fail.lua
	failSource string

	beginScript   = expiry.NewScript(beginSource)
	storeScript   = expiry.NewScript(storeSource)
	markScript    = expiry.NewScript(markSource)
	releaseScript = expiry.NewScript(releaseSource)
	failScript    = expiry.NewScript(failSource)
)

// batches are the sessions whose silence is over, under wappa:batch:<user>:<lapse>,
// from when they are taken until WhatsApp has delivered their histories.
type batches struct {
	client redis.UniversalClient
	layout expiry.Layout
	users  *UserCache
	proof  time.Duration // how long a part that was begun is waited for
}

func (b *batches) key(user, id string) string {
	return b.layout.Prefix(user) + "batch:" + user + ":" + id
}

// step is what begin says is to be done.
type step struct {
	do    string        // "send", "wait", "pace", "none", "done", "parked", "lost": see begin.lua
	wait  time.Duration // until begin is to be called again
	part  int           // to be sent, from 0
	parts int
	texts []string // of the parts; nil until they were stored
	data  UserData // the session
}

// begin begins the next part of a history, which must be sent at once.
func (b *batches) begin(ctx context.Context, l *expiry.Firing) (s step, err error) {
	user, field := l.Identifier, expiry.Parked{Action: l.Action, Identifier: l.Identifier, ID: l.ID}.Field()
	keys := []string{
		b.users.key(user), b.key(user, l.ID), b.layout.Firing(l.Action, user), b.layout.Leases(l.Action, user),
		b.layout.Deadlines(l.Action, user), b.layout.Parked(user), b.users.paceKey(user),
	}
	answer, err := beginScript.Run(ctx, b.client, keys, user, l.ID, l.Owner, expiry.Lease.Milliseconds(), b.proof.Milliseconds(),
		field, pairInterval.Milliseconds(), (pairBurst * pairInterval).Milliseconds(), uncounted).Slice()
	if err != nil {
		return step{}, fmt.Errorf("bot: begin the history of %s: %w", user, err)
	}
	s.do = fmt.Sprint(answer[0])
	switch s.do {
	case "wait", "pace":
		s.wait = time.Duration(answer[1].(int64)) * time.Millisecond
	case "send":
		s.part, s.parts = int(answer[1].(int64)), int(answer[2].(int64))
		if s.data, err = parseUserData(b.key(user, l.ID), []byte(fmt.Sprint(answer[3]))); err != nil {
			return s, err
		}
		if texts := fmt.Sprint(answer[4]); texts != "" {
			if err := json.Unmarshal([]byte(texts), &s.texts); err != nil {
				return s, fmt.Errorf("bot: %s holds no texts: %w", b.key(user, l.ID), err)
			}
		}
	}
	return s, nil
}

// store stores the texts of the parts, so that what is sent after a crash or a
// change of the configuration goes on where it was.
func (b *batches) store(ctx context.Context, l *expiry.Firing, texts []string) error {
	text, err := encode(texts)
	stored := 0
	if err == nil {
		keys := []string{b.key(l.Identifier, l.ID), b.layout.Firing(l.Action, l.Identifier)}
		stored, err = storeScript.Run(ctx, b.client, keys, l.ID, l.Owner, len(texts), text).Int()
	}
	if err != nil {
		return fmt.Errorf("bot: store the history of %s: %w", l.Identifier, err)
	}
	if stored == 0 {
		return expiry.ErrLost
	}
	return nil
}

// drop deletes the batch of a history that has nothing to be sent.
func (b *batches) drop(ctx context.Context, l *expiry.Firing) error {
	if err := b.client.Del(ctx, b.key(l.Identifier, l.ID)).Err(); err != nil {
		return fmt.Errorf("bot: drop the history of %s: %w", l.Identifier, err)
	}
	return nil
}

// release takes back that a part was begun, since it surely was not sent.
func (b *batches) release(ctx context.Context, l *expiry.Firing, part int) error {
	if err := releaseScript.Run(ctx, b.client, []string{b.key(l.Identifier, l.ID)}, part, l.Owner).Err(); err != nil {
		return fmt.Errorf("bot: release the history of %s: %w", l.Identifier, err)
	}
	return nil
}

// States of a part.
const (
	partSent      = "sent"
	partDelivered = "delivered"
)

// mark marks a part as sent or delivered, in the message with an id.
func (b *batches) mark(ctx context.Context, p part, state, messageID string) error {
	keys := []string{b.key(p.user, p.id), b.layout.Firing(Inactivity, p.user), b.layout.Leases(Inactivity, p.user), b.layout.Parked(p.user)}
	field := expiry.Parked{Action: Inactivity, Identifier: p.user, ID: p.id}.Field()
	if err := markScript.Run(ctx, b.client, keys, p.user, p.id, p.n, state, sentLife.Milliseconds(), messageID, field).Err(); err != nil {
		return fmt.Errorf("bot: mark the history of %s as %s: %w", p.user, state, err)
	}
	return nil
}

// maxFailures is how often a part of a history that WhatsApp took is sent again by
// itself after a status says that it failed.
const maxFailures = 5

// What fail did.
const (
	failedAgain  = 1 // it is sent again
	failedParked = 2
)

// fail deals with a part that failed after WhatsApp had taken it. A temporary
// failure has it sent again, at most maxFailures times.
func (b *batches) fail(ctx context.Context, p part, messageID string, parked expiry.Parked, temporary bool) (did int, err error) {
	keys := []string{b.key(p.user, p.id), b.layout.Leases(Inactivity, p.user), b.layout.Firing(Inactivity, p.user), b.layout.Parked(p.user)}
	wait := ""
	if temporary {
		wait = strconv.FormatInt(expiry.Backoff(1, p.id).Milliseconds(), 10)
	}
	did, err = failScript.Run(ctx, b.client, keys, p.user, p.id, p.n, messageID, parked.Field(), parked.Record(), wait, maxFailures).Int()
	if err != nil {
		return 0, fmt.Errorf("bot: deal with the failed history of %s: %w", p.user, err)
	}
	return did, nil
}

// part is one of the messages that a history is sent in. Its String travels with
// the message as biz_opaque_callback_data, and comes back in its statuses.
type part struct {
	user string
	id   string // of the lapse
	n    int    // from 0
}

func (p part) String() string { return fmt.Sprintf("history %s %s %d", p.user, p.id, p.n) }

var errNoPart = errors.New("bot: it names no part of a history")

func parsePart(opaque string) (p part, err error) {
	words := strings.Split(opaque, " ")
	if len(words) != 4 || words[0] != "history" {
		return part{}, errNoPart
	}
	p = part{user: words[1], id: words[2]}
	if p.n, err = strconv.Atoi(words[3]); err != nil || p.n < 0 {
		return part{}, errNoPart
	}
	return p, nil
}
