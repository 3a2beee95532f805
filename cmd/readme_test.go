package cmd_test

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"wappasim/bot/redistest"
)

// blocks returns the README's code blocks of a kind.
func blocks(t *testing.T, kind string) (found []string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if m[1] == kind {
			found = append(found, m[2])
		}
	}
	if len(found) == 0 {
		t.Fatalf("the README has no %s block", kind)
	}
	return found
}

// TestREADMECode wants the README's Go and Gherkin to stand in files that are run.
func TestREADMECode(t *testing.T) {
	for kind, pattern := range map[string]string{"go": "_test.go", "gherkin": ".feature"} {
		var all strings.Builder
		err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, pattern) {
				var text []byte
				text, err = os.ReadFile(path)
				all.Write(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range blocks(t, kind) {
			if !strings.Contains(all.String(), block) {
				t.Errorf("this is in no *%s file:\n%s", pattern, block)
			}
		}
	}
}

// session is a shell in which the README's commands run.
type session struct {
	t      *testing.T
	stdin  io.Writer
	stdout *bufio.Reader
}

func newSession(t *testing.T, env ...string) *session {
	t.Helper()
	shell := exec.Command("bash")
	shell.Dir = ".."
	shell.Env = append(os.Environ(), env...)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that what it starts ends with it
	stdin, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(3*time.Minute, func() { _ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) })
	t.Cleanup(func() {
		watchdog.Stop()
		_ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) // its own group; the shell is still there
		_ = shell.Wait()
	})
	return &session{t, stdin, bufio.NewReader(stdout)}
}

// run runs a command and returns what it printed.
func (s *session) run(command string) string {
	s.t.Helper()
	if background, ok := strings.CutSuffix(command, "&"); ok {
		command = background + ">/dev/null 2>&1 &"
	}
	const end = "end of the command"
	fmt.Fprintf(s.stdin, "%s\nprintf '\\n%s\\n'\n", command, end)
	var out strings.Builder
	for {
		line, err := s.stdout.ReadString('\n')
		if err != nil {
			s.t.Fatalf("%s: %v after %q", command, err, &out)
		}
		if line == end+"\n" {
			return strings.TrimSuffix(strings.TrimSuffix(out.String(), "\n"), "\n")
		}
		out.WriteString(line)
	}
}

// TestREADMECommands runs the README's sessions and compares what they print. In
// the README, … stands for what differs from run to run.
func TestREADMECommands(t *testing.T) {
	sessions := blocks(t, "console")
	if len(sessions) != 6 {
		t.Fatalf("the README has %d sessions", len(sessions))
	}
	t.Run("chat", func(t *testing.T) { compare(t, newSession(t), sessions[0], strings.NewReplacer()) })
	t.Run("explore", func(t *testing.T) { compare(t, newSession(t), sessions[1], strings.NewReplacer()) })
	t.Run("save", func(t *testing.T) {
		dir, err := build()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, newSession(t, "PATH="+dir+":"+os.Getenv("PATH")), sessions[2], strings.NewReplacer())
	})
	t.Run("any language", func(t *testing.T) {
		if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") != "" {
			t.Fatal("node is not installed")
		} else if err != nil {
			t.Skip("needs node: apt-get install nodejs")
		}
		fake, bot := redistest.FreeAddr(t), redistest.FreeAddr(t)
		_, port, _ := net.SplitHostPort(bot)
		compare(t, newSession(t), sessions[3]+sessions[4], strings.NewReplacer(
			"127.0.0.1:4004", fake, "127.0.0.1:8000", bot, "PORT=8000", "PORT="+port))
	})
	t.Run("stack", func(t *testing.T) {
		if _, err := exec.LookPath("redis-server"); err != nil {
			redistest.Start(t) // skips, or fails in CI
		}
		redis, fake, bot := redistest.FreeAddr(t), redistest.FreeAddr(t), redistest.FreeAddr(t)
		_, port, _ := net.SplitHostPort(redis)
		s := newSession(t, "REDIS_URL=redis://"+redis, "ADDR="+bot, "INACTIVITY_TIMEOUT=")
		compare(t, s, sessions[5], strings.NewReplacer(
			"redis-server ", "redis-server --bind 127.0.0.1 --port "+port+" --dir "+t.TempDir()+" ",
			"redis-cli ", "redis-cli -p "+port+" ",
			"127.0.0.1:4004", fake, "127.0.0.1:8000", bot))
	})
}

// compare runs a session whose addresses are replaced by free ones.
func compare(t *testing.T, s *session, text string, addresses *strings.Replacer) {
	t.Helper()
	for step := range strings.SplitSeq(strings.TrimPrefix(text, "$ "), "\n$ ") {
		command, want, _ := strings.Cut(step, "\n")
		got := s.run(addresses.Replace(command))
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSuffix(want, "\n")), "…", ".*")
		if strings.HasSuffix(command, "&") || strings.HasPrefix(command, "export ") {
			continue
		}
		if ok, err := regexp.MatchString("^"+pattern+"$", got); err != nil || !ok {
			t.Errorf("$ %s\ngot:\n%s\nwant:\n%s", command, got, want)
		}
	}
}
