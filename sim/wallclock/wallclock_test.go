package wallclock_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wappasim/sim/wallclock"
)

const bot = `package bot

import (
	"context"
	wall "time"

	"github.com/benbjohnson/clock"
)

var now = wall.Now

var own = clock.New()

type Bot[T any] struct{ Now func() wall.Time }

func (b *Bot[T]) Run(ctx context.Context) {
	ctx, _ = context.WithDeadline(ctx, b.Now().Add(wall.Since(b.Now())))
	<-wall.After(wall.Second)
}

func (b Bot[T]) shadows() {
	var wall struct{ Now func() }
	wall.Now()
}
`

const dotted = `package bot

import . "time"

func at(t Time) Duration { return Until(t) }

func other(o interface{ Now() Time }) Time { return o.Now() }
`

// module writes a module and returns its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestUsesAreFoundWhateverTheirName(t *testing.T) {
	folder := module(t, map[string]string{
		"bot.go": bot, "in/dotted.go": dotted, "bot_test.go": dotted, "testdata/a.go": dotted, "vendor/a.go": dotted, ".git/a.go": dotted,
		"other/go.mod": "module other", "other/a.go": dotted,
	})
	for _, c := range []struct {
		functions []string
		want      []string
	}{
		{wallclock.Reads, []string{
			"bot.go:10:11: time.Now in now", "bot.go:12:11: github.com/benbjohnson/clock.New in own",
			"bot.go:17:11: context.WithDeadline in Bot.Run", "bot.go:17:49: time.Since in Bot.Run",
			"in/dotted.go:5:35: time.Until in at",
		}},
		{wallclock.Waits, []string{"bot.go:18:4: time.After in Bot.Run"}},
	} {
		uses, err := wallclock.Uses(folder, c.functions)
		var got []string
		for _, u := range uses {
			got = append(got, u.String())
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("got\n%s\nwant\n%s\n%v", strings.Join(got, "\n"), strings.Join(c.want, "\n"), err)
		}
	}
	if _, err := wallclock.Uses(module(t, map[string]string{"a.go": "func"}), wallclock.Reads); err == nil || !strings.Contains(err.Error(), "a.go:1:1") {
		t.Errorf("got %v", err)
	}
}

// failures is a test that counts what fails it.
type failures struct {
	testing.TB
	found []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.found = append(f.found, fmt.Sprintf(format, args...))
}

func TestRefuseAllowsWithAReason(t *testing.T) {
	f := &failures{TB: t}
	wallclock.Refuse(f, module(t, map[string]string{"dotted.go": dotted}), wallclock.Reads, map[string]string{"at": "it is for a log"})
	if len(f.found) != 0 {
		t.Errorf("got %q", f.found)
	}
	wallclock.Refuse(f, module(t, map[string]string{"dotted.go": dotted}), wallclock.Reads, map[string]string{"when": "it is for a log"})
	if want := []string{
		"dotted.go:5:35: time.Until in at: want the bot's own clock, which in a world is the Clock of sim.Env",
		"when is allowed to use the wall clock, because it is for a log, and does not",
	}; !slices.Equal(f.found, want) {
		t.Errorf("got %q", f.found)
	}
}

// TestThisPackageReadsNoClock is how a bot's test uses Refuse.
func TestThisPackageReadsNoClock(t *testing.T) {
	wallclock.Refuse(t, ".", wallclock.Reads, nil)
}
