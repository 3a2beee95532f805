package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/sim/cli"
	"wappasim/sim/web"
)

// client drives a world as curl does.
type client struct {
	t   *testing.T
	url string
}

func serve(t *testing.T, cfg web.Config) client {
	t.Helper()
	if cfg.Bot == nil {
		cfg.Bot = newKeeper
	}
	s, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return over(t, s)
}

// over serves a world until the test is over.
func over(t *testing.T, s *web.Server) client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return client{t, server.URL}
}

// do sends a request, and returns the status and the answer.
func (c client) do(method, path, body string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// must is do for a request that succeeds.
func (c client) must(method, path, body string) string {
	c.t.Helper()
	status, text := c.do(method, path, body)
	if status != http.StatusOK && status != http.StatusCreated {
		c.t.Fatalf("%s %s %s: got %d %s", method, path, body, status, text)
	}
	return text
}

func (c client) say(who, text string) string {
	c.t.Helper()
	return c.must("POST", "/_fakewa/users/"+who+"/messages", fmt.Sprintf(`{"type":"text","text":{"body":%q}}`, text))
}

// state is what the tests look at of GET /_sim/.
type state struct {
	Run, Events, Steps int
	Seed               uint64
	Began, Now         time.Time
	Pace, Broken       string
	Active             []string
	People             []struct{ Name, User string }
}

func (c client) state() (s state) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(c.must("GET", "/_sim/", "")), &s); err != nil {
		c.t.Fatal(err)
	}
	return s
}

// texts returns what the bot has said to somebody.
func (c client) texts(who string) (all []string) {
	c.t.Helper()
	var got struct {
		Messages []struct {
			Direction string
			Message   struct{ Text struct{ Body string } }
		}
	}
	if err := json.Unmarshal([]byte(c.must("GET", "/_fakewa/users/"+who+"/messages", "")), &got); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range got.Messages {
		if m.Direction == "out" {
			all = append(all, m.Message.Text.Body)
		}
	}
	return all
}

// TestTalk is a talk from its beginning to a scenario and a Go test that pass.
func TestTalk(t *testing.T) {
	c := serve(t, web.Config{})
	c.must("POST", "/_sim/people", `{"name":"Ana"}`)
	c.must("POST", "/_sim/people", `{"name":"Ben"}`)
	c.say("Ana", "one")
	c.say("+15550000002", "it's <b>me</b>, \"Ben\"")
	if got := c.must("GET", "/_sim/redis", ""); !strings.Contains(got, `"name":"kept:15550000001","type":"list"`) || !strings.Contains(got, `"value":"one","ttl":3600`) {
		t.Errorf("Redis has %s", got)
	}
	if got := c.must("GET", "/_sim/next", ""); !strings.Contains(got, `{"at":"2026-01-05T10:00:00Z","what":"key expires","text":"0 last:15550000001"}`) {
		t.Errorf("next is %s", got)
	}
	c.must("POST", "/_sim/time", `{"to":"next"}`)
	if now := c.state().Now; now.Format(time.TimeOnly) != "09:00:10" {
		t.Errorf("it is %s", now)
	}
	if got := c.texts("Ana"); !slices.Equal(got, []string{"You said: one"}) {
		t.Errorf("Ana receives %q", got)
	}
	if got := c.texts("Ben"); !slices.Equal(got, []string{`You said: it's <b>me</b>, "Ben"`}) {
		t.Errorf("Ben receives %q", got)
	}
	if got := c.must("GET", "/_sim/redis", ""); !strings.Contains(got, `"keys":[]`) {
		t.Errorf("Redis has %s", got)
	}

	c.must("POST", "/_sim/faults", `{"sentence":"the API answers 131016 the next 2 times"}`)
	c.say("Ana", "two")
	c.must("POST", "/_sim/time", `{"advance":"10s"}`)
	if got := c.state().Active; !slices.Equal(got, []string{"the API answers 131016 the next time"}) {
		t.Errorf("active: %q", got)
	}
	if got := c.must("DELETE", "/_sim/faults", ""); !strings.Contains(got, `"active":[]`) {
		t.Errorf("healed: %s", got)
	}
	status, got := c.do("POST", "/_fakewa/users/Ana/messages", `{"type":"text","text":{"body":"trouble"}}`)
	if status != http.StatusCreated || !strings.Contains(got, `"status":418`) {
		t.Errorf("got %d %s", status, got)
	}
	c.must("PATCH", "/_fakewa/users/Ben", `{"silent":true}`)
	c.must("POST", "/_fakewa/users/Ben/read", "")
	c.must("POST", "/_fakewa/notices", `{"field":"account_review_update","value":{"decision":"APPROVED"}}`)
	c.must("POST", "/_sim/time", `{"advance":"1m"}`)

	steps := c.must("GET", "/_sim/steps", "")
	for _, want := range []string{`"n":1,"at":"2026-01-05T09:00:00Z","text":"there is Ana"`, `"text":"Ana says \"one\""`, `"n":5,"at":"2026-01-05T09:00:10Z","text":"the API answers 131016 the next 2 times"`, `Ben switches the phone off`, `POST /_fakewa/notices`} {
		if !strings.Contains(steps, want) {
			t.Errorf("the steps lack %s: %s", want, steps)
		}
	}
	feature := c.must("GET", "/_sim/keep?as=scenario&name=my+talk", "")
	for _, want := range []string{"Scenario: my talk\n", "the people are Ana, Ben\n", "When Ana says \"one\"\n", "Then Ana receives:\n      \"\"\"\n      You said: one\n", "When all faults heal\n", "Then the webhook is answered 418\n", "When Ben switches the phone off\n", "# not in words of a scenario: POST /_fakewa/notices"} {
		if !strings.Contains(feature, want) {
			t.Errorf("the scenario lacks %q:\n%s", want, feature)
		}
	}
	passes(t, feature)
	code := c.must("GET", "/_sim/keep?as=go&name=my+talk", "")
	passesInGo(t, code)
	passesNot(t, strings.Replace(feature, "You said: one\n", "You said: two\n", 1))
	if got := c.must("GET", "/_sim/keep?as=trace", ""); strings.Count(got, "\n") != c.state().Events || !strings.HasPrefix(got, `{"n":1,"at":"2026-01-05T09:00:00Z"`) {
		t.Errorf("the trace is %.300s", got)
	}
}

// test plays a scenario as sim test does.
func test(t *testing.T, feature string) (status int, out string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.feature")
	if err := os.WriteFile(path, []byte(feature), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	var stderr bytes.Buffer
	status = cli.Program{Name: "sim", Bot: newKeeper}.Run([]string{"test", "-format", "progress", path}, os.Stdin, stdout, &stderr)
	text, err := os.ReadFile(stdout.Name())
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text) + stderr.String()
}

func passes(t *testing.T, feature string) {
	t.Helper()
	if status, out := test(t, feature); status != 0 || !strings.Contains(out, "1 scenarios (1 passed)") {
		t.Errorf("the kept scenario does not pass: %s\n%s", out, feature)
	}
}

func passesNot(t *testing.T, feature string) {
	t.Helper()
	if status, out := test(t, feature); status != 1 {
		t.Errorf("a wrong scenario passes: %s\n%s", out, feature)
	}
}

// passesInGo runs a kept Go test beside the bot.
func passesInGo(t *testing.T, code string) {
	t.Helper()
	dir, err := os.MkdirTemp(".", "kept") // in the module
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	bot, err := os.ReadFile("keeper_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"talk_test.go":   code,
		"keeper_test.go": strings.Replace(string(bot), "package web_test", "package main", 1) + "\nvar newBot = newKeeper\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-v", "./"+dir).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestMyTalk")) {
		t.Errorf("the kept Go test does not pass: %v\n%s\n%s", err, out, code)
	}
}

// TestRestartFromHere takes the first steps again: what happened up to there is the same.
func TestRestartFromHere(t *testing.T) {
	c := serve(t, web.Config{Seed: 7, Replicas: 2})
	c.say("Ana", "one")
	c.must("POST", "/_sim/time", `{"advance":"4s"}`)
	c.say("Ben", "two")
	c.must("POST", "/_sim/faults", `{"sentence":"Redis is unreachable for 1 minute"}`)
	before := c.must("GET", "/_sim/keep?as=trace", "")
	c.must("POST", "/_sim/time", `{"advance":"1h"}`)
	c.say("Cleo", "three")
	steps := c.state().Steps
	got := c.must("POST", "/_sim/restart", `{"to":5}`)
	if s := c.state(); s.Run != 2 || s.Steps != 5 || s.Seed != 7 || s.Now.Format(time.TimeOnly) != "09:00:04" || len(s.People) != 2 || len(s.Active) != 1 || s.Active[0] != "Redis is unreachable for 1 minute" {
		t.Errorf("of %d steps five are left: %s", steps, got)
	}
	if after := c.must("GET", "/_sim/keep?as=trace", ""); after != before {
		t.Errorf("the trace is another:\n%s\nit was\n%s", after, before)
	}
	c.must("POST", "/_sim/time", `{"advance":"10m"}`) // it goes on
	c.must("POST", "/_sim/restart", `{"seed":8,"to":2}`)
	if s := c.state(); s.Seed != 8 || s.Run != 3 || s.Steps != 2 {
		t.Errorf("got %+v", s)
	}
	if again := c.must("GET", "/_sim/keep?as=trace", ""); strings.HasPrefix(before, again) || !strings.Contains(again, `"text":"one"`) {
		t.Errorf("another seed makes no difference, or no step was taken: %s", again)
	}
	c.must("POST", "/_sim/restart", ``)
	if s := c.state(); s.Seed != 8 || s.Steps != 0 || len(s.People) != 0 {
		t.Errorf("got %+v", s)
	}
}

// TestWrongRequestsNameWhatIsWrong sends what a world cannot do.
func TestWrongRequestsNameWhatIsWrong(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	before := c.state()
	for request, want := range map[string]string{
		`POST /_sim/time {}`:                                 `400 want exactly one of advance, to and pace`,
		`POST /_sim/time {"advance":"1s","to":"next"}`:       `400 want exactly one of`,
		`POST /_sim/time {"advance":"soon"}`:                 `400 advance is \"soon\": want a time like 15s`,
		`POST /_sim/time {"advance":"-1s"}`:                  `400 -1s is negative`,
		`POST /_sim/time {"advance":"9000h"}`:                `400 move time by 720h0m0s at most`,
		`POST /_sim/time {"to":"2020-01-01T00:00:00Z"}`:      `400 time moves ahead only`,
		`POST /_sim/time {"to":"later"}`:                     `400 to is \"later\"`,
		`POST /_sim/time {"pace":"fast"}`:                    `400 pace is \"fast\": want \"paused\" or \"real\"`,
		`POST /_sim/time {"speed":2}`:                        `400 unknown field \"speed\"`,
		`POST /_sim/time {"advance":"1s"} {}`:                `400 more than one JSON value`,
		`POST /_sim/people {}`:                               `400 name is missing`,
		`POST /_sim/people {"name":"ana banana"}`:            `400 \"ana banana\" is neither a name`,
		`POST /_sim/faults {}`:                               `400 sentence is missing`,
		`POST /_sim/faults {"sentence":"the bot dies"}`:      `400 \"the bot dies\" is not a fault`,
		`POST /_sim/faults {"sentence":"replica 3 crashes"}`: `400 there are 1 replicas`,
		`POST /_sim/restart {"to":9}`:                        `400 to is 9: want a number from 0 to 2`,
		`POST /_sim/restart {"seed":-1}`:                     `400 want a body like`,
		`GET /_sim/keep?as=film`:                             `400 as is \"film\"`,
		`GET /_sim/keep?as=scenario&name=../x`:               `400 name is \"../x\"`,
		`GET /_sim/events?what=shouts`:                       `400 what has \"shouts\": want some of says,`,
		`GET /_sim/events?after=x`:                           `400 after is \"x\": want the id of an event`,
		`GET /_sim/events?whose=x`:                           `400 unknown parameter \"whose\"`,
		`GET /_sim/nothing`:                                  `404 unknown endpoint GET /_sim/nothing`,
		`POST /_fakewa/reset`:                                `409 POST /_sim/restart begins the world anew`,
		`PUT /_fakewa/webhook {"url":"http://x"}`:            `409 the webhook of a world is its bot`,
		`POST /_fakewa/businesses {}`:                        `409 a world has one business`,
		`DELETE /_fakewa/businesses/1`:                       `409 a world has one business`,
		`POST /_fakewa/users/Ana/messages {"type":"text"}`:   `400 text`,
		`POST /_fakewa/users/Ana/tap {"choice":"Yes"}`:       `400 has received nothing`,
		`POST /_fakewa/clock {"advance":"x"}`:                `400 advance is \"x\"`,
		`GET /_fakewa/messages?wait=x`:                       `400 wait is \"x\"`,
		`GET /_fakewa/messages?direction=out&wait=3s`:        `408 no such message came within 3s of virtual time`,
	} {
		method, rest, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(rest, " ")
		status, got := c.do(method, path, body)
		wantStatus, text, _ := strings.Cut(want, " ")
		if fmt.Sprint(status) != wantStatus || !strings.Contains(got, text) || !strings.HasPrefix(got, `{"error":"`) {
			t.Errorf("%s: got %d %s, want %s", request, status, got, want)
		}
	}
	if after := c.state(); after.Steps != before.Steps || after.Run != 1 || len(after.Active) > 0 {
		t.Errorf("a wrong request has changed the world from %+v to %+v", before, after)
	}
	if _, err := web.New(web.Config{}); err == nil || !strings.Contains(err.Error(), "Config.Bot is nil") {
		t.Errorf("without a bot: %v", err)
	}
	if _, err := web.New(web.Config{Bot: newKeeper, MaxEvents: -1}); err == nil || !strings.Contains(err.Error(), "Config.MaxEvents is -1: want a number of events") {
		t.Errorf("with less than no events: %v", err)
	}
}
