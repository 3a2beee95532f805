package cmd_test

import (
	"bufio"
	"fmt"
	"io"
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
	"wappasim/cmd/internal/stacktest"
)

// session is a shell in which the commands of a document run. It begins at the root
// of this project, which is a folder named wappasim. Beside it is a folder mybot.
type session struct {
	t      *testing.T
	stdin  io.Writer
	stdout *bufio.Reader
	mybot  string
}

func newSession(t *testing.T, env ...string) *session {
	t.Helper()
	bin, err := stacktest.Commands()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	clone, mybot := filepath.Join(dir, "wappasim"), filepath.Join(dir, "mybot")
	if err := os.Symlink(root, clone); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(mybot, 0o755); err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("bash")
	shell.Dir = clone
	shell.Env = append(os.Environ(), "PWD="+clone, "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+dir)
	shell.Env = append(shell.Env, env...)
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
	return &session{t, stdin, bufio.NewReader(stdout), mybot}
}

// run runs a command and returns what it printed.
func (s *session) run(command string) string {
	s.t.Helper()
	if background, ok := strings.CutSuffix(command, "&"); ok {
		command = background + ">/dev/null &"
		if !strings.Contains(background, "2>") {
			command = background + ">/dev/null 2>&1 &"
		}
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

// needed are the programs that sessions use and not every machine has, with how to
// install them.
var needed = map[string]string{"node ": "nodejs", "redis-server ": "redis-server", "redis-cli ": "redis-tools", "curl ": "curl"}

// TestDocsSessions runs the console blocks of each document, one after another in one
// shell, and compares what the commands print. In the documents … stands for what
// differs from run to run, and a line of … alone for any number of lines.
func TestDocsSessions(t *testing.T) {
	t.Parallel()
	sessions := make(map[string]string)
	for _, b := range blocks(t, "console") {
		sessions[b.file] += b.text
	}
	for file, text := range sessions {
		t.Run(strings.ReplaceAll(file, "/", "_"), func(t *testing.T) {
			t.Parallel()
			for program, pack := range needed {
				if _, err := exec.LookPath(strings.TrimSpace(program)); err == nil || !strings.Contains(text, program) {
					continue
				} else if os.Getenv("CI") != "" {
					t.Fatalf("%sis not installed", program)
				}
				t.Skipf("needs %s: apt-get install %s", program, pack)
			}
			bot, redis := redistest.FreeAddr(t), redistest.FreeAddr(t)
			_, botPort, _ := net.SplitHostPort(bot)
			_, redisPort, _ := net.SplitHostPort(redis)
			s := newSession(t,
				"REDIS_URL=redis://"+redis, "ADDR="+bot,
				"GOPROXY=off", "GOSUMDB=off", "GOFLAGS=") // all that a command needs is there: the tree was built
			s.copyMybot(file)
			s.compare(text, strings.NewReplacer(
				"go run ./cmd/", "", // they are built
				"redis-server ", "redis-server --bind 127.0.0.1 --port "+redisPort+" --dir "+t.TempDir()+" ",
				"redis-cli ", "redis-cli -p "+redisPort+" ",
				"127.0.0.1:4004", redistest.FreeAddr(t), "127.0.0.1:4005", redistest.FreeAddr(t), "127.0.0.1:4006", redistest.FreeAddr(t), "127.0.0.1:4007", redistest.FreeAddr(t),
				"127.0.0.1:8000", bot, "PORT=8000", "PORT="+botPort))
		})
	}
}

// copyMybot puts docs/mybot beside the clone, with the go.mod that a document shows,
// and without what could help it there.
func (s *session) copyMybot(file string) {
	s.t.Helper()
	for _, b := range blocks(s.t, "go.mod") {
		if b.file != file {
			continue
		}
		if err := os.CopyFS(s.mybot, os.DirFS("../docs/mybot")); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.mybot, "go.mod"), []byte(b.text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// compare runs the commands of a text whose addresses are replaced by free ones.
func (s *session) compare(text string, addresses *strings.Replacer) {
	s.t.Helper()
	for step := range strings.SplitSeq(strings.TrimPrefix(text, "$ "), "\n$ ") {
		command, want, _ := strings.Cut(step, "\n")
		for strings.Count(command, "'")%2 == 1 { // a quoted text of several lines, shown after "> "
			var line string
			line, want, _ = strings.Cut(want, "\n")
			command += "\n" + strings.TrimPrefix(line, "> ")
		}
		want = strings.TrimSuffix(want, "\n")
		got := s.run(addresses.Replace(command))
		pattern := regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(regexp.QuoteMeta(want)+"\n", `(?:.*\n)*`)
		pattern = "^" + strings.ReplaceAll(pattern, "…", ".*") + "$"
		if ok, err := regexp.MatchString(pattern, got+"\n"); err != nil || !ok {
			s.t.Errorf("$ %s\ngot:\n%s\nwant:\n%s", command, got, want)
		}
	}
}
