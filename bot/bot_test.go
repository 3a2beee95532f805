package bot_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jarcoal/httpmock"
	"github.com/redis/go-redis/v9"

	"wappasim/bot"
	"wappasim/bot/redistest"
)

const (
	secret = "app-secret-5c1b"
	access = "EAAG-token-9f3e"
)

// TestMain runs more tests at a time than there are processors: those that are
// parallel wait for real time to pass. The flag -parallel has the last word.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// onEachRedis runs a test on miniredis, which worlds use, and on a real Redis:
// they differ.
func onEachRedis(t *testing.T, test func(t *testing.T, addr string)) {
	t.Run("miniredis", func(t *testing.T) { test(t, miniredis.RunT(t).Addr()) })
	t.Run("redis-server", func(t *testing.T) { test(t, redistest.Start(t)) })
}

// graphAPI records the texts that a bot sends, as "user: text".
type graphAPI struct {
	*httpmock.MockTransport
	mu   sync.Mutex
	sent []string // guarded by mu
}

func newGraphAPI() *graphAPI {
	g := &graphAPI{MockTransport: httpmock.NewMockTransport()}
	g.RegisterResponder("POST", "https://graph.example/v23.0/555/messages", g.accept)
	return g
}

func (g *graphAPI) accept(r *http.Request) (*http.Response, error) {
	var body struct {
		To   string
		Text struct{ Body string }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent = append(g.sent, body.To+": "+body.Text.Body)
	return httpmock.NewJsonResponse(200, map[string]any{"messages": []any{map[string]string{"id": fmt.Sprintf("wamid.%d", len(g.sent))}}})
}

func (g *graphAPI) texts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.sent...)
}

// config returns a configuration that works.
func config(addr string, graph http.RoundTripper) bot.Config {
	return bot.Config{
		Redis: &redis.UniversalOptions{Addrs: []string{addr}}, HTTP: &http.Client{Transport: graph},
		GraphURL: "https://graph.example/v23.0", PhoneNumberID: "555", BusinessID: "waba",
		Token: access, AppSecret: secret, VerifyToken: "verify-me",
	}
}

func newBot(t *testing.T, cfg bot.Config) *bot.Bot {
	t.Helper()
	b, err := bot.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// run runs the bot until the end of the test.
func run(t *testing.T, b *bot.Bot) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the bot to be ready", func() bool { return get(b, "/readyz").Code == http.StatusOK })
}

// runLogged runs a bot until stop is called, which returns its log.
func runLogged(t *testing.T, cfg bot.Config) (b *bot.Bot, stop func() (log string)) {
	t.Helper()
	var log bytes.Buffer
	cfg.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	b, err := bot.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	eventually(t, "the bot to be ready", func() bool { return get(b, "/readyz").Code == http.StatusOK })
	return b, func() string {
		cancel()
		if err := errors.Join(<-done, b.Close()); err != nil {
			t.Error(err)
		}
		return log.String()
	}
}

// eventually waits for something that other processes do.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
	}
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

// post posts a signed body to the webhook.
func post(h http.Handler, body string) *httptest.ResponseRecorder {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return postSigned(h, body, "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

func postSigned(h http.Handler, body, signature string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/webhook", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", signature)
	h.ServeHTTP(w, r)
	return w
}

// said is the webhook of texts, given as user, id and words in turn.
func said(words ...string) string {
	var messages []string
	for i := 0; i+2 < len(words); i += 3 {
		messages = append(messages, fmt.Sprintf(`{"from":%q,"id":%q,"timestamp":"1767609045","type":"text","text":{"body":%q}}`, words[i], words[i+1], words[i+2]))
	}
	return `{"object":"whatsapp_business_account","entry":[{"id":"waba","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"phone_number_id":"555"},"messages":[` + strings.Join(messages, ",") + `]},"field":"messages"}]}]}`
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	addr := "127.0.0.1:1"
	for want, spoil := range map[string]func(*bot.Config){
		"Config.Redis":         func(c *bot.Config) { c.Redis = nil },
		"Config.HTTP":          func(c *bot.Config) { c.HTTP = nil },
		"Config.GraphURL":      func(c *bot.Config) { c.GraphURL = "graph" },
		"Config.PhoneNumberID": func(c *bot.Config) { c.PhoneNumberID = "" },
		"Config.Token":         func(c *bot.Config) { c.Token = "" },
		"Config.AppSecret":     func(c *bot.Config) { c.AppSecret = "" },
		"Config.VerifyToken":   func(c *bot.Config) { c.VerifyToken = "" },
		"Config.Silence":       func(c *bot.Config) { c.Silence = 1500 * time.Millisecond },
		"Config.SessionLimit":  func(c *bot.Config) { c.SessionLimit = -1 },
		"Config.ProofTimeout":  func(c *bot.Config) { c.ProofTimeout = 14999 * time.Millisecond },
		"Config.RetryFor":      func(c *bot.Config) { c.RetryFor = -1 },
	} {
		cfg := config(addr, newGraphAPI())
		spoil(&cfg)
		if _, err := bot.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}

// TestFlow is the seed's flow on the wall clock: messages, silence, history.
func TestFlow(t *testing.T) {
	t.Parallel()
	api := newGraphAPI()
	cfg := config(redistest.Start(t), api)
	cfg.Silence = time.Second
	b := newBot(t, cfg)
	run(t, b)
	for i, words := range []string{"one", "two", "three"} {
		if w := post(b, said("16505551234", fmt.Sprint("id-", i), words)); w.Code != 200 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
	}
	eventually(t, "the history", func() bool { return len(api.texts()) == 4 })
	want := "+16505551234: 📬 Message History (3 messages)\n\n⏰ You were inactive for 1 second. Here's what you sent:\n\n" +
		"1. [10:30:45] one\n2. [10:30:45] two\n3. [10:30:45] three\n\n✨ Session Complete!\n📊 Total: 3 messages\n⏱️ Timer: 1 second"
	if got := api.texts()[3]; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	eventually(t, "the cache to be empty", func() bool {
		data, err := b.Users().Get(context.Background(), "16505551234")
		return err == nil && data.Messages == nil
	})
}

// TestConfigRefused takes CONFIG away from the bot, as managed Redis services
// do: it says so once and goes on, and the timers fire if the setting is there.
func TestConfigRefused(t *testing.T) {
	t.Parallel()
	addr := redistest.Start(t, "--notify-keyspace-events", "Ex", "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-config")
	api := newGraphAPI()
	cfg := config(addr, api)
	cfg.Silence = time.Second
	b, stop := runLogged(t, cfg)
	post(b, said("1", "a", "hello"))
	eventually(t, "the history", func() bool { return len(api.texts()) == 2 })
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	if err := client.ClientKillByFilter(context.Background(), "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	post(b, said("1", "b", "hello again"))
	eventually(t, "the second history", func() bool { return len(api.texts()) == 4 })
	log := stop()
	if got := strings.Count(log, "Redis refuses CONFIG"); got != 1 {
		t.Errorf("said %d times:\n%s", got, log)
	}
}

// TestFlagsAreAdded starts a bot on a Redis whose events somebody else uses.
func TestFlagsAreAdded(t *testing.T) {
	t.Parallel()
	addr := redistest.Start(t, "--notify-keyspace-events", "Kg")
	b := newBot(t, config(addr, newGraphAPI()))
	run(t, b)
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	eventually(t, "the flags", func() bool { // a bot is ready without them
		got := client.ConfigGet(context.Background(), "notify-keyspace-events").Val()["notify-keyspace-events"]
		return got == "gxKE" || got == "gxEK"
	})
}

// TestLogs runs a session and looks for the lines that the bot promises, and for
// what must not be there.
func TestLogs(t *testing.T) {
	t.Parallel()
	api := newGraphAPI()
	cfg := config(redistest.Start(t, "--appendonly", "yes"), api)
	cfg.Silence = time.Second
	b, stop := runLogged(t, cfg)
	post(b, said("16505551234", "a", "my secret words"))
	postSigned(b, said("16505551234", "b", "my secret words"), "sha256=00")
	eventually(t, "the history", func() bool { return len(api.texts()) == 2 })
	log := stop()
	var lines []string
	for line := range strings.Lines(log) {
		var record struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, record.Msg)
	}
	want := []string{
		"📬 Message from +16505551234",
		"💾 Stored message #1",
		"⏰ Started/reset 1s inactivity timer",
		"webhook refused",
		"⏰ User inactivity detected",
		"✅ Successfully echoed 1 messages",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	for _, never := range []string{"my secret words", secret, access, "verify-me"} {
		if strings.Contains(log, never) {
			t.Errorf("%q is in the log:\n%s", never, log)
		}
	}
}
