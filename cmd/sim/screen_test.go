//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/term"
)

// seat is a program on a terminal, and what stands on it.
type seat struct {
	t          *testing.T
	master     *os.File
	tty        *os.File
	program    *exec.Cmd
	screen     monitor
	background sync.WaitGroup
}

// monitor shows what a program writes. The emulator's own lock is not held by its String.
type monitor struct {
	mu sync.Mutex
	vt *vt.Emulator // but for what it answers
}

func (m *monitor) Write(data []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.vt.Write(data)
}

func (m *monitor) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.vt.String()
}

func (m *monitor) full() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.vt.IsAltScreen()
}

// sit begins the program, as TestMain knows it, on a terminal of 80 columns and 24 rows.
func sit(t *testing.T, env ...string) *seat {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t: t, master: master, tty: tty, screen: monitor{vt: vt.NewEmulator(80, 24)}}
	s.resize(80, 24)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.program = &exec.Cmd{Path: exe, Args: []string{"sim"}, Stdin: tty, Stdout: tty, Stderr: tty, Dir: t.TempDir(), SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true}}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "TERM" && name != "NO_COLOR" {
			s.program.Env = append(s.program.Env, v)
		}
	}
	s.program.Env = append(s.program.Env, env...)
	if err := s.program.Start(); err != nil {
		t.Fatal(err)
	}
	s.background.Go(func() { _, _ = io.Copy(&s.screen, master) })
	s.background.Go(func() { _, _ = io.Copy(master, s.screen.vt) }) // answers to what the program asks the terminal
	t.Cleanup(func() {
		_ = s.program.Process.Kill() // if the test has failed
		tty.Close()
		master.Close()
		_ = s.screen.vt.InputPipe().(io.Closer).Close()
		s.background.Wait()
	})
	return s
}

func (s *seat) resize(width, height uint16) {
	s.t.Helper()
	s.screen.mu.Lock()
	s.screen.vt.Resize(int(width), int(height))
	s.screen.mu.Unlock()
	if err := pty.Setsize(s.master, &pty.Winsize{Cols: width, Rows: height}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, keys); err != nil {
		s.t.Fatal(err)
	}
}

// sees waits until something stands on the screen.
func (s *seat) sees(pattern string) {
	s.t.Helper()
	want := regexp.MustCompile(pattern)
	s.await(func() bool { return want.MatchString(s.screen.String()) }, pattern)
}

func (s *seat) await(so func() bool, what string) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%q is not on the screen:\n%s", what, s.screen.String())
		}
	}
}

// TestFullScreen talks with the bot on a terminal, and wants it back as it was.
func TestFullScreen(t *testing.T) {
	s := sit(t, "TERM=xterm-256color")
	s.sees(`Say something, or /help`)
	s.types("hel")
	s.resize(40, 12)
	s.sees(`(?m)^> hel *$`)
	s.types("lo\r")
	s.sees(`Message #1 stored!`)
	s.resize(80, 24)
	s.sees(`\+1234567890: hello ✓✓`)
	s.sees(`bot: 👋 Welcome!`)
	s.sees(`▶ .*\d\d:\d\d:\d\d · ⏳ user_inactivity 1\ds`)
	s.types("/state\r")
	s.sees(`│ 3 *\n.*│ wappa:EXPTRIGGER:user_inactivity:`)
	s.types("\x1b[200~two\nlines\x1b[201~")
	s.sees(`(?m)^> two *\n {2}lines`)
	s.types("\r")
	s.sees(`\+1234567890: two +│.*\n +lines ✓✓`)
	s.types("/wait 15s\r")
	s.sees(`📬 Message History \(2`)
	if !s.screen.full() {
		t.Error("the program does not use the alternate screen")
	}
	s.types("/quit\r")
	if err := s.program.Wait(); err != nil {
		t.Errorf("the program ends with %v", err)
	}
	s.await(func() bool { return !s.screen.full() }, "the screen as it was")
	if got := strings.TrimSpace(s.screen.String()); got != "" {
		t.Errorf("the program leaves on the screen:\n%s", got)
	}
}

// TestSavedTalkPlays saves what was said in a narrow window while time stood, and plays it.
func TestSavedTalkPlays(t *testing.T) {
	s := sit(t, "TERM=xterm-256color")
	s.resize(40, 20)
	s.sees(`Say something`)
	s.types("/pause\r")
	s.sees(`⏸ `)
	s.types("\x1b[200~مرحبا\n👍🏽 two\x1b[201~\r")
	s.sees(`Message #1 stored!`)
	s.types("/next\r")
	s.sees(`📬 Message History \(1`)
	s.types("/fault redis unr\t\t for 5 seconds\r") // the sentence, then the first of two that begin with it
	s.sees(`⏸ \d\d:\d\d:\d\d · ⚠ Redis is unr.*…`)
	s.types("/save talk.feature\r/save talk.html\r/save talk.html\r")
	s.sees(`saved as talk\.feature`)
	s.sees(`saved as talk\.html`)
	s.sees(`talk\.html: file exists`)
	s.types("/quit\r")
	if err := s.program.Wait(); err != nil {
		t.Errorf("the program ends with %v", err)
	}
	page, err := os.ReadFile(filepath.Join(s.program.Dir, "talk.html"))
	if err != nil || !strings.Contains(string(page), "<title>talk</title>") || !strings.Contains(string(page), "مرحبا") {
		t.Errorf("talk.html is %.300q, %v", page, err)
	}
	play := &exec.Cmd{Path: s.program.Path, Args: []string{"sim", "test", "talk.feature"}, Dir: s.program.Dir}
	if said, err := play.CombinedOutput(); err != nil || !strings.Contains(string(said), "1 scenarios (1 passed)") {
		t.Errorf("the saved talk gives %v:\n%s", err, said)
	}
}

// TestTerminalIsRestored compares the modes of the terminal before and after, however the
// talk ends.
func TestTerminalIsRestored(t *testing.T) {
	for name, end := range map[string]func(*seat){
		"/quit":   func(s *seat) { s.types("/quit\r") },
		"Ctrl+C":  func(s *seat) { s.types("\x03") },
		"Ctrl+D":  func(s *seat) { s.types("\x04") },
		"SIGINT":  func(s *seat) { _ = s.program.Process.Signal(os.Interrupt) },
		"SIGTERM": func(s *seat) { _ = s.program.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			s := sit(t, "TERM=xterm-256color")
			before := *state(t, s.fresh())
			s.sees(`Say something`)
			if reflect.DeepEqual(before, *state(t, s.tty)) {
				t.Error("the program leaves the terminal in lines, as before")
			}
			end(s)
			if err := s.program.Wait(); err != nil {
				t.Errorf("the program ends with %v", err)
			}
			if after := *state(t, s.tty); !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal was %+v, and is %+v", before, after)
			}
		})
	}
}

// fresh returns a terminal that nobody has used.
func (s *seat) fresh() *os.File {
	s.t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { master.Close(); tty.Close() })
	return tty
}

func state(t *testing.T, tty *os.File) *term.State {
	t.Helper()
	got, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestLinesOnADumbTerminal wants the line mode where no full screen is possible or wanted.
func TestLinesOnADumbTerminal(t *testing.T) {
	for _, env := range [][]string{{"TERM=dumb"}, {"TERM=xterm-256color", "NO_COLOR=1"}, {}} {
		t.Run(strings.Join(env, " "), func(t *testing.T) {
			s := sit(t, env...)
			s.sees(`Say something, or /help\. Time runs as the clock on the wall; /wait 15s jumps\.`)
			s.types("hello\r")
			s.sees(`(?m)^> hello`)
			s.sees(`(?m)^\d\d:\d\d:\d\d bot: 👋 Welcome!`)
			s.types("/wait 15s\r")
			s.sees(`Message History \(1 message\)`)
			s.types("/state\r")
			s.sees(`database 0 {2}wappa:pace`)
			if s.screen.full() {
				t.Error("the program uses the alternate screen")
			}
			s.types("/quit\r")
			if err := s.program.Wait(); err != nil {
				t.Errorf("the program ends with %v", err)
			}
		})
	}
}
