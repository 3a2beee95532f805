package recording_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/internal/inside"
	"wappasim/sim/recording"
)

// keeper is a bot that keeps something of every type in Redis, and lets a part of it expire.
type keeper struct {
	redis *redis.Client
	said  int64
}

func newKeeper(env sim.Env) (sim.App, error) {
	return &keeper{redis: redis.NewClient(env.Redis.Simple())}, nil
}

func (k *keeper) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	k.said++
	pipe := k.redis.Pipeline()
	pipe.Set(ctx, "last", k.said, 0)
	pipe.Set(ctx, fmt.Sprint("timer:", k.said), "x", 10*time.Second)
	pipe.RPush(ctx, "list", fmt.Sprint("text ", k.said))
	pipe.HSet(ctx, "hash", fmt.Sprint("field ", k.said), k.said)
	pipe.ZAdd(ctx, "scores", redis.Z{Member: "m", Score: float64(k.said)})
	pipe.SAdd(ctx, "set", k.said%2)
	_, _ = pipe.Exec(ctx)
	if k.said == 3 {
		k.redis.Del(ctx, "list")
	}
}

func (k *keeper) Run(ctx context.Context) error { <-ctx.Done(); return nil }
func (k *keeper) Close() error                  { return k.redis.Close() }

// TestRecordedKeysAreTheWorlds compares what a recording says of several moments with what the
// world's Redis held then, through expiry, deletion and a fault that empties Redis; and wants
// the trace to be that of a world that notes nothing.
func TestRecordedKeysAreTheWorlds(t *testing.T) {
	var traces []string
	for _, notes := range []bool{false, true} {
		w, err := sim.New(newKeeper, sim.Test(t), sim.Latency(5*time.Millisecond), sim.Seed(4))
		if err != nil {
			t.Fatal(err)
		}
		var keys *recording.Keys
		if notes {
			keys = inside.Record(w)
		}
		type moment struct {
			after int
			now   time.Time
			keys  []sim.Key
		}
		var moments []moment
		for n := range 6 {
			if n == 4 {
				err = w.Inject(sim.Fault{Kind: sim.RedisEmpty})
			} else {
				err = w.Say("Ana", fmt.Sprint("text ", n))
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Wait(4 * time.Second); err != nil {
				t.Fatal(err)
			}
			moments = append(moments, moment{w.Trace().Len(), w.Now(), w.Keys()})
		}
		traces = append(traces, w.Trace().Hash())
		if !notes {
			continue
		}
		changes, err := json.Marshal(keys)
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for _, m := range moments {
			got := rebuilt(t, changes, m.after, m.now)
			if len(got) != len(m.keys) {
				t.Fatalf("after event %d: %d keys, the world holds %d", m.after, len(got), len(m.keys))
			}
			most = max(most, len(got))
			for i, want := range m.keys {
				var ttl time.Duration
				if !got[i].Expires.IsZero() {
					ttl = got[i].Expires.Sub(m.now)
				}
				if (sim.Key{DB: got[i].DB, Name: got[i].Name, Type: want.Type, TTL: ttl, Value: got[i].Value}) != want {
					t.Errorf("after event %d: got %+v, the world holds %+v", m.after, got[i], want)
				}
			}
		}
		if most < 7 {
			t.Errorf("there were %d keys at most", most)
		}
	}
	if traces[0] != traces[1] {
		t.Error("a world that notes its keys does not have the same trace")
	}
}

// TestEachChangeBelongsToItsCommand has one pipeline change six keys.
func TestEachChangeBelongsToItsCommand(t *testing.T) {
	w, err := sim.New(newKeeper, sim.Test(t), sim.Latency(5*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	keys := inside.Record(w)
	if err := w.Say("Ana", "text"); err != nil {
		t.Fatal(err)
	}
	changes, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var noted struct {
		Changes []struct {
			N    int
			Name string
		}
	}
	if err := json.Unmarshal(changes, &noted); err != nil || len(noted.Changes) != 6 {
		t.Fatalf("%d changes, %v: %s", len(noted.Changes), err, changes)
	}
	all := noted.Changes
	events := w.Trace().Events()
	for i, name := range []string{"last", "timer:1", "list", "hash", "scores", "set"} {
		if event := events[all[i].N-1]; all[i].Name != name || len(event.Text) < 5 || event.To != "redis" {
			t.Errorf("change %d is of %s, after %s", i, all[i].Name, event)
		} else if i > 0 && all[i].N != all[i-1].N+1 {
			t.Errorf("change %d is after event %d, the one before after %d", i, all[i].N, all[i-1].N)
		}
	}
}

// hoarder is a bot that keeps all messages in one hash.
type hoarder struct {
	redis *redis.Client
	n     int
}

func newHoarder(env sim.Env) (sim.App, error) {
	return &hoarder{redis: redis.NewClient(env.Redis.Simple())}, nil
}

func (h *hoarder) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	h.n++
	h.redis.HSet(r.Context(), "batch", fmt.Sprintf("message %d", h.n*7919%2000), strings.Repeat("0123456789", 30))
}

func (h *hoarder) Run(ctx context.Context) error { <-ctx.Done(); return nil }
func (h *hoarder) Close() error                  { return h.redis.Close() }

// TestALongTalkMakesASmallRecording has one person send 2,000 messages of 300 bytes into one batch,
// in a world that notes its keys.
func TestALongTalkMakesASmallRecording(t *testing.T) {
	const messages = 2000
	w, err := sim.New(newHoarder, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	keys := inside.Record(w)
	for range messages {
		if err := w.Say("Ana", strings.Repeat("0123456789", 30)); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := inside.Recorded(w, keys).Write(&out); err != nil {
		t.Fatal(err)
	}
	if each := out.Len() / messages; each > 2500 {
		t.Errorf("the recording has %d bytes a message", each)
	}
	noted, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	held, want := rebuilt(t, noted, w.Trace().Len(), w.Now()), w.Keys()
	if len(held) != 1 || len(want) != 1 || held[0].Value != want[0].Value || strings.Count(want[0].Value, "\n") != messages {
		t.Errorf("the notes end with %d keys, and Redis has %d", len(held), len(want))
	}
}
