package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jarcoal/httpmock"
	"github.com/redis/go-redis/v9/maintnotifications"

	"wappasim/bot"
	"wappasim/bot/expiry"
)

// talk is a bot in a bubble, with a Redis and a WhatsApp that answers histories as
// the test says.
type talk struct {
	*testing.T
	server *miniredis.Miniredis
	start  time.Time
	cfg    bot.Config
	bot    *bot.Bot
	stop   func()

	mu      sync.Mutex                     // guards what follows
	answer  func() (*http.Response, error) // to the parts of histories
	sent    []string                       // parts: when, and the text
	opaques []string                       // theirs
}

var errCut = errors.New("read: connection reset by peer")

func taken() (*http.Response, error) {
	return httpmock.NewStringResponse(200, `{"messages":[{"id":"wamid.H"}]}`), nil
}

func lost() (*http.Response, error) { return nil, errCut }

func refusal(status, code int, retryAfter string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		r := httpmock.NewStringResponse(status, fmt.Sprintf(`{"error":{"message":"no","code":%d}}`, code))
		if retryAfter != "" {
			r.Header.Set("Retry-After", retryAfter)
		}
		return r, nil
	}
}

func (w *talk) RoundTrip(r *http.Request) (*http.Response, error) {
	var body struct {
		Text   struct{ Body string }
		Opaque string `json:"biz_opaque_callback_data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	if body.Opaque == "" { // a confirmation
		return httpmock.NewStringResponse(200, `{"messages":[{"id":"wamid.C"}]}`), nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	line, _, _ := strings.Cut(body.Text.Body, "\n")
	w.sent = append(w.sent, fmt.Sprintf("%s %s", time.Since(w.start), line))
	w.opaques = append(w.opaques, body.Opaque)
	return w.answer()
}

// inBubble runs a test with a bot in virtual time, whose histories are "history of"
// and the words.
func inBubble(t *testing.T, adjust func(*bot.Config), test func(w *talk)) {
	synctest.Test(t, func(t *testing.T) {
		w := &talk{T: t, server: miniredis.NewMiniRedis(), start: time.Now(), answer: taken}
		defer w.server.Close()
		w.cfg = config("127.0.0.1:6379", w)
		w.cfg.Redis.PoolSize = 1000
		w.cfg.Redis.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		w.cfg.Redis.Dialer = func(context.Context, string, string) (net.Conn, error) { return w.server.Dial() }
		w.cfg.History = history("history of")
		if adjust != nil {
			adjust(&w.cfg)
		}
		w.run()
		defer func() { w.stop() }()
		test(w)
	})
}

func history(title string) func(bot.Session) []string {
	return func(s bot.Session) []string {
		text := []string{title}
		for _, m := range s.Messages {
			text = append(text, " "+m.Text)
		}
		return text
	}
}

// run runs a bot until stop.
func (w *talk) run() {
	w.Helper()
	b, err := bot.New(w.cfg)
	if err != nil {
		w.Fatal(err)
	}
	w.bot = b
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, b.Close()); err != nil {
			w.Error(err)
		}
	})
	synctest.Wait()
}

func (w *talk) post(body string) {
	w.Helper()
	if got := post(w.bot, body); got.Code != 200 {
		w.Fatalf("got %d %s", got.Code, got.Body)
	}
	synctest.Wait()
}

// status has WhatsApp say what became of the n-th part that was sent.
func (w *talk) status(n int, status, id string, codes ...int) {
	w.Helper()
	var reasons []string
	for _, code := range codes {
		reasons = append(reasons, fmt.Sprintf(`{"code":%d,"title":"no"}`, code))
	}
	w.post(fmt.Sprintf(`{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"555"},"statuses":[{"id":%q,"status":%q,"recipient_id":"1","biz_opaque_callback_data":%q,"errors":[%s]}]}}]}]}`,
		id, status, w.opaques[n], strings.Join(reasons, ",")))
}

// wait lets time pass, also for the keys in Redis, until d after the start.
func (w *talk) wait(d time.Duration) {
	for {
		step := min(time.Second, time.Until(w.start.Add(d)))
		if step <= 0 {
			return
		}
		time.Sleep(step)
		w.server.FastForward(step)
		synctest.Wait()
	}
}

func (w *talk) answers(f func() (*http.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = f
}

// want wants histories to have been sent so, and so many to be parked.
func (w *talk) want(parked int, sent ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.sent, sent) {
		w.Errorf("sent\n%s\nwant\n%s", strings.Join(w.sent, "\n"), strings.Join(sent, "\n"))
	}
	if all, err := w.bot.Parked(w.Context()); err != nil || len(all) != parked {
		w.Errorf("parked: %+v, %v", all, err)
	}
}

// idle wants no timer to be left.
func (w *talk) idle() {
	w.Helper()
	if n, err := w.bot.Timers().Count(w.Context(), bot.Inactivity); err != nil || n != (expiry.Counts{}) {
		w.Errorf("left: %+v, %v", n, err)
	}
}

// TestProofComes loses the answer to a history, and has a status say that it was sent.
func TestProofComes(t *testing.T) {
	inBubble(t, nil, func(w *talk) {
		w.answers(lost)
		w.post(said("1", "a", "one"))
		w.wait(40 * time.Second)
		w.answers(taken)
		w.status(0, "sent", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s history of one")
		w.idle()
		w.status(0, "delivered", "wamid.H")
		if keys := w.server.DB(0).Keys(); slices.ContainsFunc(keys, func(k string) bool {
			return !strings.HasPrefix(k, "wappa:seen:") && !strings.HasPrefix(k, "wappa:pace:")
		}) {
			w.Errorf("left: %q", keys)
		}
	})
}

// TestNoProof loses the answer, and no status comes: the history is sent again after
// ProofTimeout, and not before.
func TestNoProof(t *testing.T) {
	inBubble(t, func(c *bot.Config) { c.ProofTimeout = 2 * time.Minute }, func(w *talk) {
		w.answers(lost)
		w.post(said("1", "a", "one"))
		w.wait(16 * time.Second)
		w.answers(taken)
		w.wait(time.Hour)
		w.want(0, "15s history of one", "2m15s history of one")
		w.idle()
	})
}

// TestCrashes kills the bot right after it has sent a history, before it could
// record that: another bot waits for the proof.
func TestCrashes(t *testing.T) {
	inBubble(t, nil, func(w *talk) {
		w.answers(func() (*http.Response, error) {
			w.server.SetError("LOADING") // from here on nothing is recorded
			return taken()
		})
		w.post(said("1", "a", "one"))
		w.wait(16 * time.Second)
		w.stop()
		w.server.SetError("")
		w.answers(taken)
		w.run()
		w.wait(74 * time.Second)
		w.want(0, "15s history of one")
		w.status(0, "sent", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s history of one")
		w.idle()
	})
}

// TestRefusedForNow has WhatsApp refuse a history twice, the second time with a
// Retry-After.
func TestRefusedForNow(t *testing.T) {
	inBubble(t, nil, func(w *talk) {
		w.answers(refusal(400, 131056, ""))
		w.post(said("1", "a", "one"))
		w.wait(15500 * time.Millisecond)
		w.answers(refusal(429, 130429, "100"))
		w.wait(20 * time.Second)
		w.answers(taken)
		w.wait(time.Hour)
		id := strings.Fields(w.opaques[0])[2]
		second := 15*time.Second + expiry.Backoff(1, id).Truncate(time.Millisecond)
		w.want(0, "15s history of one", fmt.Sprint(second)+" history of one", fmt.Sprint(second+100*time.Second)+" history of one")
		w.idle()
	})
}

// TestRefusedForGood has WhatsApp refuse a history, which is parked and requeued,
// and next to which the user goes on.
func TestRefusedForGood(t *testing.T) {
	inBubble(t, nil, func(w *talk) {
		w.answers(refusal(400, 131047, ""))
		w.post(said("1", "a", "one"))
		w.wait(time.Hour)
		w.want(1, "15s history of one")
		w.idle()
		w.answers(taken)
		w.post(said("1", "b", "two"))
		w.wait(2 * time.Hour)
		w.want(1, "15s history of one", "1h0m15s history of two")
		parked, err := w.bot.Parked(w.Context())
		if err != nil || len(parked) != 1 || parked[0].Identifier != "+1" || !strings.Contains(parked[0].Reason, "code 131047") {
			w.Fatalf("got %+v, %v", parked, err)
		}
		if err := w.bot.Requeue(w.Context(), parked[0]); err != nil {
			w.Fatal(err)
		}
		w.wait(3 * time.Hour)
		w.want(0, "15s history of one", "1h0m15s history of two", "2h0m0s history of one")
		w.idle()
	})
}

// TestStatusFails has WhatsApp take a history and say later that it failed.
func TestStatusFails(t *testing.T) {
	for name, test := range map[string]struct {
		code, parked int
		again        bool
	}{"for now": {131000, 0, true}, "for good": {131026, 1, false}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(w *talk) {
				w.post(said("1", "a", "one"))
				w.wait(20 * time.Second)
				w.status(0, "failed", "wamid.H", test.code)
				w.answers(func() (*http.Response, error) {
					return httpmock.NewStringResponse(200, `{"messages":[{"id":"wamid.I"}]}`), nil
				})
				w.status(0, "sent", "wamid.H") // out of order
				w.wait(time.Hour)
				w.status(0, "failed", "wamid.H", test.code)
				w.wait(2 * time.Hour)
				want := []string{"15s history of one"}
				if test.again {
					if len(w.sent) != 2 {
						w.Fatalf("sent %q", w.sent)
					}
					want = append(want, w.sent[1])
					w.status(1, "delivered", "wamid.I")
				}
				w.want(test.parked, want...)
				w.idle()
			})
		})
	}
}

// TestLongHistory sends a history in three parts and breaks off after the second,
// with another History from then on: the rest is of what was begun.
func TestLongHistory(t *testing.T) {
	inBubble(t, func(c *bot.Config) {
		c.History = func(bot.Session) []string {
			return []string{"part 1\n" + strings.Repeat("x", 4089), "part 2\n" + strings.Repeat("y", 4089), "part 3"}
		}
	}, func(w *talk) {
		n := 0
		w.answers(func() (*http.Response, error) {
			if n++; n == 2 {
				return lost()
			}
			return taken()
		})
		w.post(said("1", "a", "one"))
		w.wait(20 * time.Second)
		w.stop()
		w.cfg.History = history("another history")
		w.run()
		w.wait(30 * time.Second)
		w.want(0, "15s part 1", "15s part 2")
		w.status(1, "sent", "wamid.2")
		w.wait(time.Hour)
		if len(w.sent) != 3 || !strings.HasSuffix(w.sent[2], "part 3") {
			w.Errorf("sent %q", w.sent)
		}
		for i, opaque := range w.opaques {
			if !strings.HasSuffix(opaque, fmt.Sprint(" ", i)) {
				w.Errorf("part %d is %q", i, opaque)
			}
		}
		w.idle()
	})
}

// TestFullSession fills a session: it is sent at once.
func TestFullSession(t *testing.T) {
	inBubble(t, func(c *bot.Config) { c.SessionLimit = 3 }, func(w *talk) {
		w.post(said("1", "a", "one", "1", "b", "two", "1", "c", "three", "1", "d", "four"))
		w.wait(time.Second)
		if len(w.sent) == 0 {
			w.Fatal("nothing was sent")
		}
		w.wait(time.Hour)
		all := strings.Join(w.sent, "\n")
		for _, words := range []string{"one", "two", "three", "four"} {
			if strings.Count(all, " "+words) != 1 {
				w.Errorf("%q is not there once:\n%s", words, all)
			}
		}
		w.idle()
	})
}

// TestForgotten forgets a user while a history waits for its proof.
func TestForgotten(t *testing.T) {
	inBubble(t, nil, func(w *talk) {
		w.answers(lost)
		w.post(said("1", "a", "one"))
		w.wait(20 * time.Second)
		w.post(said("1", "b", "two", "2", "c", "three"))
		if err := w.bot.Forget(w.Context(), "1"); err != nil {
			w.Fatal(err)
		}
		w.answers(taken)
		w.wait(time.Hour)
		w.want(0, "15s history of one", "35s history of three")
		w.idle()
		for db := range 4 {
			for _, key := range w.server.DB(db).Keys() {
				if strings.Contains(key, "+1") {
					w.Errorf("%s is left", key)
				}
			}
		}
	})
}

// TestStatusHastens has WhatsApp take the first part of a history, and refuse the
// second with a Retry-After; then the statuses of the first come. The second must
// not be attempted before Retry-After says so.
func TestStatusHastens(t *testing.T) {
	inBubble(t, func(c *bot.Config) {
		c.History = func(bot.Session) []string { return []string{"part 1\n" + strings.Repeat("x", 4089), "part 2"} }
	}, func(w *talk) {
		n := 0
		w.answers(func() (*http.Response, error) {
			if n++; n == 2 {
				return refusal(429, 130429, "100")()
			}
			return taken()
		})
		w.post(said("1", "a", "one"))
		w.wait(20 * time.Second)
		w.status(0, "sent", "wamid.H")
		w.status(0, "delivered", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s part 1", "15s part 2", fmt.Sprint(115*time.Second)+" part 2")
	})
}

// TestProofAfterPark gives a history up before its proof has come: when it comes,
// the history waits for nobody any more.
func TestProofAfterPark(t *testing.T) {
	inBubble(t, func(c *bot.Config) { c.RetryFor, c.ProofTimeout = time.Minute, 2*time.Minute }, func(w *talk) {
		w.answers(lost)
		w.post(said("1", "a", "one"))
		w.wait(30 * time.Second)
		w.status(0, "delivered", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s history of one")
	})
}

// slowly is a server that takes a second to hand on each answer.
type slowly struct{ http.Handler }

func (s slowly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Handler.ServeHTTP(slowAnswer{w}, r)
}

type slowAnswer struct{ http.ResponseWriter }

func (a slowAnswer) Flush() { time.Sleep(time.Second) }

// TestTheHistoryOfAFullSessionFollowsItsConfirmation wants the confirmation of the message
// that fills a session to be sent before the history, however long the answer to the
// webhook takes.
func TestTheHistoryOfAFullSessionFollowsItsConfirmation(t *testing.T) {
	inBubble(t, func(c *bot.Config) { c.SessionLimit = 1 }, func(w *talk) {
		post(slowly{w.bot}, said("1", "a", "one"))
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if want := []string{"1s history of one"}; !slices.Equal(w.sent, want) {
			t.Errorf("got %q, want %q", w.sent, want)
		}
	})
}
