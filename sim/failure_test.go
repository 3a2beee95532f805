package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// poller is a bot that asks Redis the same every second, but for a number, and counts
// webhooks there. It talks RESP as it is told.
func poller(protocol int) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		options := env.Redis.Simple()
		options.Protocol = protocol
		client := redis.NewClient(options)
		return app{
			serve: func(_ http.ResponseWriter, r *http.Request) {
				for _, m := range heard(r) {
					pipe := client.Pipeline()
					pipe.Incr(r.Context(), "count")
					pipe.RPush(r.Context(), "said", m.text)
					_, _ = pipe.Exec(r.Context())
				}
			},
			run: func(ctx context.Context) error {
				events := client.Subscribe(ctx, "said")
				defer events.Close()
				for n := range 1000 {
					client.Get(ctx, fmt.Sprint("due:", time.Now().Unix()))
					client.Publish(ctx, "said", n)
					select {
					case <-ctx.Done():
						return nil
					case <-time.After(time.Second):
					}
				}
				return nil
			},
			close: client.Close,
		}, nil
	}
}

// TestTraceShowsWhatRedisAnswers wants an answer for each command, but for those to subscribe.
func TestTraceShowsWhatRedisAnswers(t *testing.T) {
	for protocol := 2; protocol <= 3; protocol++ {
		w := world(t, poller(protocol), sim.Latency(5*time.Millisecond), sim.Seed(3))
		for _, text := range []string{"one", "message"} {
			if err := errors.Join(w.Say("Ana", text), w.Wait(2*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, e := range w.Trace().Events() {
			if e.What == trace.Commands && e.Answer == "" && !strings.HasPrefix(e.Text, "SUBSCRIBE") {
				t.Errorf("RESP %d: it has no answer: %s", protocol, e)
			}
			if strings.HasPrefix(e.Text, "INCR") || strings.HasPrefix(e.Text, "RPUSH") {
				got = append(got, e.Text+" "+e.Answer)
			}
		}
		if want := []string{"INCR count (integer) 1", "RPUSH said one (integer) 1", "INCR count (integer) 2", "RPUSH said message (integer) 2"}; !slices.EqualFunc(got, want, strings.EqualFold) {
			t.Errorf("RESP %d: got %q", protocol, got)
		}
	}
}

// TestFailuresFoldWhatTheBotRepeats has a bot whose polls all differ by a number.
func TestFailuresFoldWhatTheBotRepeats(t *testing.T) {
	silent := sim.Property{Name: "nobody speaks", Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, e := range t.Events() {
			if e.What == trace.Says {
				found = append(found, sim.Violation{At: e.At, Why: e.Who + " does"})
			}
		}
		return found
	}}
	workload := sim.Workload{Users: 1, Events: 4, Replicas: 1, Settle: time.Minute, People: []people.Person{people.Writer}}
	_, err := sim.Explore(poller(3), sim.Seeds(1), workload, silent)
	if err == nil {
		t.Fatal("it passes")
	}
	for part, times := range map[string]int{`commands to redis "GET due:17`: 2, `to redis "PUBLISH said `: 2, `"RPUSH said `: 1, `left out, like those above: `: 2, `× bot 1 commands "GET due:#" → (nil)`: 1} {
		if got := strings.Count(err.Error(), part); got != times {
			t.Errorf("%q stands there %d times, not %d:\n%v", part, got, times, err)
		}
	}
	if got := strings.Count(err.Error(), "\n"); got > 30 {
		t.Errorf("it has %d lines:\n%v", got, err)
	}
}

// TestPlayPlaysSteps plays steps that fail, steps that do not, and ones that are impossible.
func TestPlayPlaysSteps(t *testing.T) {
	steps := []sim.Step{{At: time.Second, Who: "Ana", Act: people.Say("hello")}, {At: 2 * time.Second, Who: "Ana", Act: people.Act{Kind: people.Taps, Offer: people.Offer{Title: "Yes"}}}}
	if err := sim.Play(parrot(""), 7, steps, short, sim.AnyBot()...); err != nil {
		t.Error(err)
	}
	err := sim.Play(parrot("twice"), 7, append(steps, sim.Step{At: time.Hour, Fault: sim.Fault{Kind: sim.Heal}}), short, sim.AnyBot()...)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok || failure.Property != "nothing is said twice" || len(failure.Steps) != 1 || failure.Seed != 7 {
		t.Fatalf("got %v", err)
	}
	events := failure.Trace.Events()
	if last := events[len(events)-1]; last.At.Sub(events[0].At) < time.Hour {
		t.Errorf("the world ends at %s", last.At)
	}
	if want := "replay: go test -count=1 -run '^TestPlayPlaysSteps$' wappasim/sim\n"; !strings.Contains(err.Error(), want) {
		t.Errorf("%q is not in\n%v", want, err)
	}
}

// TestTakeAndJudge plays a run step by step.
func TestTakeAndJudge(t *testing.T) {
	for what, want := range map[string]string{"": "<nil>", "twice": `sim: it does not hold that nothing is said twice: `} {
		w := world(t, parrot(what), sim.Latency(5*time.Millisecond))
		began := w.Now()
		if err := w.Take(sim.Step{At: 3 * time.Second, Who: "Ana", Act: people.Say("hello")}); err != nil {
			t.Fatal(err)
		}
		if w.Now().Sub(began) != 3*time.Second || len(w.Inbox("Ana")) != 0 {
			t.Errorf("it is %s, and %d messages came", w.Now(), len(w.Inbox("Ana")))
		}
		if err := w.Take(sim.Step{Who: "Ana", Act: people.React("👍")}); err == nil || err.Error() != `sim: it is not possible that Ana reacts "👍"` {
			t.Errorf("got %v", err)
		}
		if err := w.Wait(time.Minute); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Judge(sim.AnyBot()...); !strings.HasPrefix(fmt.Sprint(err), want) {
				t.Errorf("%s: got %v", what, err)
			}
		}
		if err := w.Say("Ana", "hello?"); err == nil || err.Error() != "sim: the world is closed" {
			t.Errorf("got %v", err)
		}
	}
}

// TestProgressIsTold explores until Progress was called.
func TestProgressIsTold(t *testing.T) {
	var reports []sim.Report
	told := make(chan struct{})
	workload := short
	workload.KeepGoing = true
	workload.Progress = func(r sim.Report) {
		if reports = append(reports, r); len(reports) == 1 {
			close(told)
		}
	}
	report, err := sim.Explore(parrot("twice"), func(yield func(uint64) bool) {
		for seed := uint64(1); ; seed++ {
			select {
			case <-told:
				return
			default:
			}
			if !yield(seed) {
				return
			}
		}
	}, workload, sim.AnyBot()...)
	if err == nil || len(reports) == 0 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	if r := reports[0]; r.Seeds == 0 || r.Seeds > report.Seeds || r.Took < time.Second/2 || len(r.Failures) != 1 || r.Failures[0].Seed != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestOutIsAFolder wants nothing to be written unless it is asked for.
func TestOutIsAFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := sim.Explore(parrot("twice"), sim.Seeds(1), short, sim.SaidOnce())
	if files, _ := os.ReadDir("."); len(files) > 0 || !strings.HasSuffix(err.Error(), "\nwith SIM_OUT=FOLDER it also writes a recording, the trace, a scenario, a Go test and the conversation") {
		t.Errorf("%v, %v", files, err)
	}
	t.Setenv("SIM_OUT", "failures")
	report, err := sim.Explore(parrot("twice"), sim.Seeds(1), short, sim.SaidOnce())
	folder := filepath.Join("failures", "seed-1-nothing-is-said-twice")
	if report.Failures[0].Folder != folder || !strings.HasSuffix(err.Error(), "\nwritten to "+folder+": a recording, the trace, a scenario, a Go test, the conversation") {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "failure.txt")); err != nil || string(text) != report.Failures[0].Error()+"\n" {
		t.Errorf("got %s, %v", text, err)
	}
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIM_OUT", "file")
	if report, err = sim.Explore(parrot("twice"), sim.Seeds(1), short, sim.SaidOnce()); err == nil || !strings.Contains(err.Error(), "\nsim: write a failure: ") || report.Failures[0].Folder != "" {
		t.Errorf("got %v", err)
	}
}
