package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jarcoal/httpmock"

	"wappasim/bot"
	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

func TestHandshake(t *testing.T) {
	b := newBot(t, config(miniredis.RunT(t).Addr(), newGraphAPI()))
	for query, want := range map[string]string{
		"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me": "200 1158201444",
		"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=guess":     "403",
		"hub.mode=subscribe&hub.challenge=1158201444":                            "403",
		"hub.mode=other&hub.challenge=1158201444&hub.verify_token=verify-me":     "403",
		"": "403",
	} {
		w := get(b, "/webhook?"+query)
		got := fmt.Sprint(w.Code)
		if w.Code == 200 {
			got += " " + w.Body.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

func TestWebhookStatus(t *testing.T) {
	server := miniredis.RunT(t)
	b := newBot(t, config(server.Addr(), newGraphAPI()))
	text := said("16505551234", "a", "hello")
	for name, test := range map[string]struct {
		answer *httptest.ResponseRecorder
		want   int
	}{
		"no signature":      {postSigned(b, text, ""), 401},
		"wrong signature":   {postSigned(b, text, "sha256="+strings.Repeat("0", 64)), 401},
		"not JSON":          {post(b, "hello"), 400},
		"an array":          {post(b, "[]"), 400},
		"too large":         {post(b, `{"x":"`+strings.Repeat("x", 3<<20)+`"}`), 413},
		"unknown object":    {post(b, `{"object":"page","entry":[{"messaging":[]}]}`), 200},
		"unknown field":     {post(b, `{"entry":[{"changes":[{"field":"account_update","value":{"event":"X"}}]}]}`), 200},
		"unknown shape":     {post(b, `{"entry":"?"}`), 200},
		"a status":          {post(b, `{"entry":[{"changes":[{"value":{"statuses":[{"id":"x","status":"read"}]}}]}]}`), 200},
		"another number's":  {post(b, strings.ReplaceAll(text, `"555"`, `"556"`)), 200},
		"without a sender":  {post(b, strings.ReplaceAll(text, `"from":"16505551234",`, "")), 200},
		"almost 3 MB, null": {post(b, `{"x":"`+strings.Repeat("x", 3<<20-20)+`"}`), 200},
	} {
		if test.answer.Code != test.want {
			t.Errorf("%s: got %d %s, want %d", name, test.answer.Code, test.answer.Body, test.want)
		}
	}
	if keys := server.Keys(); len(keys) != 0 {
		t.Errorf("something was stored: %q", keys)
	}
	if w := post(b, text); w.Code != 200 {
		t.Errorf("a good one: got %d", w.Code)
	}
	if got, err := server.DB(0).Get("wappa:user:+16505551234"); err != nil || !strings.Contains(got, `"text":"hello"`) {
		t.Errorf("got %s, %v", got, err)
	}
	if ttl := server.DB(3).TTL("wappa:EXPTRIGGER:user_inactivity:+16505551234"); ttl > 15*time.Second || ttl < 10*time.Second {
		t.Errorf("the trigger has %s", ttl)
	}
	if ttl, err := b.Timers().TTL(t.Context(), bot.Inactivity, "+16505551234"); ttl > 15*time.Second+time.Millisecond || ttl <= 0 || err != nil {
		t.Errorf("the timer has %s, %v", ttl, err)
	}
	if got := get(b, "/metrics").Body.String(); !strings.Contains(got, `wappa_webhooks_total{status="401"} 2`) || !strings.Contains(got, `wappa_messages_total{result="stored"} 1`) {
		t.Errorf("metrics: got\n%s", got)
	}
}

func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	api := newGraphAPI()
	b := newBot(t, config(server.Addr(), api))
	if got := get(b, "/healthz").Code; got != 200 {
		t.Errorf("healthz: got %d", got)
	}
	if w := get(b, "/readyz"); w.Code != 503 || strings.TrimSpace(w.Body.String()) != "the timer worker is not polling" {
		t.Errorf("readyz before Run: got %d %s", w.Code, w.Body)
	}
	server.SetError("LOADING Redis is loading the dataset in memory")
	start := time.Now()
	if w := post(b, said("1", "a", "hello")); w.Code != 503 {
		t.Errorf("got %d", w.Code)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("the answer took %s", took)
	}
	if w := get(b, "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "Redis does not answer") {
		t.Errorf("readyz: got %d %s", w.Code, w.Body)
	}
	server.SetError("")
	if w := post(b, said("1", "a", "hello")); w.Code != 200 {
		t.Errorf("delivered again: got %d", w.Code)
	}
	eventually(t, "the confirmation", func() bool { return len(api.texts()) == 1 })
}

// TestHalfStored breaks Redis in the middle of a body: what was stored is
// confirmed once, and the rest when the webhook is redelivered.
func TestHalfStored(t *testing.T) {
	server := miniredis.RunT(t)
	api := newGraphAPI()
	b := newBot(t, config(server.Addr(), api))
	if _, err := server.DB(0).SetAdd("wappa:user:+2", "a set, where a string is wanted"); err != nil {
		t.Fatal(err)
	}
	body := said("1", "a", "one", "2", "b", "two")
	if w := post(b, body); w.Code != 503 {
		t.Errorf("got %d", w.Code)
	}
	server.DB(0).Del("wappa:user:+2")
	if w := post(b, body); w.Code != 200 {
		t.Errorf("again: got %d", w.Code)
	}
	eventually(t, "two confirmations", func() bool { return len(api.texts()) == 2 })
	got := slices.Sorted(slices.Values(api.texts())) // two users: in whatever order
	if !strings.HasPrefix(got[0], "+1: ") || !strings.HasPrefix(got[1], "+2: ") {
		t.Errorf("got %q", got)
	}
}

// TestAnswerGoesFirst holds the Graph API until the webhook was answered.
func TestAnswerGoesFirst(t *testing.T) {
	answered := make(chan struct{})
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		<-answered
		return httpmock.NewStringResponse(200, `{"messages":[{"id":"x"}]}`), nil
	})
	b := newBot(t, config(miniredis.RunT(t).Addr(), mock))
	server := httptest.NewServer(b)
	defer server.Close()
	if w := post(b, said("1", "a", "hello")); w.Code != 200 || !w.Flushed {
		t.Errorf("got %d, flushed: %t", w.Code, w.Flushed)
	}
	close(answered)
}

// TestCloseWaits closes a bot while a confirmation is being sent: Close waits for
// it, and what WhatsApp refuses is not attempted again.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	asked, answer := make(chan struct{}), make(chan struct{})
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		close(asked)
		<-answer
		return httpmock.NewStringResponse(503, ""), nil
	})
	var log bytes.Buffer
	cfg := config(miniredis.RunT(t).Addr(), mock)
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	b, err := bot.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	post(b, said("1", "a", "hello"))
	<-asked
	closed := make(chan error, 1)
	go func() { closed <- b.Close() }()
	select {
	case err := <-closed:
		t.Errorf("Close did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(answer)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "a confirmation was not sent") || mock.GetTotalCallCount() != 1 {
		t.Errorf("%d attempts, and the log says:\n%s", mock.GetTotalCallCount(), log.String())
	}
	if err := b.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

// TestManyAtOnce has 10 users send 20 messages each, all at the same time and each
// delivered twice, and again where the bot has no time for it: every one is stored
// once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, addr string) {
		api := newGraphAPI()
		b := newBot(t, config(addr, api))
		var (
			all     sync.WaitGroup
			refused atomic.Bool
		)
		for user := range 10 {
			for n := range 20 {
				for range 2 {
					all.Go(func() {
						body := said(fmt.Sprint(1000+user), fmt.Sprintf("id-%d-%d", user, n), fmt.Sprint("text ", n))
						for range 20 {
							w := post(b, body)
							if w.Code == 200 {
								return
							}
							if w.Code != 503 {
								t.Errorf("got %d", w.Code)
							}
							refused.Store(true)
						}
						t.Error("never taken")
					})
				}
			}
		}
		all.Wait()
		for user := range 10 {
			data, err := b.Users().Get(context.Background(), fmt.Sprint(1000+user))
			if err != nil {
				t.Fatal(err)
			}
			texts := make(map[string]bool)
			for _, m := range data.Messages {
				texts[m.Text] = true
			}
			if len(data.Messages) != 20 || len(texts) != 20 {
				t.Errorf("user %d has %d messages, %d of them different", user, len(data.Messages), len(texts))
			}
		}
		if refused.Load() {
			t.Log("the machine is slow: whether every message is confirmed is not looked at")
			return
		}
		eventually(t, "200 confirmations", func() bool { return len(api.texts()) == 200 })
	})
}

// TestFiringSurvivesAnErrorOfRedis has Redis fail at the time when a timer is due.
func TestFiringSurvivesAnErrorOfRedis(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	api := newGraphAPI()
	cfg := config(server.Addr(), api)
	cfg.Silence = time.Second
	b := newBot(t, cfg)
	run(t, b)
	if w := post(b, said("1", "a", "hello")); w.Code != 200 {
		t.Fatalf("got %d", w.Code)
	}
	eventually(t, "the confirmation", func() bool { return len(api.texts()) == 1 })
	server.SetError("LOADING Redis is loading the dataset in memory")
	eventually(t, "the bot to notice", func() bool {
		return strings.Contains(get(b, "/readyz").Body.String(), "the timer worker is not polling")
	})
	server.SetError("")
	eventually(t, "the history", func() bool { return len(api.texts()) == 2 })
}

// TestPanic has a bot whose owner's texts panic: what comes later is sent, the
// history is attempted again, and then parked.
func TestPanic(t *testing.T) {
	t.Parallel()
	api := newGraphAPI()
	cfg := config(redistest.Start(t), api)
	cfg.Silence = time.Second
	cfg.RetryFor = 30 * time.Second
	cfg.Confirmation = func(s bot.Session) string {
		if s.Count == 1 {
			panic("out of cheese")
		}
		return "stored"
	}
	cfg.History = func(s bot.Session) []string { panic("out of bread") }
	b, stop := runLogged(t, cfg)
	post(b, said("1", "a", "one", "1", "b", "two"))
	eventually(t, "the second confirmation", func() bool { return len(api.texts()) == 1 })
	var parked []expiry.Parked
	eventually(t, "the history to be parked", func() bool {
		var err error
		parked, err = b.Parked(t.Context())
		return err == nil && len(parked) == 1
	})
	if p := parked[0]; p.Action != bot.Inactivity || p.Identifier != "+1" || p.Attempts != 2 || !strings.HasPrefix(p.Reason, "no success within 30s: ") {
		t.Errorf("got %+v", p)
	}
	log := stop()
	for _, want := range []string{"out of cheese", "out of bread"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log:\n%s", want, log)
		}
	}
}
