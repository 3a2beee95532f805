package chat

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/vt"

	"wappasim/sim"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// stage is a screen whose time stands, and everything that it has shown.
type stage struct {
	*screen
	t     *testing.T
	shown bytes.Buffer
}

func newStage(t *testing.T, user string, opts ...sim.Option) *stage {
	t.Helper()
	w, err := sim.New(newWaiter, append([]sim.Option{sim.Test(t)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(w, user)
	if err != nil {
		t.Fatal(err)
	}
	return &stage{screen: newScreen(c), t: t}
}

// send hands the screen a message of Bubble Tea's, and does what it asks for until nothing is
// left to do. It tells whether the program is over.
func (s *stage) send(msg tea.Msg) (over bool) {
	for msg != nil {
		_, cmd := s.Update(msg)
		if cmd == nil {
			return false
		}
		if msg = cmd(); msg == tea.Quit() {
			return true
		}
	}
	return false
}

// press presses keys by their names, as in "shift+up".
func (s *stage) press(names ...string) (over bool) {
	codes := map[string]rune{"enter": tea.KeyEnter, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "esc": tea.KeyEscape, "left": tea.KeyLeft, "backspace": tea.KeyBackspace}
	for _, name := range names {
		key := tea.KeyPressMsg{}
		for prefix, mod := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
			if rest, has := strings.CutPrefix(name, prefix); has {
				name, key.Mod = rest, key.Mod|mod
			}
		}
		if key.Code = codes[name]; key.Code == 0 {
			key.Code = []rune(name)[0]
		}
		over = s.send(key)
	}
	return over
}

// write types a text, key by key.
func (s *stage) write(text string) {
	for _, r := range text {
		s.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// line types a text and Enter.
func (s *stage) line(text string) (over bool) {
	s.write(text)
	return s.press("enter")
}

// look draws the screen as a terminal does, and keeps it under a title. No line may be wider
// than the window, and there may be no more lines than rows.
func (s *stage) look(title string) string {
	s.t.Helper()
	view := s.View()
	lines := strings.Split(view.Content, "\n")
	if len(lines) != s.height {
		s.t.Errorf("%s: %d lines in a window of %d", title, len(lines), s.height)
	}
	for _, line := range lines {
		if lipgloss.Width(line) > s.width {
			s.t.Errorf("%s: wider than %d: %q", title, s.width, line)
		}
	}
	terminal := vt.NewEmulator(s.width, s.height)
	defer terminal.Close()
	_, _ = terminal.WriteString(strings.Join(lines, "\r\n"))
	var b strings.Builder
	for line := range strings.SplitSeq(terminal.String(), "\n") {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(&s.shown, "== %s (%dx%d, cursor %d,%d)\n%s", title, s.width, s.height, view.Cursor.X, view.Cursor.Y, b.String())
	return b.String()
}

// golden compares everything that was looked at with a file.
func (s *stage) golden(name string) {
	s.t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, s.shown.Bytes(), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := s.shown.String(); got != string(want) {
		s.t.Errorf("go test ./sim/chat -update writes %s anew; got\n%s", path, got)
	}
}

// resized gives the window another size.
func (s *stage) resized(width, height int) { s.send(tea.WindowSizeMsg{Width: width, Height: height}) }

// TestConversation talks, waits and looks at both sizes.
func TestConversation(t *testing.T) {
	s := newStage(t, "+16505551234")
	s.look("at first")
	s.line("hello")
	s.look("an answer and a timer")
	s.line("/wait 10s")
	s.look("five seconds are left")
	s.line("/as Ana")
	s.line("hi, Ana here, with a text that is so long that it does not fit into one line of the window")
	s.line("/next")
	s.look("two people")
	s.resized(40, 12)
	s.look("narrow")
	s.press("pgup")
	s.look("scrolled back")
	s.press("pgdown")
	if !s.line("/quit") {
		t.Error("/quit does not end the program")
	}
	s.golden("conversation")
}

// TestScrolledBackStays has the bot speak while somebody reads what was said long before.
func TestScrolledBackStays(t *testing.T) {
	s := newStage(t, "Ana")
	for range 20 {
		s.line("hello")
	}
	s.press("pgup")
	above := func(screen string) string { return strings.Join(strings.Split(screen, "\n")[:s.rows()], "\n") }
	before := above(s.look("before"))
	s.send(s.chat.work(func() error { return s.chat.world.Wait(15 * time.Second) }))
	if after := above(s.look("after")); after != before {
		t.Errorf("got\n%s\nafter\n%s", after, before)
	}
	s.press("pgdown", "pgdown")
	if got := s.look("at the end"); !strings.Contains(got, "Still there?") {
		t.Errorf("got\n%s", got)
	}
}

// TestNumbersTap taps by number what the last message offers, and says numbers else.
func TestNumbersTap(t *testing.T) {
	s := newStage(t, "Ana")
	s.line("menu")
	if got := s.look("a menu"); !strings.Contains(got, "[1] Pizza  [2] Pasta") {
		t.Errorf("got\n%s", got)
	}
	s.line("2")
	s.line("2")
	s.line("menu")
	s.line(" 1")
	s.line("menu")
	s.line("3")
	got := s.look("tapped and said")
	for _, want := range []string{"You tapped Pasta.", "bot: You said: 2", "bot: You said: 1", "bot: You said: 3"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	s.golden("numbers")
}

// TestResizeWhileTyping makes the window small and large again while a line is being typed.
func TestResizeWhileTyping(t *testing.T) {
	s := newStage(t, "Ana")
	s.write("a line that is longer than the small window, with the cursor")
	s.press("left", "left")
	s.look("typing")
	s.resized(40, 12)
	s.look("smaller")
	s.write("X")
	s.resized(12, 3)
	s.look("tiny")
	s.resized(1, 1)
	_ = s.View()
	s.resized(80, 24)
	s.look("large again")
	s.press("enter")
	s.look("sent")
	s.golden("resize")
}

// TestMissedResize has the window get another size of which nobody tells the screen.
func TestMissedResize(t *testing.T) {
	s := newStage(t, "Ana")
	s.size = func() (int, int, error) { return 40, 12, nil }
	if ask := s.missed(); ask == nil || ask() != tea.RequestWindowSize() {
		t.Error("the screen does not ask for the size")
	}
	s.resized(40, 12)
	if s.missed() != nil {
		t.Error("the screen asks for the size that it has")
	}
}

// TestPaste pastes a message of several lines, and commands.
func TestPaste(t *testing.T) {
	s := newStage(t, "Ana")
	s.write("Dear bot, ")
	s.send(tea.PasteMsg{Content: "this\n\n  is what\nI have\x1b[2J copied\n1\n2\n3\n"})
	s.look("pasted")
	s.press("enter")
	s.look("one message")
	path := filepath.Join(t.TempDir(), "paste.feature")
	s.send(tea.PasteMsg{Content: "/as Ben\n/image a\n/save " + path})
	s.press("enter")
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"    When Ana says:\n      \"\"\"\n      Dear bot, this\n\n        is what\n", "When Ben sends an image captioned \"a\"\n"} {
		if !strings.Contains(string(saved), want) {
			t.Errorf("%q is missing in\n%s", want, saved)
		}
	}
	s.golden("paste")
}

// TestAnyText shows emoji, right-to-left text, long words and what would steer the terminal.
func TestAnyText(t *testing.T) {
	s := newStage(t, "Ana")
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		s.resized(size[0], size[1])
		for i, text := range []string{
			"👩‍👩‍👧‍👦 family, 🇧🇷 flag, 👍🏽 skin, ❤️ heart, 12️⃣, " + strings.Repeat("😀", 30),
			"مرحبا، هذه رسالة طويلة من اليمين إلى اليسار لا تتسع لها سطر واحد",
			"שלום \u202e and an override",
			strings.Repeat("long", 40),
			"https://example.com/" + strings.Repeat("path/", 20),
			"\x1b[2J\x1b]0;title\x07 is \x9b31m no command",
			"漢字かな交じり文は幅が二倍あるので、折り返しも二倍の幅で数える。",
		} {
			s.send(s.chat.work(func() error { return s.chat.line(text) }))
			if size[0] == 40 || i%3 == 2 {
				s.look("any text")
			}
		}
	}
	s.golden("text")
}

// TestPanels opens, scrolls and closes them. They show what happens while they are open.
func TestPanels(t *testing.T) {
	s := newStage(t, "Ana", sim.Latency(20*time.Millisecond))
	s.line("/state")
	s.look("nothing stored")
	s.line("hello")
	s.look("stored")
	s.line("/wait 3s")
	s.look("three seconds later")
	s.resized(40, 12)
	s.look("above the conversation")
	s.line("/trace")
	s.look("the trace")
	s.press("shift+up", "shift+up", "shift+up")
	s.look("scrolled back")
	s.resized(80, 24)
	s.line("/help")
	s.look("help")
	s.press("shift+down")
	s.look("scrolled on")
	s.press("esc")
	s.look("closed")
	s.golden("panels")
}

// TestPhoneOff shows what does not arrive, and who keeps it from arriving.
func TestPhoneOff(t *testing.T) {
	s := newStage(t, "Ana")
	s.line("/phone off")
	s.line("hello")
	s.look("the phone is off")
	s.line("/phone on")
	s.line("again")
	s.line("/block")
	s.line("still there?")
	s.look("blocked")
	s.line("/unblock")
	s.line("/read")
	s.look("read")
	s.golden("phone")
}

// TestStatusShowsFaults has faults begin, happen and end.
func TestStatusShowsFaults(t *testing.T) {
	s := newStage(t, "Ana")
	for _, step := range []struct{ line, want, not string }{
		{"/fault the next 2 webhooks come twice", "⚠ the next 2 webhooks come twice", ""},
		{"/fault Redis is unreachable for 5 seconds", "⚠ 2 faults: Redis is unreachable for 5 seconds (5s left); the nex…", ""},
		{"/wait 2s", "⚠ 2 faults: Redis is unreachable for 5 seconds (3s left); the nex…", ""},
		{"/wait 3s", "⚠ the next 2 webhooks come twice", "unreachable"},
		{"/fault all faults heal", "09:00:05", "⚠"},
		{"/crash", "⚠ the bot is down", ""},
		{"/restart", "09:00:05", "⚠"},
		{"/fault the next 6 webhooks come twice", "⚠ the next 6 webhooks come twice", ""},
		{"hello", "⚠ the next webhook comes twice", ""}, // the message, and two statuses of either answer
		{"/fault all faults heal", "09:00:05", "⚠"},
		{"/fault the bot crashes before API call 1", "⚠ the bot crashes before API call 1", ""},
		{"hello", "⚠ the bot is down", "crashes"},
		{"/restart", "09:00:05", "⚠"},
		{"/fault the next 2 expiry events come twice", "the next 2 expiry events come twice", ""},
		{"/next", "⚠ the next expiry event comes twice", ""},
		{"/fault all faults heal", "09:00:20", "⚠"},
		{"/fault the API answers 131016 the next time", "⚠ the API answers 131016 the next time", ""},
		{"hello", "09:00:20", "⚠"},
		{"/fault the clock of replica 7 jumps by 1 second", "there are 1 replicas", ""},
	} {
		s.line(step.line)
		got := s.look(step.line)
		if step.line == "/fault the clock of replica 7 jumps by 1 second" {
			continue
		}
		status := strings.Split(got, "\n")[s.height-2]
		if !strings.Contains(status, step.want) || step.not != "" && strings.Contains(status, step.not) {
			t.Errorf("%s: got %q", step.line, status)
		}
	}
	s.line("/fault Redis takes 2 seconds")
	s.line("/fault")
	s.look("/fault")
	s.golden("faults")
}

// TestNextShowsWhatTheTimerBrings goes to a timer while time stands, in a world in which the
// event and the bot's answer to it take a while.
func TestNextShowsWhatTheTimerBrings(t *testing.T) {
	s := newStage(t, "Ana", sim.Latency(20*time.Millisecond))
	s.line("/pause")
	s.line("hello")
	s.line("/next")
	if got := s.look("/next"); !strings.Contains(got, "09:00:15 bot: Still there?") {
		t.Errorf("got\n%s", got)
	}
	s.line("/next")
	if got := s.look("no timer"); !strings.Contains(got, "no key that expires would be told to the bot") {
		t.Errorf("got\n%s", got)
	}
	s.line("/wait 30d")
	if got := s.look("/wait 30d"); !strings.Contains(got, `"30d" is no time to wait: write 15s, 24h or 2 days`) {
		t.Errorf("got\n%s", got)
	}
}

// TestTimeStandsAndRuns lets time follow the clock on the wall, and stops it.
func TestTimeStandsAndRuns(t *testing.T) {
	s := newStage(t, "Ana")
	wall := time.Now()
	follow := func() {
		wall = wall.Add(time.Second)
		if cmd := s.pass(wall); cmd != nil {
			s.send(cmd())
		}
	}
	follow() // the first only tells when it begins
	follow()
	s.line("/pause")
	follow()
	if got := s.look("stands"); !strings.Contains(got, "⏸ 09:00:01 · time stands still") {
		t.Errorf("got\n%s", got)
	}
	s.line("/pause")
	follow()
	if got := s.look("runs"); !strings.Contains(got, "▶ 09:00:02") {
		t.Errorf("got\n%s", got)
	}
	s.line("/wait 24h")
	if got := s.look("another day"); !strings.Contains(got, "▶ 2026-01-06 09:00:02") {
		t.Errorf("got\n%s", got)
	}
}

// TestKeys calls up what was typed, and completes.
func TestKeys(t *testing.T) {
	s := newStage(t, "Ana")
	input := func(want string) {
		t.Helper()
		if got := s.input.Value(); got != want {
			t.Errorf("the input is %q, want %q", got, want)
		}
	}
	s.line("one")
	s.line("menu")
	s.write("dra")
	s.press("up")
	input("menu")
	s.press("up", "up")
	input("one")
	s.press("down", "down")
	input("dra")
	s.press("ctrl+u")
	for _, step := range []struct {
		typed string
		tabs  int
		want  string
	}{
		{"/he", 1, "/help"},
		{"/wa", 1, "/wait "},
		{"/re", 1, "/react "},
		{"/re", 4, "/report"},
		{"/as B", 1, "/as Ben"},
		{"/tap P", 2, "/tap Pasta"},
		{"/tap Pi", 1, "/tap Pizza"},
		{"/fault the API an", 1, "/fault the API answers "},
		{"/fault the API answers 131016 the n", 1, "/fault the API answers 131016 the next "},
		{"/fault Redis takes 2 seconds f", 1, "/fault Redis takes 2 seconds for "},
		{"/fault the bot crashes be", 1, "/fault the bot crashes before "},
		{"/fault any service a", 1, "/fault any service answers "},
		{"/fault redis unr", 1, "/fault Redis is unreachable"},
		{"/fault replica cra", 1, "/fault replica "},
		{"/fault crash bot", 3, "/fault the bot crashes before Redis command "},
		{"/fault nonsense", 1, "/fault nonsense"},
		{"hello", 1, "hello"},
	} {
		s.write(step.typed)
		for range step.tabs {
			s.press("tab")
		}
		input(step.want)
		s.look(fmt.Sprintf("%s and %d times Tab", step.typed, step.tabs))
		s.press("ctrl+u")
	}
	s.golden("keys")
	s.write("half a line")
	if s.press("ctrl+c") || s.input.Value() != "" {
		t.Errorf("after Ctrl+C the line is %q", s.input.Value())
	}
	if !s.press("ctrl+d") || !s.press("ctrl+c") {
		t.Error("Ctrl+D or Ctrl+C do not end the program")
	}
}

// BenchmarkLook is one tick of a talk with 2000 messages: looking at the world, and drawing.
func BenchmarkLook(b *testing.B) {
	w, err := sim.New(newWaiter)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	c, err := New(w, "Ana")
	if err != nil {
		b.Fatal(err)
	}
	for range 1000 {
		if err := w.Say("Ana", "hello"); err != nil {
			b.Fatal(err)
		}
	}
	s := newScreen(c)
	for b.Loop() {
		s.take(c.work(nil))
		_ = s.View()
	}
}
