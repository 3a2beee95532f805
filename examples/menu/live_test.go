package menu_test

import (
	"bytes"
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

// build builds the commands of the menu bot, and returns the folder that holds them.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "./cmd/menubot", "./cmd/talk").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// talk runs the command talk over the scenarios.
func talk(t *testing.T, dir string, args ...string) (stdout, stderr string) {
	t.Helper()
	c := exec.Command(filepath.Join(dir, "talk"), append(append([]string{"test", "-format", "progress"}, args...), "features")...)
	var told bytes.Buffer
	c.Stderr = &told
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v\n%s\n%s", err, out, &told)
	}
	return string(out), told.String()
}

func TestScenarios(t *testing.T) {
	if out, _ := talk(t, build(t)); !strings.Contains(out, "5 scenarios (5 passed)\n") {
		t.Errorf("got\n%s", out)
	}
}

// TestScenariosLive plays them with the bot as a process, beside a real Redis.
func TestScenariosLive(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	dir, addr, graph := build(t), redistest.FreeAddr(t), redistest.FreeAddr(t)
	bot := exec.Command(filepath.Join(dir, "menubot"), "-addr", addr, "-redis", server, "-graph", "http://"+graph+"/v23.0", "-ready", "hello_world", "-cooking", "3s")
	bot.Env = append(os.Environ(), "WHATSAPP_TOKEN=live-token", "WHATSAPP_APP_SECRET=live-secret", "WHATSAPP_VERIFY_TOKEN=live-verify")
	var log bytes.Buffer // read when the process has ended
	bot.Stderr = &log
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- bot.Wait() }()
	awaitListener(t, addr, ended)
	out, stderr := talk(t, dir, "-webhook", "http://"+addr+"/webhook", "-graph", graph,
		"-token", "live-token", "-app-secret", "live-secret", "-verify-token", "live-verify", "-concurrency", "5", "-tolerance", "3s", "-longest", "20s")
	if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the bot: %v", err)
	}
	if !strings.Contains(out, "5 scenarios (4 passed, 1 skipped)\n") {
		t.Errorf("got\n%s", out)
	}
	if want := regexp.MustCompile(`skipped: .*: a crash loses nothing: .* needs a world: `); !want.MatchString(stderr) {
		t.Errorf("stderr does not match %s:\n%s", want, stderr)
	}
	if t.Failed() {
		t.Logf("the bot's log:\n%s", &log)
	}
}

// awaitListener waits until a process listens at an address.
func awaitListener(t *testing.T, addr string, ended <-chan error) {
	t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; {
		select {
		case err := <-ended:
			t.Fatalf("the process has ended: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("nothing listens at %s", addr)
}
