package sim_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/trace"
)

// nag is a bot that asks once a minute, without Redis.
type nag struct{ env sim.Env }

func (n nag) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (n nag) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
			if err := sendText(n.env, "+15550000001", "still there?"); err != nil {
				return err
			}
		}
	}
}

// unprompted has no 24-hour window: the bot may write to users who have not written.
func unprompted(c *fakewa.Config) { c.Window = fakewa.WindowOff }

func ExampleWorld_Wait() {
	w, err := sim.New(func(env sim.Env) (sim.App, error) { return nag{env}, nil }, sim.WhatsApp(unprompted))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	if err := w.Wait(2 * time.Minute); err != nil {
		fmt.Println(err)
	}
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:01:00 still there?
	// 09:02:00 still there?
}

// tally is a bot that numbers each user's messages, in Redis, and after ten
// seconds of silence says that it waits. It serves with a router of its own.
type tally struct {
	chi.Router
	env   sim.Env
	redis *redis.Client
}

func newTally(env sim.Env) (sim.App, error) {
	t := &tally{chi.NewRouter(), env, redis.NewClient(env.Redis.Simple())}
	t.Post("/webhook", t.receive)
	return t, nil
}

func (t *tally) Close() error { return t.redis.Close() }

// receive reads the number and writes the next one: two at once get the same.
func (t *tally) receive(w http.ResponseWriter, r *http.Request) {
	for _, m := range heard(r) {
		n, err := t.redis.Get(r.Context(), "count:"+m.from).Int()
		if err != nil && !errors.Is(err, redis.Nil) {
			http.Error(w, "Redis is away", http.StatusServiceUnavailable)
			return
		}
		t.redis.Set(r.Context(), "count:"+m.from, n+1, 0)
		t.redis.Set(r.Context(), "silence:"+m.from, "", 10*time.Second)
		_ = sendText(t.env, m.from, fmt.Sprintf("number %d: %s", n+1, m.text))
	}
}

func (t *tally) Run(ctx context.Context) error {
	t.redis.ConfigSet(ctx, "notify-keyspace-events", "Ex")
	events := t.redis.Subscribe(ctx, "__keyevent@0__:expired")
	defer events.Close()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-events.Channel():
			_ = sendText(t.env, strings.TrimPrefix(event.Payload, "silence:"), "I wait.")
		}
	}
}

// A conversation with a bot, in virtual time. The package comment has the same lines.
func Example() {
	w, err := sim.New(newTally) // a Factory, which makes the bot from an Env
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()
	w.Say("Ana", "hello")
	w.Wait(10 * time.Second)
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:00 number 1: hello
	// 09:00:10 I wait.
}

func ExampleWorld_Crash() {
	w, err := sim.New(newTally)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "hello")
	_ = w.Crash()
	fmt.Println(w.Say("Ana", "anyone there?"))
	_ = w.Restart()
	_ = w.Say("Ana", "and now?")
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.Text)
	}
	// Output:
	// sim: the bot did not take the webhook: status 503 the bot is down
	// number 1: hello
	// number 2: and now?
}

// A lost event is never repeated: a bot that waits for it waits for ever.
func ExampleWorld_Inject_lostEvent() {
	w, err := sim.New(newTally)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	lost, err := sim.ParseFault("the next expiry event is lost")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = w.Inject(lost)
	_ = w.Say("Ana", "hello")
	_ = w.Wait(time.Hour)
	fmt.Println(len(w.Inbox("Ana")), "message")
	_ = w.Say("Ana", "hello?")
	_ = w.Wait(time.Hour)
	fmt.Println(len(w.Inbox("Ana")), "messages")
	// Output:
	// 1 message
	// 3 messages
}

// Redis tells each replica of each key that expires.
func ExampleReplicas() {
	w, err := sim.New(newTally, sim.Replicas(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "hello")
	_ = w.Wait(10 * time.Second)
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:00 number 1: hello
	// 09:00:10 I wait.
	// 09:00:10 I wait.
}

// An exploration finds that messages of one person may come at once. Shrinking
// leaves two of them.
func ExampleExplore() {
	counted := sim.Property{Name: "no number is given twice", Check: func(t *trace.Trace) (found []sim.Violation) {
		given := make(map[string]bool)
		for _, e := range t.Events() {
			number, _, ok := strings.Cut(e.Text, ":")
			if e.What != trace.Calls || !ok {
				continue
			}
			if given[e.To+number] {
				found = append(found, sim.Violation{At: e.At, Why: e.To + " gets " + number + " again"})
			}
			given[e.To+number] = true
		}
		return found
	}}
	_, err := sim.Explore(newTally, sim.Seeds(100), sim.Workload{Settle: time.Minute}, counted)
	if failure, ok := errors.AsType[*sim.Failure](err); ok {
		fmt.Println(failure.Property)
		for _, step := range failure.Steps {
			fmt.Println(step.Who, step.Act)
		}
		fmt.Println(failure.Replay)
	}
	// Output:
	// no number is given twice
	// Ana says "nutmeg 003"
	// Ana says "cherry 004"
	// SIM_SEED=6 go test -count=1 -run '^ExampleExplore$' wappasim/sim
}

func ExampleReplay() {
	recording := strings.NewReader(`
{"at":"2026-01-05T09:00:00Z","direction":"in","message":{"from":"15550000001","type":"text","text":{"body":"hello"}}}
{"at":"2026-01-05T09:00:00Z","direction":"out","message":{"to":"+15550000001","type":"text","text":{"body":"number 1: hello"}}}
{"at":"2026-01-05T09:00:10Z","direction":"out","message":{"to":"+15550000001","type":"text","text":{"body":"I am waiting."}}}
`)
	fmt.Println(sim.Replay(newTally, recording))
	// Output:
	// sim: replay: line 4: the bot sends +15550000001
	// I wait.
	// the recording has
	// I am waiting.
}

func ExampleWorld_Trace() {
	w, err := sim.New(func(env sim.Env) (sim.App, error) { return nag{env}, nil }, sim.WhatsApp(unprompted), sim.Latency(5*time.Millisecond))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Wait(time.Minute + time.Second)
	_, _ = w.Trace().WriteTo(os.Stdout)
	// Output:
	// 1  09:00:00.000000000  bot 1        starts
	//     2  09:01:00.004747094  bot 1        calls to +15550000001 "still there?" …DQoWxIQA → 200
	//     3  09:01:00.005921479  whatsapp     delivers to bot 1 sent …DQoWxIQA
	//     4  09:01:00.005921479  bot 1        answers to whatsapp #3 sent …DQoWxIQA → 200
	//     5  09:01:00.006856098  whatsapp     delivers to bot 1 delivered …DQoWxIQA
	//     6  09:01:00.006856098  bot 1        answers to whatsapp #5 delivered …DQoWxIQA → 200
}
