package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// parrot answers each text with "you said" and the text, and is right until it is
// asked for its fault.
func parrot(fault string) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return app{serve: func(w http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				for range map[string]int{"": 1, "twice": 2}[fault] {
					if err := sendText(env, m.from, "you said "+m.text); err != nil {
						w.WriteHeader(http.StatusServiceUnavailable)
					}
				}
				if fault == "dice" {
					_ = sendText(env, m.from, fmt.Sprint(rand.Uint64()))
				}
			}
		}}, nil
	}
}

type text struct{ from, text string }

// heard returns the texts in a webhook.
func heard(r *http.Request) (all []text) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook) // what is no webhook has no texts
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				all = append(all, text{"+" + m.From, m.Text.Body})
			}
		}
	}
	return all
}

// short is a story that takes no time to tell.
var short = sim.Workload{Users: 2, Events: 4, Settle: time.Second}

func TestExplore(t *testing.T) {
	report, err := sim.Explore(parrot(""), sim.Seeds(20), short, sim.AnyBot()...)
	if err != nil || report.Seeds != 20 || report.Simulated < 20*time.Second || !strings.HasPrefix(report.String(), "20 seeds: ") {
		t.Errorf("got %v, %v", report, err)
	}
	_, err = sim.Explore(parrot("twice"), sim.Seeds(20), short, sim.AnyBot()...)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok || failure.Seed != 1 || failure.Property != "nothing is said twice" || len(failure.Steps) != 1 || failure.Drawn != 4 {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"sim: seed 1 breaks the property that nothing is said twice", "1 of 4 steps do it:\n", " says \"", "replay: SIM_SEED=1 go test -count=1 -run '^TestExplore$' wappasim/sim"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

// TestExploreReplay replays a seed as the printed line does.
func TestExploreReplay(t *testing.T) {
	t.Setenv("SIM_SEED", "7")
	report, err := sim.Explore(parrot("twice"), sim.Seeds(20), short, sim.AnyBot()...)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok || failure.Seed != 7 || report.Seeds != 1 {
		t.Fatalf("got %v", err)
	}
	_, again := sim.Explore(parrot("twice"), sim.Seeds(20), short, sim.AnyBot()...)
	if again.Error() != err.Error() {
		t.Errorf("got\n%v\nand then\n%v", err, again)
	}
}

// TestExploreBadSeed wants a seed that is none to be told.
func TestExploreBadSeed(t *testing.T) {
	t.Setenv("SIM_SEED", "seven")
	for name, err := range map[string]error{
		"Explore": func() error { _, err := sim.Explore(parrot(""), sim.Seeds(20), short); return err }(),
		"Check":   sim.Check(parrot(""), sim.Seeds(20), short),
	} {
		if err == nil || err.Error() != `sim: SIM_SEED is "seven": want the number of a seed` {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestExploreKeep keeps seeds that failed, and tries them first.
func TestExploreKeep(t *testing.T) {
	workload := short
	workload.SeedFile = filepath.Join(t.TempDir(), "testdata", "kept.seeds")
	from100 := func(yield func(uint64) bool) { _ = yield(100) && yield(101) }
	if _, err := sim.Explore(parrot("twice"), from100, workload, sim.AnyBot()...); err == nil {
		t.Fatal("it passes")
	}
	if kept, err := os.ReadFile(workload.SeedFile); err != nil || string(kept) != "100 nothing is said twice\n" {
		t.Errorf("got %q, %v", kept, err)
	}
	_, err := sim.Explore(parrot("twice"), sim.Seeds(1), workload, sim.AnyBot()...)
	if failure, ok := errors.AsType[*sim.Failure](err); !ok || failure.Seed != 100 {
		t.Errorf("got %v", err)
	}
	if kept, err := os.ReadFile(workload.SeedFile); err != nil || strings.Count(string(kept), "\n") != 1 {
		t.Errorf("got %q, %v", kept, err)
	}
	if err := os.WriteFile(workload.SeedFile, []byte("what?\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Explore(parrot(""), sim.Seeds(1), workload); err == nil || !strings.Contains(err.Error(), `"what?" is no seed`) {
		t.Errorf("got %v", err)
	}
}

// TestExploreSometimes wants rare paths to be taken.
func TestExploreSometimes(t *testing.T) {
	never := sim.Sometimes("it snows", func(*trace.Trace) bool { return false })
	often := sim.Sometimes("somebody writes", func(t *trace.Trace) bool { return len(t.Events()) > 0 })
	report, err := sim.Explore(parrot(""), sim.Seeds(5), short, never, often)
	if err == nil || err.Error() != "sim: not in one of 5 runs: sometimes it snows" || report.Taken["sometimes somebody writes"] != 5 {
		t.Errorf("got %v, %v", report, err)
	}
}

// TestExploreBadBots finds those that end, panic, leak or get stuck.
func TestExploreBadBots(t *testing.T) {
	for want, f := range map[string]sim.Factory{
		"the bot keeps running: sim: the bot's Run returned by itself: no": of(app{run: func(context.Context) error { time.Sleep(100 * time.Millisecond); return errors.New("no") }}),
		"no goroutine is left: goroutine": func(env sim.Env) (sim.App, error) {
			go func() { select {} }()
			return app{}, nil
		},
		"the bot keeps running: sim: the factory of the bot: no": func(sim.Env) (sim.App, error) { return nil, errors.New("no") },
		"every webhook is answered: event":                       of(app{serve: func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Second) }}),
	} {
		workload := short
		workload.Settle = time.Minute
		if _, err := sim.Explore(f, sim.Seeds(1), workload, sim.AnyBot()...); err == nil || !strings.Contains(err.Error(), "breaks the property that "+want) {
			t.Errorf("want %s, got %.500v", want, err)
		}
	}
	for _, bad := range []sim.Workload{{Users: -1}, {Settle: -1}, {Faults: []sim.FaultKind{"rain"}}, {Faults: []sim.FaultKind{sim.Thaw}}} {
		if _, err := sim.Explore(parrot(""), sim.Seeds(1), bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestCheck finds a bot that does not do the same twice.
func TestCheck(t *testing.T) {
	if err := sim.Check(parrot(""), sim.Seeds(20), sim.Workload{Faults: sim.AllFaults}); err != nil {
		t.Error(err)
	}
	gone := of(app{run: func(context.Context) error { time.Sleep(time.Millisecond); return nil }})
	if err := sim.Check(gone, sim.Seeds(2), short); err == nil || !strings.Contains(err.Error(), "Run returned by itself") {
		t.Errorf("got %v", err)
	}
	err := sim.Check(parrot("dice"), sim.Seeds(2), short)
	if err == nil || !strings.HasPrefix(err.Error(), "sim: seed 1 is not the same twice:\n") || strings.Count(err.Error(), " calls to +1555000000") != 2 {
		t.Errorf("got %v", err)
	}
}

func TestFaultSentences(t *testing.T) {
	for _, sentence := range sim.FaultSentences() {
		filled := strings.NewReplacer("{replica}", "2", "{n}", "3", "{code}", "429", "{by}", "1.5 seconds", "{for}", "2 minutes", "{point}", "after API call", "{like}", `"x.*y"`).Replace(sentence)
		fault, err := sim.ParseFault(filled)
		if err != nil || fault.String() != filled {
			t.Errorf("%q is read as %+v and written as %q, %v", filled, fault, fault, err)
		}
	}
	for sentence, want := range map[string]string{
		"it rains":              `"it rains" is not a fault: write it like`,
		"replica 0 crashes":     `"0" is not a number from 1 on`,
		"Redis takes 5 parsecs": `"5 parsecs" is not a time like 15 seconds or 1 day`,
		"the API answers 0":     `"0" is not a number from 1 on`,
		"the bot crashes maybe": "is not a fault",
		`the bot crashes after Redis command 1 like "("`: "missing closing )",
		"the next 2 webhooks":                            "is not a fault",
		"replica 1 freezes for ":                         "is not a fault",
	} {
		if _, err := sim.ParseFault(sentence); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", sentence, err)
		}
	}
	w := world(t, of(app{}))
	for _, bad := range []sim.Fault{{Kind: "rain"}, {Kind: sim.Crash, Replica: 2}, {Kind: sim.APIFails, Code: 429}, {Kind: sim.APIAnswers, Code: 999999}} {
		if err := w.Inject(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	for _, d := range []time.Duration{time.Millisecond, 1500 * time.Millisecond, time.Second, 90 * time.Second, 36 * time.Hour} {
		if got, err := sim.ParseDuration(sim.FormatDuration(d)); err != nil || got != d {
			t.Errorf("%s is written as %q, %v", d, sim.FormatDuration(d), err)
		}
	}
}

func TestTrace(t *testing.T) {
	run := func(seed uint64, text string) *trace.Trace {
		w := world(t, parrot(""), sim.Seed(seed), sim.Latency(time.Millisecond))
		if err := w.Say("Ana", text); err != nil {
			t.Fatal(err)
		}
		return w.Trace()
	}
	a, b, c, d := run(1, "hi"), run(1, "hi"), run(1, "ho"), run(2, "hi")
	if a.Hash() != b.Hash() || a.Diff(b) != "" {
		t.Errorf("equal runs part:\n%s", a.Diff(b))
	}
	if a.Hash() == c.Hash() || a.Hash() == d.Hash() || !strings.Contains(a.Diff(c), `says to whatsapp "ho"`) {
		t.Errorf("got %s", a.Diff(c))
	}
	var lines, objects strings.Builder
	n, err := a.WriteTo(&lines)
	if err != nil || n != int64(lines.Len()) || !strings.Contains(lines.String(), `+15550000001 says to whatsapp "hi" …`) {
		t.Errorf("got %d, %v\n%s", n, err, &lines)
	}
	if _, err := a.WriteJSON(&objects); err != nil {
		t.Fatal(err)
	}
	events := a.Events()
	for i, line := range strings.Split(strings.TrimSpace(objects.String()), "\n") {
		var e trace.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.String() != events[i].String() || e.N != i+1 {
			t.Errorf("got %s, %v", line, err)
		}
	}
}
