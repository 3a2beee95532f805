package sim_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/sim"
)

// TestDirIsTheWorldsOwn has two replicas, and what follows one of them, leave files in the
// world's folder, which goes when the world is closed or stuck.
func TestDirIsTheWorldsOwn(t *testing.T) {
	var dirs []string
	w := world(t, func(env sim.Env) (sim.App, error) {
		dir, err := env.Dir()
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, dir)
		file, err := os.OpenFile(filepath.Join(dir, "starts"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		_, err = file.WriteString("x")
		return app{}, err
	}, sim.Replicas(2))
	for _, err := range []error{w.Crash(), w.Restart()} {
		if err != nil {
			t.Error(err)
		}
	}
	if starts, err := os.ReadFile(filepath.Join(dirs[0], "starts")); string(starts) != "xxxx" || len(dirs) != 4 || dirs[3] != dirs[0] {
		t.Errorf("%q in %q, %v", starts, dirs, err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dirs[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close the folder is there: %v", err)
	}

	outside := make(chan int)
	defer close(outside)
	var made atomic.Value
	_, err := sim.New(func(env sim.Env) (sim.App, error) {
		dir, err := env.Dir()
		made.Store(dir)
		return app{run: func(context.Context) error { return waitsForChannel(outside) }}, err
	}, sim.StallTimeout(200*time.Millisecond))
	if _, ok := errors.AsType[*sim.Stuck](err); !ok {
		t.Errorf("got %v", err)
	}
	dir := made.Load().(string)
	if _, err := os.Stat(dir); dir == "" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Stuck the folder %q is there: %v", dir, err)
	}
}

// TestIDIsTheWorldsOwn opens two worlds of a seed at once, and one after them.
func TestIDIsTheWorldsOwn(t *testing.T) {
	open := func(seed uint64) (id string, w *sim.World) {
		w = world(t, func(env sim.Env) (sim.App, error) { id = env.ID; return app{}, nil }, sim.Seed(seed))
		return id, w
	}
	const seed = 4242 // no other test has it
	first, w := open(seed)
	beside, _ := open(seed)
	other, _ := open(seed + 1)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, _ := open(seed)
	if first == "" || first == beside || first == other || again != first {
		t.Errorf("got %q, %q beside it, %q of another seed, and %q in another run", first, beside, other, again)
	}
}

// TestLifeEndsBeforeCallsFail crashes a bot that works in Run and in a webhook. As soon as
// one of its calls fails, its life and its contexts are over.
func TestLifeEndsBeforeCallsFail(t *testing.T) {
	var inWebhooks atomic.Int32
	for _, fault := range []string{"the bot crashes", "the bot crashes before API call 9", "the bot crashes after API call 9", "the bot crashes before Redis command 20", "the bot crashes after Redis command 20"} {
		var begun, over, failed atomic.Int32
		w := world(t, func(env sim.Env) (sim.App, error) {
			first, client := begun.Add(1) == 1, redis.NewUniversalClient(env.Redis)
			context.AfterFunc(env.Life, func() { over.Add(1) })
			lingers(env.Life)
			work := func(ctx context.Context) {
				for first {
					err := errors.Join(client.Incr(context.Background(), "works").Err(), sendText(env, ana, "works"))
					if err == nil {
						continue
					}
					if failed.Add(1); env.Life.Err() == nil || ctx.Err() == nil {
						t.Errorf("%s: a call returns %v while the life is %v and the context %v", fault, err, env.Life.Err(), ctx.Err())
					}
					if r, ok := ctx.Value(webhook{}).(*atomic.Int32); ok {
						r.Add(1)
					}
					return
				}
			}
			return app{
				serve: func(_ http.ResponseWriter, r *http.Request) {
					work(context.WithValue(r.Context(), webhook{}, &inWebhooks))
				},
				run:   func(ctx context.Context) error { work(ctx); <-ctx.Done(); return nil },
				close: client.Close,
			}, nil
		}, sim.Latency(10*time.Millisecond))
		f, err := sim.ParseFault(fault)
		if err := errors.Join(err, w.Wait(time.Second), w.Inject(f)); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
		if f.Point != "" { // it crashes with a webhook under way
			if _, ok := errors.AsType[*sim.Refused](w.Say("Ana", "hello")); !ok {
				t.Errorf("%s: the webhook is answered", fault)
			}
		}
		if err := w.Restart(); err != nil || failed.Load() == 0 || over.Load() != 1 {
			t.Errorf("%s: %v, %d calls have failed and %d lives are over", fault, err, failed.Load(), over.Load())
		}
		if err := w.Close(); err != nil || begun.Load() != 2 || over.Load() != 2 {
			t.Errorf("%s: closed, %v, %d lives of %d are over", fault, err, over.Load(), begun.Load())
		}
	}
	if inWebhooks.Load() < 4 {
		t.Errorf("%d calls have failed in webhooks", inWebhooks.Load())
	}
}

type webhook struct{} // in a context: how often a webhook's calls have failed

// lingers makes the end of a life take so long that what comes too early is seen.
func lingers(life context.Context) {
	for range 2000 {
		context.AfterFunc(life, func() {})
	}
}

// TestNothingIsSentWhenLifeIsOver has a bot send as soon as its life is over.
func TestNothingIsSentWhenLifeIsOver(t *testing.T) {
	var tried atomic.Int32
	w := world(t, func(env sim.Env) (sim.App, error) {
		lingers(env.Life)
		client := redis.NewUniversalClient(env.Redis)
		return app{run: func(context.Context) error {
			<-env.Life.Done()
			if tried.Add(1); client.Incr(context.Background(), "works").Err() == nil || sendText(env, ana, "works") == nil {
				t.Error("something is sent")
			}
			return nil
		}, close: client.Close}, nil
	})
	if err := errors.Join(w.Wait(time.Second), w.Crash(), w.Wait(time.Minute)); err != nil || tried.Load() != 1 || len(w.Sent()) > 0 || len(w.Keys()) > 0 {
		t.Errorf("%v: %d, %v, %v", err, tried.Load(), w.Sent(), w.Keys())
	}
}
