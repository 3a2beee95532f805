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
	//go:embed lua/begin_part.lua
	beginSource string
	//go:embed lua/store_texts.lua
	storeSource string
	//go:embed lua/mark_part.lua
	markSource string
	//go:embed lua/release_part.lua
	releaseSource string
	//go:embed lua/fail_part.lua
	failSource string

	beginScript   = expiry.NewScript(beginSource)
	storeScript   = expiry.NewScript(storeSource)
	markScript    = expiry.NewScript(markSource)
	releaseScript = expiry.NewScript(releaseSource)
	failScript    = expiry.NewScript(failSource)
)

// outbox holds the sessions whose silence is over, under wappa:batch:<user>:<firing>,
// from when they are taken until WhatsApp has delivered their histories.
type outbox struct {
	client redis.UniversalClient
	layout expiry.Layout
	users  *UserCache
	proof  time.Duration // how long a part that was begun is waited for
}

func (o *outbox) key(user, id string) string {
	return o.layout.Prefix(user) + "batch:" + user + ":" + id
}

// step is what the caller of begin must do next.
type step struct {
	do    string        // "send", "wait", "pace", "none", "done", "parked", "lost": see lua/begin_part.lua
	wait  time.Duration // until begin may be called again
	part  int           // to be sent, from 0
	parts int
	texts []string // of the parts; nil until they were stored
	data  UserData // the session
}

// begin begins the next part of a history, which must be sent at once.
func (o *outbox) begin(ctx context.Context, f *expiry.Firing) (s step, err error) {
	user, field := f.Identifier, expiry.Parked{Action: f.Action, Identifier: f.Identifier, ID: f.ID}.Field()
	keys := []string{
		o.users.key(user), o.key(user, f.ID), o.layout.Firing(f.Action, user), o.layout.Leases(f.Action, user),
		o.layout.Deadlines(f.Action, user), o.layout.Parked(user), o.users.paceKey(user),
	}
	answer, err := beginScript.Run(ctx, o.client, keys, user, f.ID, f.Owner, expiry.Lease.Milliseconds(), o.proof.Milliseconds(),
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
		if s.data, err = parseUserData(o.key(user, f.ID), []byte(fmt.Sprint(answer[3]))); err != nil {
			return s, err
		}
		if texts := fmt.Sprint(answer[4]); texts != "" {
			if err := json.Unmarshal([]byte(texts), &s.texts); err != nil {
				return s, fmt.Errorf("bot: the texts in %s are not a JSON list: %w", o.key(user, f.ID), err)
			}
		}
	}
	return s, nil
}

// store stores the texts of the parts, so that what is sent after a crash or a
// change of the configuration goes on where it was.
func (o *outbox) store(ctx context.Context, f *expiry.Firing, texts []string) error {
	text, err := encode(texts)
	stored := 0
	if err == nil {
		keys := []string{o.key(f.Identifier, f.ID), o.layout.Firing(f.Action, f.Identifier)}
		stored, err = storeScript.Run(ctx, o.client, keys, f.ID, f.Owner, len(texts), text).Int()
	}
	if err != nil {
		return fmt.Errorf("bot: store the history of %s: %w", f.Identifier, err)
	}
	if stored == 0 {
		return expiry.ErrLost
	}
	return nil
}

// drop deletes the batch of a history that has nothing to be sent.
func (o *outbox) drop(ctx context.Context, f *expiry.Firing) error {
	if err := o.client.Del(ctx, o.key(f.Identifier, f.ID)).Err(); err != nil {
		return fmt.Errorf("bot: drop the history of %s: %w", f.Identifier, err)
	}
	return nil
}

// release takes back that a part was begun, since it surely was not sent.
func (o *outbox) release(ctx context.Context, f *expiry.Firing, part int) error {
	if err := releaseScript.Run(ctx, o.client, []string{o.key(f.Identifier, f.ID)}, part, f.Owner).Err(); err != nil {
		return fmt.Errorf("bot: release the history of %s: %w", f.Identifier, err)
	}
	return nil
}

// States of a part.
const (
	partSent      = "sent"
	partDelivered = "delivered"
)

// mark marks a part as sent or delivered, in the message with an id.
func (o *outbox) mark(ctx context.Context, p part, state, messageID string) error {
	keys := []string{o.key(p.user, p.id), o.layout.Firing(Inactivity, p.user), o.layout.Leases(Inactivity, p.user), o.layout.Parked(p.user)}
	field := expiry.Parked{Action: Inactivity, Identifier: p.user, ID: p.id}.Field()
	if err := markScript.Run(ctx, o.client, keys, p.user, p.id, p.n, state, sentLife.Milliseconds(), messageID, field).Err(); err != nil {
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
func (o *outbox) fail(ctx context.Context, p part, messageID string, parked expiry.Parked, temporary bool) (did int, err error) {
	keys := []string{o.key(p.user, p.id), o.layout.Leases(Inactivity, p.user), o.layout.Firing(Inactivity, p.user), o.layout.Parked(p.user)}
	wait := ""
	if temporary {
		wait = strconv.FormatInt(expiry.Backoff(1, p.id).Milliseconds(), 10)
	}
	did, err = failScript.Run(ctx, o.client, keys, p.user, p.id, p.n, messageID, parked.Field(), parked.Record(), wait, maxFailures).Int()
	if err != nil {
		return 0, fmt.Errorf("bot: record the failed history of %s: %w", p.user, err)
	}
	return did, nil
}

// part is one of the messages that a history is sent in. Its String travels with
// the message as biz_opaque_callback_data, and comes back in its statuses.
type part struct {
	user string
	id   string // of the firing
	n    int    // from 0
}

func (p part) String() string { return fmt.Sprintf("history %s %s %d", p.user, p.id, p.n) }

var errNoPart = errors.New("bot: biz_opaque_callback_data does not name a part of a history")

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
