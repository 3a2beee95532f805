package main

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wappasim/bot/redistest"
	"wappasim/internal/browser"
)

// TestPageWithNodeBot uses the page as a person does, with the bot of README: a message and its
// answer, a refused call with its reason, a day that passes, and the report card.
func TestPageWithNodeBot(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not installed")
		}
		t.Skip("needs node: apt-get install nodejs")
	}
	bot := redistest.FreeAddr(t)
	fake := start(t, "-webhook", "http://"+bot+"/webhook", "-start", "2026-01-05T09:00:00Z")
	echo := exec.CommandContext(t.Context(), node, "testdata/echo.mjs")
	_, port, _ := net.SplitHostPort(bot)
	echo.Env = append(os.Environ(), "GRAPH_URL=http://"+fake.addr+"/v23.0", "PORT="+port)
	echo.Stderr = os.Stderr
	if err := echo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = echo.Wait() }) // killed when the test's context ends, just before

	listens(t, bot)
	p := browser.Open(t, "http://"+fake.addr+"/")
	p.Until("the page is ready", `document.body.classList.contains("ready") && document.querySelector(".pulse.open")`)
	const ana = ".person:first-child"
	p.Fill("Message", "hello", ana)
	p.Press("Send", ana)
	p.Sees("you said hello", ana)

	// The bot's answer is longer than the 4,096 characters of a text.
	browser.Value[bool](p, `(document.querySelector(".person textarea").value = "long ".repeat(818) + "!!!!", true)`)
	p.Press("Send", ana)
	p.Press("Requests")
	p.Press("Refused only", ".requests")
	p.Press("POST /messages", ".requests")
	p.Sees("4096", ".inspector")

	p.Press("Move the clock by 24 hours")
	p.Press("Move the clock by 1 second")
	p.Sees("window closed: only templates arrive", ana)
	p.Press("Templates")
	p.Sees("hello_world", ".templates")
	p.Press("Report card")
	p.Sees("Nothing is wrong so far.", ".report")
	if text := p.Text(); strings.Contains(text, "undefined") {
		t.Errorf("the page says undefined:\n%s", text)
	}
}

// listens waits until somebody listens on an address.
func listens(t *testing.T, addr string) {
	t.Helper()
	var err error
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		var conn net.Conn
		if conn, err = net.Dial("tcp", addr); err == nil {
			conn.Close()
			return
		}
	}
	t.Fatal(err)
}
