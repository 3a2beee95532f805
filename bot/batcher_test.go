package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

// TestTogether stores messages of many at a time, and forgets the script midway: all
// are stored once, and numbered.
func TestTogether(t *testing.T) {
	t.Parallel()
	onRedis(t, func(r rig) {
		var ids sync.Mutex
		users := newUserCache(r.client, expiry.Layout{}, func() string {
			ids.Lock()
			defer ids.Unlock()
			*r.ids++
			return fmt.Sprint("token", *r.ids)
		}, "user", 1000, 128)
		const people, each = 20, 25
		var sending sync.WaitGroup
		for n := range people * each {
			sending.Go(func() {
				user, id := fmt.Sprint("+", n%people), fmt.Sprint("m", n)
				stored, err := users.Append(r.Context(), user, Message{ID: id, Text: id}, Inactivity, time.Minute)
				if err != nil || !stored.New || stored.N < 1 || stored.N > each {
					r.Errorf("%s: got %+v, %v", id, stored, err)
				}
				if n == people*each/2 {
					r.client.ScriptFlush(r.Context())
				}
			})
		}
		sending.Wait()
		for n := range people {
			data, err := users.Get(r.Context(), fmt.Sprint("+", n))
			if err != nil || len(data.Messages) != each {
				r.Errorf("+%d has %d messages, %v", n, len(data.Messages), err)
			}
		}
		if under := users.appends.under; under != 0 || len(users.appends.waiting) != 0 {
			r.Errorf("%d exchanges are under way, %d wait", under, len(users.appends.waiting))
		}
	})
}

// TestTogetherApart holds which messages share a call of the script: those of different users
// with the same tag, in the order of each user's messages; and none of the same id.
func TestTogetherApart(t *testing.T) {
	var all []*call
	for _, words := range strings.Fields("x:ana:1 x:ben:2 y:eva:3 x:ana:4 x:cid:1 y:eva:5 x:ana:6 x:dan:7") {
		word := strings.Split(words, ":")
		all = append(all, &call{tag: word[0], keys: []string{word[1], word[2]}})
	}
	var got []string
	for _, group := range together(all) {
		var words []string
		for _, c := range group {
			words = append(words, c.keys...)
		}
		got = append(got, strings.Join(words, " "))
	}
	want := []string{"ana 1 ben 2 dan 7", "eva 3", "ana 4 cid 1", "eva 5", "ana 6"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTogetherWithABadKey stores messages at a time of which one's user has something else for
// a session: the others are stored, once.
func TestTogetherWithABadKey(t *testing.T) {
	t.Parallel()
	onRedis(t, func(r rig) {
		if err := r.client.HSet(r.Context(), "wappa:user:+1", "a", "b").Err(); err != nil {
			r.Fatal(err)
		}
		all := make([]*call, 5)
		for n := range all {
			user, id := fmt.Sprint("+", n), fmt.Sprint("m", n)
			all[n] = &call{tag: "wappa:", keys: r.users.keys(user, id, Inactivity), done: make(chan struct{}),
				args: []any{fmt.Sprintf(`{"id":"%s","at":"2026-01-05T10:30:00Z","text":"hello"}`, id), "token of " + id, user, 15000, 100000}}
		}
		r.users.appends.exchange(r.Context(), all)
		for n, c := range all {
			<-c.done
			data, err := r.users.Get(r.Context(), fmt.Sprint("+", n))
			switch stored, isNew, _ := numbers(c.answer); {
			case n == 1 && c.err == nil:
				r.Error("a message was stored in a hash")
			case n != 1 && (c.err != nil || stored != 1 || isNew != 1 || err != nil || len(data.Messages) != 1):
				r.Errorf("+%d: got %v, %v; there is %+v, %v", n, c.answer, c.err, data, err)
			}
		}
	})
}

// TestLeaderWithoutTime makes a message the leader of others when it has no time left: they do
// not fail with it.
func TestLeaderWithoutTime(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: redistest.Start(t), ContextTimeoutEnabled: true, MaxRetries: -1, ReadTimeout: time.Minute})
	defer client.Close()
	users := newUserCache(client, expiry.Layout{}, func() string { return "" }, "user", 1000, 128)
	all := make([]*call, 4)
	for n := range all {
		all[n] = &call{tag: "wappa:", keys: users.keys(fmt.Sprint("+", n), fmt.Sprint("m", n), Inactivity), lead: make(chan []*call, 1), done: make(chan struct{}),
			args: []any{`{"id":"m","at":"2026-01-05T10:30:00Z","text":"hello"}`, fmt.Sprint("token of ", n), fmt.Sprint("+", n), 15000, 100000}}
	}
	b := &users.appends
	b.under = 1
	all[1].gone = true // it has given up while it waited for the leader
	over, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if _, err := b.led(over, all[0], all); err == nil {
		t.Error("the leader without time was stored")
	}
	select {
	case rest := <-all[2].lead:
		if _, err := b.led(t.Context(), all[2], rest); err != nil {
			t.Error(err)
		}
	default:
		t.Fatal("nobody leads those who have time")
	}
	if <-all[3].done; all[3].err != nil {
		t.Error(all[3].err)
	}
	if b.under != 0 {
		t.Errorf("%d exchanges are under way", b.under)
	}
}

// TestTogetherGivesUp has Redis stand still: who has no time does not wait, and who
// has goes on afterwards, also behind one who has given up.
func TestTogetherGivesUp(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: redistest.Start(t), ContextTimeoutEnabled: true, MaxRetries: -1, ReadTimeout: time.Minute})
	defer client.Close()
	one := func() string { return fmt.Sprint(time.Now().UnixNano()) }
	users := newUserCache(client, expiry.Layout{}, one, "user", 1000, 128)
	if err := client.Do(t.Context(), "CLIENT", "PAUSE", 2000, "ALL").Err(); err != nil {
		t.Fatal(err)
	}
	var sending sync.WaitGroup
	for n := range 20 {
		sending.Go(func() {
			ctx := t.Context()
			if n%2 == 0 {
				short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				ctx = short
			}
			_, err := users.Append(ctx, fmt.Sprint("+", n), Message{ID: fmt.Sprint(n)}, Inactivity, time.Minute)
			if n%2 == 0 && err == nil {
				t.Errorf("%d was stored while Redis stood still", n)
			}
			if n%2 == 1 && err != nil {
				t.Errorf("%d, which has time: %v", n, err)
			}
		})
	}
	sending.Wait()
	if _, err := users.Append(t.Context(), "+1", Message{ID: "afterwards"}, Inactivity, time.Minute); err != nil {
		t.Error(err)
	}
	if users.appends.under != 0 || len(users.appends.waiting) != 0 {
		t.Errorf("%d exchanges are under way, %d wait", users.appends.under, len(users.appends.waiting))
	}
}
