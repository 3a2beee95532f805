package sim_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/trace"
)

// asks returns a bot that sends what it hears to a URL, and tells its user the answer, or
// what kept it from having one. The limit bounds each request; 0: none.
func asks(url string, limit time.Duration) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				_ = sendText(env, m.from, ask(env, url, limit, m.text))
			}
		}}, nil
	}
}

func ask(env sim.Env, url string, limit time.Duration, text string) string {
	client := &http.Client{Transport: env.HTTP.Transport, Timeout: limit}
	resp, err := client.Post(url, "application/json", strings.NewReader(fmt.Sprintf(`{"text":%q}`, text)))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, strings.TrimSpace(string(answer)))
}

// lengths answers with the length of what it was sent.
var lengths = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %d", r.URL.Path, len(body))
})

const payURL = "https://pay.example.com"

// last returns what Ana has received last.
func lastText(w *sim.World) string {
	inbox := w.Inbox("Ana")
	if len(inbox) == 0 {
		return ""
	}
	return inbox[len(inbox)-1].Text
}

func TestABotReachesAService(t *testing.T) {
	w := world(t, asks(payURL+"/payments?key=secret", 0), sim.Service(payURL, lengths), sim.Service("https://api.example.com", http.NotFoundHandler()))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	if got := lastText(w); got != "200 /payments 16" {
		t.Errorf("Ana gets %q", got)
	}
	for _, name := range []string{payURL, "pay.example.com", ""} {
		calls, err := w.ServiceCalls(name)
		if err != nil || len(calls) != 1 {
			t.Fatalf("%q: got %+v, %v", name, calls, err)
		}
		c := calls[0]
		if c.Who != "bot 1" || c.Service != "pay.example.com" || c.Method != "POST" || c.URL != payURL+"/payments?key=secret" || c.Header.Get("Content-Type") != "application/json" || c.Body != `{"text":"hello"}` || c.Status != 200 || c.Answer != "/payments 16" || c.Lost {
			t.Errorf("got %+v", c)
		}
	}
	if calls, err := w.ServiceCalls("api.example.com"); err != nil || calls != nil {
		t.Errorf("of the other service: got %v, %v", calls, err)
	}
	if _, err := w.ServiceCalls("api.example.org"); err == nil || !strings.Contains(err.Error(), `there is no service "api.example.org": the world has ["pay.example.com" "api.example.com"]`) {
		t.Errorf("got %v", err)
	}
	i := slices.IndexFunc(w.Trace().Events(), func(e trace.Event) bool { return e.What == trace.Sends })
	if i < 0 {
		t.Fatal("the call is not in the trace")
	}
	if line := w.Trace().Events()[i].String(); !strings.HasSuffix(line, `bot 1        sends to pay.example.com "POST /payments {\"text\":\"hello\"}" → 200`) {
		t.Errorf("the trace has %s", line)
	}
}

func TestACallToNowhereIsAnError(t *testing.T) {
	w := world(t, asks("https://api.example.com/users?key=secret", 0), sim.Service(payURL, lengths))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	got := lastText(w)
	if want := `sim: the bot calls POST https://api.example.com/users, which is not in its world: sim.Service("https://api.example.com", handler) puts it there`; !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
}

// TestMetasHostsAreInEachWorld calls the API, and the hosts for files, without a token: WhatsApp
// refuses that.
func TestMetasHostsAreInEachWorld(t *testing.T) {
	for url, want := range map[string]string{
		"https://graph.facebook.com/v21.0/nothing": "401 ", "https://lookaside.fbsbx.com/nothing": "401 ",
		"https://files.example/media/nothing": "401 ", "https://files.example/other": "not in its world", "/messages": "POST /messages: the URL has no host",
	} {
		w := world(t, asks(url, 0), sim.WhatsApp(func(c *fakewa.Config) { c.BaseURL = "https://files.example/media" }))
		if err := w.Say("Ana", "hello"); err != nil || !strings.Contains(lastText(w), want) {
			t.Errorf("%s: got %s, %v", url, lastText(w), err)
		}
	}
}

func TestTheBaseOfAServiceIsAURL(t *testing.T) {
	for base, want := range map[string]string{
		"pay.example.com":                  "want a URL with a scheme and a host",
		"ftp://pay.example.com":            "want a URL with a scheme and a host",
		"https://pay.example.com?key=1":    "want a URL with a scheme and a host",
		"https://ann:key@pay.example.com":  "want a URL with a scheme and a host",
		"https://%":                        "want a URL with a scheme and a host",
		"https://graph.facebook.com/v23.0": "the world has something else there",
		"http://bot":                       "the world has something else there",
		payURL:                             "is there twice",
	} {
		w, err := sim.New(of(app{}), sim.Service(payURL, lengths), sim.Service(base, lengths))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", base, err, want)
		}
		if w != nil {
			_ = w.Close()
		}
	}
	if _, err := sim.New(of(app{}), sim.Service(payURL, nil)); err == nil || !strings.Contains(err.Error(), "has no handler") {
		t.Errorf("got %v", err)
	}
}

func TestTheLongestBaseWins(t *testing.T) {
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
	}
	services := []sim.Option{sim.Service("https://x.example", says("root")), sim.Service("https://x.example/v1/", says("v1")), sim.Service("http://y.example:8080", says("port"))}
	for url, want := range map[string]string{
		"https://x.example/v1": "200 v1", "https://x.example/v1/a": "200 v1", "https://x.example/v10": "200 root", "https://X.example:443/": "200 root",
		"http://y.example:8080/a": "200 port", "http://y.example/a": "not in its world", "http://x.example/": "not in its world",
	} {
		w := world(t, asks(url, 0), services...)
		if err := w.Say("Ana", "hello"); err != nil {
			t.Fatal(err)
		}
		if got := lastText(w); !strings.Contains(got, want) {
			t.Errorf("%s: got %s", url, got)
		}
	}
}

// TestFaultsOfServices has a bot that waits ten seconds for each answer.
func TestFaultsOfServices(t *testing.T) {
	for _, c := range []struct {
		fault   string
		handled bool // the handler has seen the first call
		want    []string
	}{
		{"the service pay.example.com answers 503 the next time", false, []string{"503 Service Unavailable, by a fault of the test", "200 handled"}},
		{"any service answers 429 the next 2 times", false, []string{"429 Too Many Requests, by a fault of the test", "429 Too Many", "200 handled"}},
		{"the service pay.example.com answers 500", false, []string{"500 ", "500 ", "500 "}},
		{"the service pay.example.com takes 5 seconds the next time", true, []string{"200 handled after 5s", "200 handled after 0s"}},
		{"the service pay.example.com takes 15 seconds the next time", false, []string{"context deadline exceeded", "200 handled"}},
		{"the service pay.example.com never answers the next time", false, []string{"context deadline exceeded", "200 handled"}},
		{"the service pay.example.com loses the next answer", true, []string{"connection reset by peer", "200 handled"}},
		{"the service other.example.com answers 503", false, []string{"200 handled"}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			handled := 0
			var said time.Time
			w := world(t, asks(payURL, 9*time.Second),
				sim.Service(payURL, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					handled++
					fmt.Fprintf(w, "handled after %s", time.Since(said))
				})), sim.Service("https://other.example.com", lengths))
			fault, err := sim.ParseFault(c.fault)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Inject(fault); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				said = w.Now()
				if err := w.Say("Ana", "hello"); err != nil {
					t.Fatal(err)
				}
				if got := lastText(w); !strings.Contains(got, want) {
					t.Errorf("answer %d is %q, want %q", i+1, got, want)
				}
				if i == 0 && handled > 0 != (c.handled || strings.HasPrefix(want, "200")) {
					t.Errorf("%d calls were handled", handled)
				}
			}
			if err := w.Inject(sim.Fault{Kind: sim.Heal}); err != nil {
				t.Fatal(err)
			}
			if err := w.Say("Ana", "hello"); err != nil || !strings.HasPrefix(lastText(w), "200") {
				t.Errorf("healed: %q, %v", lastText(w), err)
			}
		})
	}
	w := world(t, of(app{}), sim.Service(payURL, lengths))
	for _, bad := range []sim.Fault{{Kind: sim.ServiceAnswers, Code: 200}, {Kind: sim.ServiceSlow}, {Kind: sim.ServiceSilent, Service: "pay.example.org"}} {
		if err := w.Inject(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// sayings flushes a word each second.
func sayings(w http.ResponseWriter, r *http.Request) {
	for _, word := range []string{"one", "two", "three"} {
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
			return
		}
		fmt.Fprintln(w, word)
		w.(http.Flusher).Flush()
	}
	time.Sleep(time.Second)
	fmt.Fprint(w, "end")
}

func TestAStreamArrivesPieceByPiece(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			from := heard(r)[0].from
			go func() {
				resp, err := env.HTTP.Get("https://sayings.example")
				if err != nil {
					_ = sendText(env, from, err.Error())
					return
				}
				defer resp.Body.Close()
				lines := bufio.NewScanner(resp.Body)
				for lines.Scan() {
					_ = sendText(env, from, lines.Text())
				}
				if err := lines.Err(); err != nil {
					_ = sendText(env, from, err.Error())
				}
			}()
		}}, nil
	}, sim.Service("https://sayings.example", http.HandlerFunc(sayings)))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range w.Inbox("Ana") {
		got = append(got, m.At.Format("05")+" "+m.Text)
	}
	if want := []string{"01 one", "02 two", "03 three", "04 end"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	calls, err := w.ServiceCalls("sayings.example")
	if err != nil || len(calls) != 1 || calls[0].Answer != "one\ntwo\nthree\nend" {
		t.Errorf("got %+v, %v", calls, err)
	}
	if err := errors.Join(w.Say("Ana", "again"), w.Wait(1500*time.Millisecond), w.Crash(), w.Wait(5*time.Second)); err != nil {
		t.Error(err)
	}
	if got := lastText(w); got != "one" {
		t.Errorf("after a crash in the middle: %q", got)
	}
	if calls, err = w.ServiceCalls("sayings.example"); err != nil || len(calls) != 2 || calls[1].Answer != "one\n" || !calls[1].Lost {
		t.Errorf("of the crash: got %+v, %v", calls, err)
	}
}

// TestACallOfACrashedBot lets replicas crash around a call to a service.
func TestACallOfACrashedBot(t *testing.T) {
	for point, handled := range map[string]int{"before service call": 0, "after service call": 1} {
		seen := 0
		w := world(t, asks(payURL+"/pay", 0), sim.Service(payURL, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen++ })))
		if err := w.Inject(sim.Fault{Kind: sim.Crash, Point: point, Like: "POST .*/pay .*hello"}); err != nil {
			t.Fatal(err)
		}
		if refused, ok := errors.AsType[*sim.Refused](w.Say("Ana", "hello")); !ok || refused.Answer.Status != 0 {
			t.Errorf("%s: got %v", point, refused)
		}
		if seen != handled || len(w.Inbox("Ana")) != 0 {
			t.Errorf("%s: %d calls were handled, and Ana has %v", point, seen, w.Inbox("Ana"))
		}
		if err := errors.Join(w.Restart(), w.Say("Ana", "hello")); err != nil || seen != handled+1 {
			t.Errorf("%s: after a restart: %d calls, %v", point, seen, err)
		}
	}
}

// TestAFrozenBotGetsTheAnswerLater freezes a bot before an answer begins, and in the middle of
// it.
func TestAFrozenBotGetsTheAnswerLater(t *testing.T) {
	for freeze, want := range map[time.Duration][]string{
		500 * time.Millisecond:  {"09:00:10.5 begins", "09:00:10.5 one", "09:00:10.5 two", "09:00:10.5 three", "09:00:10.5 end"},
		1500 * time.Millisecond: {"09:00:01 begins", "09:00:01 one", "09:00:11.5 two", "09:00:11.5 three", "09:00:11.5 end"},
	} {
		var got []string
		w := world(t, func(env sim.Env) (sim.App, error) {
			return app{serve: func(_ http.ResponseWriter, r *http.Request) {
				go func() {
					note := func(what string) { got = append(got, time.Now().UTC().Format("15:04:05.999")+" "+what) }
					resp, err := env.HTTP.Get("https://sayings.example")
					if err != nil {
						note(err.Error())
						return
					}
					defer resp.Body.Close()
					note("begins")
					lines := bufio.NewScanner(resp.Body)
					for lines.Scan() {
						note(lines.Text())
					}
				}()
			}}, nil
		}, sim.Service("https://sayings.example", http.HandlerFunc(sayings)))
		err := errors.Join(w.Say("Ana", "hello"), w.Wait(freeze), w.Inject(sim.Fault{Kind: sim.Freeze, Replica: 1, For: 10 * time.Second}), w.Wait(20*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("frozen after %s: got %q", freeze, got)
		}
	}
}

func TestAPanicOfAServiceIsAnErrorOfClose(t *testing.T) {
	w, err := sim.New(asks(payURL, 0), sim.Service(payURL, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no money") })))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err != nil || !strings.Contains(lastText(w), "connection reset by peer") {
		t.Errorf("got %q, %v", lastText(w), err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "the service pay.example.com panicked at POST : no money") {
		t.Errorf("got %v", err)
	}
}

// callback is a service that takes a payment and tells the bot of it twice: a second later,
// and ten seconds after that.
func callback(w http.ResponseWriter, r *http.Request) {
	client := sim.BotClient(r.Context())
	body, _ := io.ReadAll(r.Body)
	var tell func(pause time.Duration, times int)
	tell = func(pause time.Duration, times int) {
		time.AfterFunc(pause, func() {
			if resp, err := client.Post("http://bot/payments/callback", "application/json", strings.NewReader(string(body))); err == nil {
				_ = resp.Body.Close()
			}
			if times > 1 {
				tell(10*time.Second, times-1)
			}
		})
	}
	tell(time.Second, 2)
	w.WriteHeader(http.StatusAccepted)
}

func TestAServiceCallsTheBot(t *testing.T) {
	w := world(t, func(env sim.Env) (sim.App, error) {
		return app{serve: func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/payments/callback" {
				body, _ := io.ReadAll(r.Body)
				_ = sendText(env, ana, fmt.Sprintf("%s by replica %d", body, env.Replica+1))
				rw.WriteHeader(http.StatusNoContent)
				return
			}
			for _, m := range heard(r) {
				ask(env, payURL, 0, m.text)
			}
		}}, nil
	}, sim.Service(payURL, http.HandlerFunc(callback)), sim.Replicas(2))
	if err := errors.Join(w.Say("Ana", "hello"), w.Wait(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range w.Inbox("Ana") {
		got = append(got, m.At.Format("05")+" "+m.Text)
	}
	if want := []string{`01 {"text":"hello"} by replica 2`, `11 {"text":"hello"} by replica 1`}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	text := new(strings.Builder)
	_, _ = w.Trace().WriteTo(text)
	for _, want := range []string{
		`pay.example.com sends to bot 2 "POST /payments/callback {\"text\":\"hello\"}"` + "\n",
		"bot 2        answers to pay.example.com #",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the trace does not have %s:\n%s", want, text)
		}
	}
	if err := errors.Join(w.Say("Ana", "again"), w.Crash(), w.Wait(time.Minute)); err != nil {
		t.Error(err)
	}
	if _, err := sim.BotClient(context.Background()).Get("http://bot/"); err == nil || !strings.Contains(err.Error(), "not of a request to a service") {
		t.Errorf("without a service: got %v", err)
	}
}

// TestAServiceReachesTheBotAlone has a service that calls the bot, and others, before it
// answers. The bot has a router of the same kind as the service.
func TestAServiceReachesTheBotAlone(t *testing.T) {
	service := chi.NewRouter()
	service.Get("/relay", func(rw http.ResponseWriter, r *http.Request) {
		for _, url := range []string{"http://bot/hello/ana", "http://bot/elsewhere", "https://bot/hello/ana", "https://graph.facebook.com/v23.0/me?key=secret"} {
			req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, url, nil)
			if err != nil {
				fmt.Fprintln(rw, err)
				continue
			}
			resp, err := sim.BotClient(r.Context()).Do(req)
			if err != nil {
				fmt.Fprintln(rw, errors.Unwrap(err))
				continue
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			fmt.Fprintf(rw, "%d %s\n", resp.StatusCode, strings.TrimSpace(string(body)))
		}
	})
	w := world(t, func(env sim.Env) (sim.App, error) {
		bot := chi.NewRouter()
		bot.Get("/hello/{name}", func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, "hello "+chi.URLParam(r, "name")) })
		bot.Post("/webhook", func(_ http.ResponseWriter, r *http.Request) {
			if said := heard(r); len(said) > 0 { // it is no status
				req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, payURL+"/relay", nil)
				resp, err := env.HTTP.Do(req)
				if err != nil {
					_ = sendText(env, ana, err.Error())
					return
				}
				defer resp.Body.Close()
				body, _ := io.ReadAll(resp.Body)
				_ = sendText(env, ana, string(body))
			}
		})
		return app{serve: bot.ServeHTTP}, nil
	}, sim.Service(payURL, service))
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	want := `200 hello ana
404 404 page not found
sim: the service pay.example.com calls GET https://bot/hello/ana: it can call the bot, at http://bot
sim: the service pay.example.com calls GET https://graph.facebook.com/v23.0/me: it can call the bot, at http://bot
`
	if got := lastText(w); got != want {
		t.Errorf("got\n%s", got)
	}
}
