package notes

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/examples/internal/outbox"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/storage"
	"wappasim/sim/trace"
)

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot, sim.Env, *sql.DB)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		dir, err := env.Dir()
		if err != nil {
			return nil, err
		}
		db, err := storage.Open(env.Life, "sqlite", filepath.Join(dir, "notes.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock=immediate"))
		if err != nil {
			return nil, err
		}
		b, err := New(explore.Account(env), db, env.Logger)
		if err == nil && change != nil {
			change(b, env, db)
		}
		return b, err
	}
}

// workload is one process with all faults but those of Redis, which the bot does not use.
var workload = sim.Workload{
	Replicas: 1, Settle: 10 * time.Minute,
	People: []people.Person{people.Mix(people.Anybody, people.Writer)},
	Faults: slices.DeleteFunc(slices.Clone(sim.AllFaults), func(k sim.FaultKind) bool { return strings.HasPrefix(string(k), "redis") }),
}

func properties() []sim.Property {
	own := []sim.Property{explore.UnlessAway(saidOnce()), sim.OwnWords(), sim.Within24Hours(), sim.Reacted(), sim.Answered(), sim.NoLeaks()}
	return append(own, explore.NotRefused(), explore.EachAnswered(), keptOnce(),
		sim.Reaches("is deleted"), sim.Reaches("the newest first"))
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// TestFindsCrashBetweenStatements plants that the bot calls WhatsApp between two statements:
// it keeps a note, answers, and then marks the message.
func TestFindsCrashBetweenStatements(t *testing.T) {
	bot := planted(func(b *Bot, env sim.Env, db *sql.DB) {
		hook := b.Handler.(cloudapi.Webhook)
		hook.OnMessage = func(ctx context.Context, m cloudapi.Message) error {
			var marked int
			if err := db.QueryRow(`SELECT count(*) FROM seen WHERE message = ?`, m.ID).Scan(&marked); err != nil || marked > 0 {
				return err
			}
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			content, err := answer(tx, m)
			if err != nil {
				return err
			}
			if err := tx.Commit(); err != nil {
				return err
			}
			if err := hook.Account.Send(ctx, m.From, content, ""); err != nil {
				return err
			}
			return b.Change(ctx, m, func(*sql.Tx) ([]outbox.Message, error) { return nil, nil })
		}
		b.Handler = hook
	})
	crashing := workload
	crashing.Faults = []sim.FaultKind{sim.Crash, sim.Restart}
	explore.Finds(t, keptOnce().Name, 5, bot, crashing, keptOnce())
}

var noted = regexp.MustCompile(`^Note (\d+): (.*)`)

// keptOnce is that no two notes of a user have one number, and no note has two.
func keptOnce() sim.Property {
	return sim.Property{Name: "a note is kept once", Check: func(t *trace.Trace) (found []sim.Violation) {
		number, text := make(map[string]string), make(map[string]string)
		for _, e := range t.Events() {
			m := noted.FindStringSubmatch(e.Text)
			if m == nil || e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			n, words := e.To+" "+m[1], e.To+" "+m[2]
			if was, ok := text[n]; ok && was != words {
				found = append(found, sim.Violation{At: e.At, Why: fmt.Sprintf("event %d: note %s is %q, and was %q", e.N, n, words, was)})
			}
			if was, ok := number[words]; ok && was != n {
				found = append(found, sim.Violation{At: e.At, Why: fmt.Sprintf("event %d: note %s is %q, which was note %s", e.N, n, words, was)})
			}
			text[n], number[words] = words, n
		}
		return found
	}}
}

// saidOnce is [sim.SaidOnce], but that a list of notes comes as often as somebody taps for
// it: a tap may have been on its way since before there was the note that is listed.
func saidOnce() sim.Property {
	isList := func(text string) bool { return strings.HasPrefix(text, "Your notes, the newest first.") }
	p := sim.SaidOnce()
	check := p.Check
	p.Check = func(t *trace.Trace) []sim.Violation {
		found := slices.DeleteFunc(check(t), func(v sim.Violation) bool { return strings.Contains(v.Why, `"Your notes, the newest first.`) })
		taps, lists := make(map[string]int), make(map[string]int)
		last := make(map[string]trace.Event)
		for _, e := range t.Events() {
			switch {
			case e.What == trace.Says && e.Text == "[tap "+all.Title+"]":
				taps[e.Who]++
			case e.What == trace.Calls && len(e.IDs) > 0 && isList(e.Text):
				if lists[e.To]++; lists[e.To] > taps[e.To] {
					found = append(found, sim.Violation{At: last[e.To].At, Until: e.At, Why: fmt.Sprintf("event %d: %s gets more lists than taps for one", e.N, e.To)})
				}
				last[e.To] = e
			}
		}
		return found
	}
	return p
}
