package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
	"wappasim/sim"
)

// app is a bot in a few lines.
type app struct {
	serve func(http.ResponseWriter, *http.Request)
	run   func(context.Context) error
	close func() error
}

func (a app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.serve != nil {
		a.serve(w, r)
	}
}

func (a app) Run(ctx context.Context) error {
	if a.run != nil {
		return a.run(ctx)
	}
	<-ctx.Done()
	return nil
}

func (a app) Close() error {
	if a.close != nil {
		return a.close()
	}
	return nil
}

// of makes a factory of a bot.
func of(a app) sim.Factory { return func(sim.Env) (sim.App, error) { return a, nil } }

func world(t *testing.T, f sim.Factory, opts ...sim.Option) *sim.World {
	t.Helper()
	w, err := sim.New(f, append([]sim.Option{sim.Test(t), sim.WhatsApp(unprompted)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sendText sends a text through the Graph API.
func sendText(env sim.Env, to, text string) error {
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"text","text":{"body":%q}}`, to, text)
	req, err := http.NewRequest("POST", env.GraphURL+"/"+env.PhoneNumberID+"/messages", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+env.Token)
	resp, err := env.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

const ana = "+15550000001"

// ticker sends a text each second from the start.
func ticker(env sim.Env) (sim.App, error) {
	return app{run: func(ctx context.Context) error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := sendText(env, ana, fmt.Sprint(n)); err != nil {
					return err
				}
			}
		}
	}}, nil
}

// TestBubbleWithoutTest watches over what worlds outside of go test rest on:
// synctest.Test takes a zero testing.T.
func TestBubbleWithoutTest(t *testing.T) {
	w, err := sim.New(ticker, sim.WhatsApp(unprompted))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(3 * time.Second); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Inbox("Ana")); got != 3 {
		t.Errorf("got %d messages", got)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestTimeStandsStill lets real time pass, of which the world sees nothing.
func TestTimeStandsStill(t *testing.T) {
	w := world(t, ticker)
	time.Sleep(50 * time.Millisecond)
	if got := w.Now(); !got.Equal(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) || len(w.Sent()) != 0 {
		t.Errorf("it is %s, and %d messages were sent", got, len(w.Sent()))
	}
}

// TestWaitIncludesTheMoment has timers of the bot lapse exactly where Wait ends.
func TestWaitIncludesTheMoment(t *testing.T) {
	for range 50 {
		w := world(t, ticker)
		for n := range 10 {
			if err := w.Wait(time.Second - 1); err != nil {
				t.Fatal(err)
			}
			if got := len(w.Sent()); got != n {
				t.Fatalf("a nanosecond before: got %d messages, want %d", got, n)
			}
			if err := w.Wait(1); err != nil {
				t.Fatal(err)
			}
			if got := len(w.Sent()); got != n+1 {
				t.Fatalf("at the moment: got %d messages, want %d", got, n+1)
			}
		}
	}
}

func TestWaitUntil(t *testing.T) {
	w := world(t, ticker, sim.Start(time.Date(2030, 7, 1, 12, 0, 0, 0, time.UTC)))
	if err := w.WaitUntil(time.Date(2030, 7, 1, 12, 0, 5, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Sent()); got != 5 {
		t.Errorf("got %d messages", got)
	}
	if err := w.WaitUntil(time.Date(2030, 7, 1, 12, 0, 4, 0, time.UTC)); err == nil {
		t.Error("time went back")
	}
	if err := w.Wait(-1); err == nil {
		t.Error("time went back")
	}
}

// expiries is a bot that subscribes to a channel and tells Ana of what it hears.
// It sets keys with a TTL as its Redis settings say.
func expiries(channel string, flags string, prepare func(context.Context, *redis.Client)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		opts := *env.Redis
		opts.DB = 3
		client := redis.NewUniversalClient(&opts).(*redis.Client)
		return app{
			run: func(ctx context.Context) error {
				if flags != "" {
					if err := client.ConfigSet(ctx, "notify-keyspace-events", flags).Err(); err != nil {
						return err
					}
				}
				sub := client.PSubscribe(ctx, channel)
				defer sub.Close()
				messages := sub.Channel()
				if prepare != nil {
					prepare(ctx, client)
				}
				for {
					select {
					case <-ctx.Done():
						return nil
					case m := <-messages:
						// A bot needs Redis when it hears of an expiry.
						n := client.Incr(ctx, "heard").Val()
						if err := sendText(env, ana, fmt.Sprintf("%d %s %s", n, m.Channel, m.Payload)); err != nil {
							return err
						}
					}
				}
			},
			close: client.Close,
		}, nil
	}
}

func texts(messages []fakewa.Message) (all []string) {
	for _, m := range messages {
		all = append(all, m.At.Format("15:04:05.000 ")+m.Text)
	}
	return all
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestExpiries sets keys before and while time passes: each is announced at its
// own moment, those of one moment in the order of their names.
func TestExpiries(t *testing.T) {
	w := world(t, expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
		c.Set(ctx, "b", 1, 2*time.Second)
		c.Set(ctx, "a", 1, 2*time.Second)
		c.Set(ctx, "renewed", 1, 2*time.Second)
		c.Set(ctx, "deleted", 1, 2*time.Second)
		time.AfterFunc(time.Second, func() {
			c.Set(ctx, "short", 1, 1500*time.Millisecond) // due before the world thought
			c.Expire(ctx, "renewed", 3*time.Second)
			c.Del(ctx, "deleted")
		})
	}))
	if at, what := w.Next(); !at.Equal(w.Now().Add(2*time.Second)) || what != "3 a" {
		t.Errorf("next is %s at %s", what, at)
	}
	if err := w.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
	same(t, texts(w.Inbox("Ana")),
		"09:00:02.000 1 __keyevent@3__:expired a",
		"09:00:02.000 2 __keyevent@3__:expired b",
		"09:00:02.500 3 __keyevent@3__:expired short",
		"09:00:04.000 4 __keyevent@3__:expired renewed")
	if at, what := w.Next(); !at.IsZero() {
		t.Errorf("next is %s at %s", what, at)
	}
}

// TestManyExpiriesAtOnce is what deadlocks if they are announced at once.
func TestManyExpiriesAtOnce(t *testing.T) {
	w := world(t, expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
		for n := range 300 {
			c.Set(ctx, fmt.Sprint("key-", n), 1, time.Second)
		}
	}))
	if err := w.Wait(time.Second); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Sent()); got != 300 {
		t.Errorf("got %d", got)
	}
}

// TestEventsMustBeEnabled has bots that forget it, or say it in other ways.
func TestEventsMustBeEnabled(t *testing.T) {
	set := func(ctx context.Context, c *redis.Client) { c.Set(ctx, "k", 1, time.Second) }
	for _, test := range []struct {
		channel, flags string
		want           []string
	}{
		{"__keyevent@3__:expired", "", nil},
		{"__keyevent@3__:expired", "Kx", nil},
		{"__keyevent@3__:expired", "Eg", nil},
		{"__keyevent@4__:expired", "Ex", nil},
		{"__keyevent@*__:expired", "AKE", []string{"09:00:01.000 1 __keyevent@3__:expired k"}},
		{"__keyspace@3__:*", "Kx", []string{"09:00:01.000 1 __keyspace@3__:k expired"}},
	} {
		w := world(t, expiries(test.channel, test.flags, set))
		if err := w.Wait(time.Minute); err != nil {
			t.Fatal(err)
		}
		same(t, texts(w.Sent()), test.want...)
	}
}

// TestConfig compares notify-keyspace-events with what Redis 7.0.15 answers.
func TestConfig(t *testing.T) {
	for flags, want := range map[string]string{"Ex": "xE", "KEA": "AKE", "": "", "gxE$": "g$xE", "xKEm": "xKEm", "g$lshzxetdKE": "AKE"} {
		w := world(t, func(env sim.Env) (sim.App, error) {
			client := redis.NewUniversalClient(env.Redis)
			return app{run: func(ctx context.Context) error {
				err := client.ConfigSet(ctx, "notify-keyspace-events", flags).Err()
				got := client.ConfigGet(ctx, "notify-keyspace-events").Val()["notify-keyspace-events"]
				if err != nil || got != want {
					t.Errorf("%q: got %q, %v; want %q", flags, got, err, want)
				}
				if err := client.ConfigSet(ctx, "notify-keyspace-events", "Q").Err(); err == nil {
					t.Error("Q was taken")
				}
				if err := client.ConfigSet(ctx, "maxmemory", "1").Err(); err == nil {
					t.Error("maxmemory was taken")
				}
				<-ctx.Done()
				return nil
			}, close: client.Close}, nil
		})
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestRedisTime looks at TTLs and TIME while time passes.
func TestRedisTime(t *testing.T) {
	var client redis.UniversalClient
	w := world(t, func(env sim.Env) (sim.App, error) {
		client = redis.NewUniversalClient(env.Redis)
		return app{run: func(ctx context.Context) error {
			client.Set(ctx, "k", 1, 15*time.Second)
			time.Sleep(10 * time.Second)
			if got := client.PTTL(ctx, "k").Val(); got != 5*time.Second {
				t.Errorf("PTTL: got %s", got)
			}
			if got := client.Time(ctx).Val(); !got.Equal(time.Now()) {
				t.Errorf("TIME: got %s, it is %s", got, time.Now())
			}
			time.Sleep(5*time.Second - time.Millisecond)
			if got := client.Exists(ctx, "k").Val(); got != 1 {
				t.Error("gone too early")
			}
			time.Sleep(time.Millisecond)
			if got := client.Exists(ctx, "k").Val(); got != 0 {
				t.Error("not gone")
			}
			<-ctx.Done()
			return nil
		}, close: func() error { return client.Close() }}, nil
	})
	if keys := w.Keys(); len(keys) != 1 || keys[0] != (sim.Key{DB: 0, Name: "k", TTL: 15 * time.Second, Value: "1"}) {
		t.Errorf("got %+v", keys)
	}
	if err := w.Wait(16 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// TestStuck has bots that wait for something outside the world.
func TestStuck(t *testing.T) {
	outside := make(chan int)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for where, run := range map[string]func(context.Context) error{
		"waitsForChannel": func(context.Context) error { return waitsForChannel(outside) },
		"waitsForSocket":  func(context.Context) error { return waitsForSocket(listener.Addr().String()) },
	} {
		w, err := sim.New(of(app{run: run}), sim.StallTimeout(200*time.Millisecond))
		if stuck, ok := errors.AsType[*sim.Stuck](err); !ok || w != nil || !strings.Contains(err.Error(), where) || len(stuck.Goroutines) != 1 {
			t.Errorf("got %v, want one that names %s", err, where)
		}
	}
	close(outside)
}

func waitsForChannel(c chan int) error { <-c; return nil }

func waitsForSocket(addr string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

// TestStuckLater has a bot that does it in a webhook: the world says so at each
// further call, and once only at its end.
func TestStuckLater(t *testing.T) {
	outside := make(chan int)
	defer close(outside)
	w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { waitsForChannel(outside) }}), sim.StallTimeout(200*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, ok := errors.AsType[*sim.Stuck](w.Say("Ana", "hello")); !ok {
			t.Error("got no Stuck")
		}
	}
	if err := w.Close(); err != nil {
		t.Errorf("Close: got %v", err)
	}
}

func TestLeak(t *testing.T) {
	for where, leak := range map[string]func(){
		"leaksOnChannel": func() { leaksOnChannel() },
		"leaksATicker":   func() { leaksATicker() },
	} {
		w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { go leak() }}))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Say("Ana", "hello"); err != nil {
			t.Fatal(err)
		}
		err = w.Close()
		if leak, ok := errors.AsType[*sim.Leak](err); !ok || len(leak.Goroutines) != 1 || !strings.Contains(err.Error(), where) || !strings.Contains(err.Error(), "world_test.go") {
			t.Errorf("got %v, want one that names %s", err, where)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closed again: got %v", err)
		}
	}
}

func leaksOnChannel() { <-make(chan int) }

func leaksATicker() {
	for range time.Tick(time.Second) {
	}
}

func TestBadBots(t *testing.T) {
	boom := errors.New("boom")
	if _, err := sim.New(func(sim.Env) (sim.App, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("factory: got %v", err)
	}
	if _, err := sim.New(func(sim.Env) (sim.App, error) { panic("boom") }); err == nil || !strings.Contains(err.Error(), "panic: boom") {
		t.Errorf("factory: got %v", err)
	}
	if _, err := sim.New(nil, sim.Replicas(0)); err == nil {
		t.Error("a world without a bot")
	}
	if _, err := sim.New(ticker, sim.Start(time.Unix(0, 0))); err == nil || !strings.Contains(err.Error(), "2000-01-01") {
		t.Errorf("1970: got %v", err)
	}

	w, err := sim.New(of(app{serve: func(http.ResponseWriter, *http.Request) { panic("boom") }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err == nil || !strings.Contains(err.Error(), "panicked: boom") {
		t.Errorf("webhook: got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}

	w, err = sim.New(of(app{run: func(context.Context) error { return boom }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(1); err == nil || !strings.Contains(err.Error(), "returned by itself: boom") {
		t.Errorf("Run: got %v", err)
	}
	if err := w.Close(); !errors.Is(err, boom) {
		t.Errorf("Close: got %v", err)
	}

	w, err = sim.New(of(app{run: func(ctx context.Context) error { select {} }}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "Run to return") {
		t.Errorf("Run that does not end: got %v", err)
	}
}

// TestSlowWebhook has a bot that takes its time: it passes.
func TestSlowWebhook(t *testing.T) {
	w := world(t, of(app{serve: func(http.ResponseWriter, *http.Request) { time.Sleep(7 * time.Second) }}))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Error(err)
	}
	if got := w.Now().Format("15:04:05"); got != "09:00:07" {
		t.Errorf("it is %s", got)
	}
}

func TestRefused(t *testing.T) {
	w := world(t, of(app{serve: func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not today", http.StatusServiceUnavailable)
	}}))
	err := w.Say("Ana", "hello")
	if refused, ok := errors.AsType[*sim.Refused](err); !ok || refused.Answer.Status != 503 || !strings.Contains(err.Error(), "not today") {
		t.Errorf("got %v", err)
	}
	if err := w.Redeliver("Ben"); err == nil {
		t.Error("Ben has said nothing")
	}
}

// TestCrash cuts a bot's connections in the middle of its work: nothing of it
// goes on, and Redis keeps what it had.
func TestCrash(t *testing.T) {
	var lives atomic.Int32
	w := world(t, func(env sim.Env) (sim.App, error) {
		life := lives.Add(1)
		client := redis.NewUniversalClient(env.Redis)
		return app{run: func(ctx context.Context) error {
			client.Incr(ctx, "lives")
			for {
				select {
				case <-time.After(time.Second):
				case <-ctx.Done(): // a bot that does not stop when it should
					sendErr := sendText(env, ana, "from the grave")
					redisErr := client.Incr(context.Background(), "grave").Err()
					if life == 1 && (sendErr == nil || redisErr == nil) {
						t.Errorf("after the crash: %v, %v", sendErr, redisErr)
					}
					return nil
				}
				if err := sendText(env, ana, fmt.Sprint(life)); err != nil {
					return err
				}
			}
		}, close: client.Close}, nil
	})
	for _, step := range []error{w.Wait(1500 * time.Millisecond), w.Crash(), w.Wait(time.Minute), w.Restart(), w.Wait(time.Second)} {
		if step != nil {
			t.Error(step)
		}
	}
	same(t, texts(w.Sent()), "09:00:01.000 1", "09:01:02.500 2")
	if keys := w.Keys(); len(keys) != 1 || keys[0].Value != "2" {
		t.Errorf("got %+v", keys)
	}
}

func TestRedisDown(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		opts := *env.Redis
		opts.MaxRetries, opts.DialerRetries = -1, 1
		client := redis.NewUniversalClient(&opts)
		return app{serve: func(w http.ResponseWriter, r *http.Request) {
			if err := client.Incr(r.Context(), "n").Err(); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		}, close: client.Close}, nil
	})
	if err := w.Say("Ana", "one"); err != nil {
		t.Error(err)
	}
	for _, down := range []bool{true, false} {
		if err := w.Inject(sim.Fault{Kind: map[bool]sim.FaultKind{true: sim.RedisDown, false: sim.RedisUp}[down]}); err != nil {
			t.Error(err)
		}
		if err := w.Say("Ana", "two"); (err != nil) != down {
			t.Errorf("down: %t, got %v", down, err)
		}
	}
	if keys := w.Keys(); len(keys) != 1 || keys[0].Value != "2" {
		t.Errorf("got %+v", keys)
	}
}

func TestNumbers(t *testing.T) {
	w := world(t, ticker)
	for _, test := range [][2]string{
		{"Ana", "+15550000001"}, {"Ben", "+15550000002"}, {"Ana", "+15550000001"}, {"+1 (650) 555-1234", "+16505551234"},
		{"16505551234", "+16505551234"}, {"Cleo", "+15550000003"}, {"US.13491208655302741918", "US.13491208655302741918"},
	} {
		if got := w.Number(test[0]); got != test[1] {
			t.Errorf("%s: got %s, want %s", test[0], got, test[1])
		}
	}
}

// TestReplicas gives the webhooks to two bots in turn, and to the one that is
// up.
func TestReplicas(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err == nil && strings.Contains(string(body), `"messages":[`) {
				if err := sendText(env, ana, fmt.Sprint("replica ", env.Replica)); err != nil {
					t.Error(err)
				}
			}
		}}, nil
	}, sim.Replicas(2))
	replicas := make(map[string]bool)
	for range 4 {
		if err := w.Say("Ana", "hello"); err != nil {
			t.Error(err)
		}
	}
	for _, m := range w.Sent() {
		replicas[m.Text] = true
	}
	if len(replicas) != 2 {
		t.Errorf("got %v", replicas)
	}
}

// TestWorldsSideBySide runs many worlds at once, each used by several goroutines.
func TestWorldsSideBySide(t *testing.T) {
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			w, err := sim.New(expiries("__keyevent@3__:expired", "Ex", func(ctx context.Context, c *redis.Client) {
				c.Set(ctx, "k", 1, 2*time.Second)
			}))
			if err != nil {
				t.Error(err)
				return
			}
			var users sync.WaitGroup
			for range 4 {
				users.Go(func() {
					if err := errors.Join(w.Say("Ana", "hello"), w.Wait(time.Second)); err != nil {
						t.Error(err)
					}
				})
			}
			users.Wait()
			if got := len(w.Sent()); got != 1 {
				t.Errorf("got %d messages", got)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if err := w.Say("Ana", "hello"); err == nil {
				t.Error("the world is closed")
			}
		})
	}
	all.Wait()
}

// TestIDsRepeat compares the ids of two worlds with a seed and of one with another.
func TestIDsRepeat(t *testing.T) {
	ids := func(seed uint64) (ids string) {
		w := world(t, ticker, sim.Seed(seed))
		if err := w.Wait(3 * time.Second); err != nil {
			t.Fatal(err)
		}
		for _, m := range w.Sent() {
			ids += m.ID
		}
		return ids
	}
	if one, again, two := ids(1), ids(1), ids(2); one != again || one == two {
		t.Errorf("got %s, %s and %s", one, again, two)
	}
}
