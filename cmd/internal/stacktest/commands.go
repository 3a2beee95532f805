package stacktest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Commands builds bot, fakewa and sim, once, and returns the folder that holds them.
// Under the race detector they are built with it too.
var Commands = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "wappasim-commands-"); err != nil {
		return "", err
	}
	built = dir
	args := []string{"build", "-o", dir}
	if raceDetector {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "wappasim/cmd/bot", "wappasim/cmd/fakewa", "wappasim/cmd/sim")...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return dir, err
})

// built is the folder that Commands has made, or empty. Main reads it after the tests.
var built string

func removeCommands() {
	if built != "" {
		os.RemoveAll(built)
	}
}

// Command returns a command of this project, to be started in an empty folder: no
// .env of a developer is read.
func Command(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	dir, err := Commands()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(filepath.Join(dir, name), args...)
	c.Dir = t.TempDir()
	return c
}

// BotConfig is what a test sets of the bot's environment.
type BotConfig struct {
	GraphURL, Token, AppSecret string
	Redis                      string // a variable: "REDIS_URL=…" or "REDIS_URLS=…"
	Silence                    string
	Addr                       string
}

// BotCommand returns the bot, configured.
func BotCommand(t testing.TB, c BotConfig, args ...string) *exec.Cmd {
	t.Helper()
	command := Command(t, "bot", args...)
	command.Env = append(os.Environ(), "WHATSAPP_PHONE_ID=106540352242922", "WHATSAPP_BUSINESS_ID=102290129340398", "WHATSAPP_VERIFY_TOKEN=verify",
		"WHATSAPP_TOKEN="+c.Token, "WHATSAPP_APP_SECRET="+c.AppSecret, "WHATSAPP_GRAPH_URL="+c.GraphURL,
		c.Redis, "INACTIVITY_TIMEOUT="+c.Silence, "PROOF_TIMEOUT="+Proof.String(), "ADDR="+c.Addr)
	return command
}

// Output runs a command to its end, wants it to succeed, and returns what it prints.
func Output(t testing.TB, c *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s%s", c.Args, err, out, &stderr)
	}
	return string(out)
}
