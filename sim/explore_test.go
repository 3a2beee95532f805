package sim_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// short is a workload whose runs are quick.
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

// TestSeedVariableReplaysASeed replays a seed as the printed line does.
func TestSeedVariableReplaysASeed(t *testing.T) {
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

func TestSeedVariableMustBeANumber(t *testing.T) {
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

// TestFailedSeedsAreTriedFirst looks into the file of seeds that failed.
func TestFailedSeedsAreTriedFirst(t *testing.T) {
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
	if _, err := sim.Explore(parrot(""), sim.Seeds(1), workload); err == nil || !strings.Contains(err.Error(), `"what?" is not the number of a seed`) {
		t.Errorf("got %v", err)
	}
}

func TestSometimesMustHoldInOneRun(t *testing.T) {
	never := sim.Sometimes("it snows", func(*trace.Trace) bool { return false })
	often := sim.Sometimes("somebody writes", func(t *trace.Trace) bool { return len(t.Events()) > 0 })
	report, err := sim.Explore(parrot(""), sim.Seeds(5), short, never, often)
	if err == nil || err.Error() != "sim: not in one of 5 runs: sometimes it snows" || report.Taken["sometimes somebody writes"] != 5 {
		t.Errorf("got %v, %v", report, err)
	}
}

func TestExploreFindsBotsThatEndLeakOrHang(t *testing.T) {
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

func TestCheckFindsABotThatIsNotTheSameTwice(t *testing.T) {
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

// TestCheckPassesALeakingBot wants the goroutines that a bot leaves to be described the
// same in each run.
func TestCheckPassesALeakingBot(t *testing.T) {
	leaking := func(sim.Env) (sim.App, error) {
		go func() { select {} }()
		go func() { <-make(chan int) }()
		return app{}, nil
	}
	if err := sim.Check(leaking, sim.Seeds(3), short); err != nil {
		t.Error(err)
	}
}

// exploreTwice is a subtest that is not a function literal of a test.
func exploreTwice(t *testing.T) {
	t.Run("deeper", exploreOnce)
	var beside sync.WaitGroup
	beside.Go(func() { exploreOnce(t) })
	beside.Wait()
}

func exploreOnce(t *testing.T) {
	_, err := sim.Explore(parrot("twice"), sim.Seeds(1), short, sim.SaidOnce())
	if want := "replay: SIM_SEED=1 go test -count=1 -run '^TestReplayCommandIsFoundFromAnyDepth$' wappasim/sim"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %s, got %v", want, err)
	}
}

func TestReplayCommandIsFoundFromAnyDepth(t *testing.T) { t.Run("helper", exploreTwice) }

// TestFindingsSayHowOftenTheyFail explores a bot that answers twice when the runtime
// chooses one of two ready cases.
func TestFindingsSayHowOftenTheyFail(t *testing.T) {
	fickle := func(env sim.Env) (sim.App, error) {
		one, two := make(chan int, 1), make(chan int, 1)
		one <- 1
		two <- 2
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				times := 0
				select {
				case times = <-one:
					one <- times
				case times = <-two:
					two <- times
				}
				for range times {
					_ = sendText(env, m.from, "you said "+m.text)
				}
			}
		}}, nil
	}
	report, err := sim.Explore(fickle, sim.Seeds(20), sim.Workload{Users: 1, Events: 1, Settle: time.Minute}, sim.SaidOnce())
	if err == nil || !regexp.MustCompile(`\nfails in \d+ of 20 replays: `).MatchString(err.Error()) {
		t.Fatalf("got %v", err)
	}
	if f := report.Failures[0]; f.Failed == f.Replays {
		t.Errorf("got %+v", f)
	}
	_, err = sim.Explore(parrot("twice"), sim.Seeds(1), short, sim.SaidOnce())
	if err == nil || strings.Contains(err.Error(), " replays: ") {
		t.Errorf("a bot that fails each time: got %v", err)
	}
}

// TestAPanicNamesTheSeed runs itself as another process, which ends by a panic of the bot.
func TestAPanicNamesTheSeed(t *testing.T) {
	const variable = "SIM_TEST_PANIC"
	if os.Getenv(variable) != "" {
		panics := of(app{run: func(ctx context.Context) error {
			time.AfterFunc(time.Second, func() { panic("the bot's own") })
			<-ctx.Done()
			return nil
		}})
		_, err := sim.Explore(panics, sim.Seeds(3), short)
		t.Fatalf("it went on: %v", err)
	}
	child := exec.Command(os.Args[0], "-test.run", "^TestAPanicNamesTheSeed$")
	child.Env = append(os.Environ(), variable+"=1")
	out, err := child.CombinedOutput()
	if want := `SIM_SEED=\d+ go test -count=1 -run '\^TestAPanicNamesTheSeed\$' wappasim/sim`; err == nil || !regexp.MustCompile(want).Match(out) || !strings.Contains(string(out), "panic: the bot's own") {
		t.Errorf("got %v\n%s", err, out)
	}
}
