package recording_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"wappasim/sim"
	"wappasim/sim/chat"
	"wappasim/sim/cli"
)

// TestTheChatSavesARecording talks, saves, and looks at the file.
func TestTheChatSavesARecording(t *testing.T) {
	w, err := sim.New(newTeller, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := chat.New(w, "Ana")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "two talk.html")
	var side bytes.Buffer
	lines := "hello\n/as Ben\n/image my cat\n/wait 10s\n/as Ana\nhello again\n/save " + file + "\n/save " + file + "\n/save talk.txt\n"
	if err := c.Pipe(strings.NewReader(lines), io.Discard, &side); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"saved as " + file, "save: open ", "usage: /save NAME.feature|NAME.html"} {
		if !strings.Contains(side.String(), want) {
			t.Errorf("%q is not in %s", want, &side)
		}
	}
	b := open(t, file, 1200)
	if title := ask[string](b, "document.title"); title != "two talk" {
		t.Errorf("the title is %q", title)
	}
	names := ask[[]string](b, "[...document.querySelectorAll('chat-phone h2')].map((h2) => h2.textContent)")
	if !slices.Equal(names, []string{"Ana", "Ben"}) {
		t.Errorf("the phones are those of %q", names)
	}
	if said := ask[string](b, "[...document.querySelectorAll('.mine .bubble')].map((said) => [...said.querySelectorAll('.tag, .words')].map((part) => part.textContent).join(' ')).join(', ')"); said != "hello, hello again, image my cat" {
		t.Errorf("people say %q", said)
	}
	if keys := ask[string](b, "[...document.querySelectorAll('key-list .name')].map((name) => name.textContent).join()"); !strings.Contains(keys, "count:15550000001,") {
		t.Errorf("Redis holds %q", keys)
	}
	b.press(kb.Home)
	if said := ask[int](b, "document.querySelectorAll('.mine').length"); said != 0 {
		t.Errorf("at the beginning people have said %d things", said)
	}
	b.shoot("chat")
	b.end()
}

const scenario = `Feature: Answers

  Scenario: An answer <i>comes</i> once
    When Ana says "hello"
    And Ana says "hello again"
    Then Ana receives:
      """
      2: hello again
      """

  Scenario: It passes
    When Ana says "hello"
`

// TestAFailedScenarioIsRecorded plays one that fails and one that does not.
func TestAFailedScenarioIsRecorded(t *testing.T) {
	t.Setenv("SIM_OUT", "") // to be as before when the test is over
	folder := t.TempDir()
	feature, out := filepath.Join(folder, "answers.feature"), filepath.Join(folder, "out")
	if err := os.WriteFile(feature, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	status := run(t, cli.Program{Bot: newTeller}, "test", "-out", out, feature)
	files, err := os.ReadDir(out)
	if status != 1 || err != nil || len(files) != 1 || files[0].Name() != "answers-an-answer-i-comes-i-once.html" {
		t.Fatalf("status %d, %v, %v", status, files, err)
	}
	b := open(t, filepath.Join(out, files[0].Name()), 320)
	if why := ask[string](b, "document.querySelector('.why').textContent"); !strings.Contains(why, "2: hello again") {
		t.Errorf("why it fails is %q", why)
	}
	if title := ask[string](b, "document.querySelector('h1').textContent"); title != "An answer <i>comes</i> once" {
		t.Errorf("the title is %q", title)
	}
	if wide := ask[int](b, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("the page is %d wide in a window of 320", wide)
	}
	b.shoot("narrow")
	b.end()
}

// run runs a program with files for what it writes, and returns its exit status.
func run(t *testing.T, p cli.Program, args ...string) int {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	return p.Run(args, null, null, null)
}
