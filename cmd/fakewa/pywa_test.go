package main_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPyWa runs a bot on pywa, the most used client in Python, unchanged and with the
// fake's default settings: clients/pywa/bot.py has its handlers. Without Python 3.10 or
// newer it is skipped, but in CI it fails.
func TestPyWa(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	python := venv(ctx, t)
	fakewa := filepath.Join(t.TempDir(), "fakewa")
	run(t, exec.CommandContext(ctx, "go", "build", "-o", fakewa, "."))
	p := startPyWa(ctx, t, fakewa, python, "APP")
	const user = "16505551234"

	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"hello"}}`,
		"text hello from Test User 16505551234 US.15350878535718998914",
		"status delivered 16505551234 ", "status sent 16505551234 ", "status sent 16505551234 ") // a reaction has no further status
	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"buttons"}}`,
		"text buttons from Test User 16505551234 US.15350878535718998914", "status delivered 16505551234 ", "status sent 16505551234 ")
	p.after("POST", "users/"+user+"/tap", `{"choice":"Yes ✓"}`, "button yes Yes ✓ interactive")
	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"list"}}`,
		"text list from Test User 16505551234 US.15350878535718998914", "status delivered 16505551234 ", "status sent 16505551234 ")
	p.after("POST", "users/"+user+"/tap", `{"choice":"green"}`, "selection green Green from Japan")
	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"photo"}}`,
		"text photo from Test User 16505551234 US.15350878535718998914", "status delivered 16505551234 ", "status sent 16505551234 ")
	p.after("POST", "users/"+user+"/read", "", slices.Repeat([]string{"status read 16505551234 "}, 4)...)

	for _, one := range []struct{ said, want string }{
		{`{"type":"image"}`, "media image image/jpeg 374 None"},
		{`{"type":"audio"}`, "media audio audio/ogg; codecs=opus 128 False"},
		{`{"type":"audio","audio":{"voice":true}}`, "media audio audio/ogg; codecs=opus 128 True"},
		{`{"type":"video"}`, "media video video/mp4 140 None"},
		{`{"type":"sticker"}`, "media sticker image/webp 42 None"},
		{`{"type":"document"}`, "media document application/pdf 327 None"},
		{`{"type":"unsupported"}`, "unsupported  131051"},
		{`{"type":"location","location":{"latitude":37.44,"longitude":-122.16}}`, "location  "},
		{`{"type":"reaction","reaction":{"message_id":"x","emoji":"👍"}}`, "reaction 👍 "},
		{`{"type":"button","button":{"payload":"Stop","text":"Stop"}}`, "button Stop Stop button"},
		{`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"flow_token\":\"t\",\"a\":1}"}}}`, "flow t {'a': 1}"},
		{`{"type":"system","system":{"type":"user_changed_number","body":"…","wa_id":"16505559999"}}`, "changed 16505551234 16505559999 US.15240003944228258236"},
		{`{"type":"system","system":{"type":"user_changed_user_id","user_id":"US.7"}}`, "changed 16505551234 None US.7"},
	} {
		p.after("POST", "users/"+user+"/messages", one.said, one.want)
	}

	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"template"}}`, "text template from Test User 16505551234 US.7", "template True PENDING")
	p.after("POST", "templates/table", `{"status":"APPROVED"}`, "template table APPROVED UTILITY True", "status delivered 16505551234 ", "status sent 16505551234 ")
	p.flow(user)

	p.control("PATCH", "users/US.42", `{"name":"","username":"ana"}`)
	p.after("POST", "users/US.42/messages", `{"type":"text","text":{"body":"no number"}}`,
		"text no number from None None US.42", "status delivered None ", "status sent None ", "status sent None ")
	p.control("PATCH", "users/16505550002", `{"username":"ben"}`)
	ben := p.after("POST", "users/16505550002/messages", `{"type":"text","text":{"body":"number"}}`,
		"text number from Test User None US.", "status delivered None ", "status sent None ")
	if strings.Contains(strings.Join(ben, ""), "16505550002") {
		t.Errorf("the number is known: %q", ben)
	}
	p.after("POST", "users/16505550002/tap", `{"choice":"request_contact_info"}`, "contacts contact_request +16505550002 from None")
	p.control("POST", "faults", `{"fails":131026,"times":1}`)
	p.after("POST", "users/16505550002/messages", `{"type":"text","text":{"body":"list"}}`,
		"text list from Test User 16505550002 US.", "status failed 16505550002 131026")
}

// flow has the bot make and send a flow, and fills it in over the endpoint of the bot.
func (p *pywa) flow(user string) {
	p.Helper()
	at := "users/" + user + "/flow"
	p.after("POST", "users/"+user+"/messages", `{"type":"text","text":{"body":"flow"}}`, "text flow from Test User "+user+" US.",
		"flow problems ['INVALID_PROPERTY_VALUE'] []", "flow made ratings PUBLISHED True ['ratings'] flow.json", "flow draft True", "status delivered "+user+" ", "status sent "+user+" ")
	screen := func(method, path, body, want string, prints ...string) {
		p.Helper()
		if got := p.control(method, at+path, body); !strings.Contains(got, want) {
			p.Fatalf("%s: the phone shows %s, want %s", path, got, want)
		}
		p.expect(prints...)
	}
	screen("POST", "", `{"button":"Rate us"}`, `"title":"How was it?"`, "flow init t7")
	screen("POST", "/fill", `{"field":"Rating","values":["Bad"]}`, `"value":"1"`)
	screen("POST", "/press", `{}`, `"message":"Really?"`, "flow ask 1")
	screen("POST", "/fill", `{"field":"Rating","values":["Good"]}`, `"value":"5"`)
	screen("POST", "/press", `{}`, `"texts":["Thank you."]`, "flow ask 5")
	screen("POST", "/back", "", `"id":"ASK"`, "flow back END")
	screen("POST", "/press", `{}`, `"id":"END"`, "flow ask 5")
	screen("POST", "/fill", `{"field":"Comment","values":["fine"]}`, `"value":"fine"`)
	p.control("POST", "faults", `{"endpoint":"flow","wrong_key":true,"times":1}`)
	p.after("POST", at+"/press", `{}`, "flow end fine", "flow t7 {'comment': 'fine'}")
}

// venv makes a virtual environment with what clients/pywa needs, and returns its python.
func venv(ctx context.Context, t *testing.T) string {
	lacks := func(why string) {
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	const needs = "needs Python 3.10 or newer with venv and pip: apt-get install python3 python3-venv python3-pip"
	if err := exec.CommandContext(ctx, "python3", "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))").Run(); err != nil {
		lacks(fmt.Sprint(needs, ": ", err))
	}
	dir := filepath.Join(t.TempDir(), "venv")
	run(t, exec.CommandContext(ctx, "python3", "-m", "venv", dir))
	python := filepath.Join(dir, "bin", "python")
	run(t, exec.CommandContext(ctx, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "-r", "clients/pywa/requirements.txt"))
	return python
}

// pywa is the bot, and the fake that it talks to.
type pywa struct {
	*testing.T
	ctx   context.Context
	graph string
	lines chan string // what the bot prints
}

// startPyWa starts the fake and the bot, which registers its webhook itself.
func startPyWa(ctx context.Context, t *testing.T, fakewa, python, scope string) *pywa {
	addr, socket := listen(t)
	defer socket.Close()
	p := &pywa{t, ctx, startFake(ctx, t, fakewa, "-addr", "127.0.0.1:0", "-token", "t0ken", "-app-secret", "s3cret"), make(chan string, 1000)}
	bot := exec.CommandContext(ctx, python, "clients/pywa/bot.py")
	bot.Stderr = t.Output()
	bot.ExtraFiles = []*os.File{socket} // 3 in the bot
	bot.Env = append(os.Environ(), "WEBHOOK_FD=3", "WEBHOOK_URL=http://"+addr, "GRAPH_URL="+p.graph, "SCOPE="+scope,
		"TOKEN=t0ken", "APP_SECRET=s3cret", "PHONE_ID=106540352242922", "WABA_ID=102290129340398", "APP_ID=670843887433847", "USER=16505551234", "PYTHONDONTWRITEBYTECODE=1")
	stdout, err := bot.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bot.Process.Kill()
		_ = bot.Wait()
	})
	go func() { // ends with the bot
		defer close(p.lines)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			p.lines <- lines.Text()
		}
	}()
	p.expect("listening")
	for p.control("GET", "webhook", "") != fmt.Sprintf(`{"url":%q}`, "http://"+addr+"/webhook") {
		select {
		case line := <-p.lines:
			t.Fatalf("the bot registers its webhook: %s", line)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return p
}

// after makes a call to the control API, and expects the bot to print lines that begin
// so, in any order. It returns them.
func (p *pywa) after(method, path, body string, want ...string) []string {
	p.Helper()
	p.control(method, path, body)
	return p.expect(want...)
}

func (p *pywa) expect(want ...string) (got []string) {
	p.Helper()
	for range want {
		select {
		case line := <-p.lines:
			got = append(got, line)
		case <-time.After(30 * time.Second):
			p.Fatalf("the bot printed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	left := slices.Clone(got)
	for _, one := range want {
		i := slices.IndexFunc(left, func(line string) bool {
			return line == one || strings.HasSuffix(one, ".") && strings.HasPrefix(line, one)
		})
		if i < 0 {
			p.Fatalf("the bot printed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		left = slices.Delete(left, i, i+1)
	}
	return got
}

// control makes a call to the control API that must succeed, and returns the answer.
func (p *pywa) control(method, path, body string) string {
	p.Helper()
	return request(p.ctx, p.T, method, p.graph+"/_fakewa/"+path, body, http.StatusOK, http.StatusCreated)
}
