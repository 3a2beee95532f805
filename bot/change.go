package bot

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"wappasim/bot/expiry"
	"wappasim/bot/webhook"
)

//go:embed lua/change_once.lua
var changeSource string

var changeScript = expiry.NewScript(changeSource)

// changed is what became of an edit or a deletion.
type changed int

const (
	changedSession   changed = 1 // the message is in the open session, with its new words, or was
	changedNoted     changed = 2 // the edit is a message of the session
	changedNothing   changed = 3 // a later change came first, or the message is deleted and its history was begun
	changedDuplicate changed = 4 // it came before
)

var changeWords = map[changed]string{
	changedSession: "changed", changedNoted: "noted", changedNothing: "ignored", changedDuplicate: "duplicate",
}

// change edits or deletes a message of a user. It is not confirmed.
func (b *Bot) change(ctx context.Context, user string, m webhook.Message, at time.Time) error {
	ctx, cancel := b.cfg.Clock.WithTimeout(ctx, storeTimeout)
	defer cancel()
	in, did, err := b.users.change(ctx, user, m, at, Inactivity, b.cfg.Silence)
	if err != nil {
		return err
	}
	b.metrics.messages.WithLabelValues(changeWords[did]).Inc()
	b.log.Info("a message was edited or deleted", "user", user, "id", m.ID, "of", cmp.Or(m.Edits, m.Deletes), "deleted", m.Deletes != "", "result", changeWords[did])
	if did == changedSession || did == changedNoted {
		b.worker.LookWithin(Inactivity, in, b.cfg.Silence)
	}
	return nil
}

// change edits or deletes a message, as lua/change_once.lua says, and restarts the timer of
// the action for the user if that changes the session. At is when the user did it. It returns
// the user in whose session that is.
func (c *UserCache) change(ctx context.Context, user string, m webhook.Message, at time.Time, action string, silence time.Duration) (in string, did changed, err error) {
	id := cmp.Or(m.Edits, m.Deletes)
	token := c.token()
	in, answer, err := c.inSession(user, func(user, to string) (any, error) {
		begin, when, rest, err := splitMessage(Message{ID: id, At: at, Type: m.Type, Text: m.Text, To: to, Edited: at})
		if err != nil {
			return nil, err
		}
		if m.Deletes != "" {
			rest = ""
		}
		keys := []string{
			c.key(user), c.seenKey(user, cmp.Or(m.ID, token)), c.seenKey(user, id), c.changeKey(user, id),
			c.layout.Deadlines(action, user), c.layout.Trigger(action, user), c.paceKey(user), c.aliasKey(user),
		}
		return changeScript.Run(ctx, c.client, keys, token, c.layout.TriggerDB(), usersDB, user,
			silence.Milliseconds(), (silence + sessionLife).Milliseconds(), Dedupe.Milliseconds(), c.limit, maxSession,
			pairInterval.Milliseconds(), uncounted, begin, when, rest, at.Unix()).Result()
	})
	if err != nil {
		return "", 0, fmt.Errorf("bot: change a message in %s: %w", c.key(user), err)
	}
	n, _ := answer.(int64)
	return in, changed(n), nil
}

// splitMessage divides a message as a session holds it before and after its time, without
// the last brace.
func splitMessage(m Message) (begin, at, rest string, err error) {
	if m.Type == textType {
		m.Type = ""
	}
	text, err := encode(m)
	if err != nil {
		return "", "", "", err
	}
	id, err := encode(m.ID)
	if err != nil {
		return "", "", "", err
	}
	quoted, err := json.Marshal(m.At)
	if err != nil {
		return "", "", "", err
	}
	begin, at = `{"id":`+string(id)+`,"at":"`, string(quoted[1:len(quoted)-1])
	return begin, at, string(text[len(begin)+len(at) : len(text)-1]), nil
}
