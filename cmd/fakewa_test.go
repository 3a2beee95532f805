package cmd_test

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"wappasim/cmd/internal/stacktest"
)

// TestFakeWAStopsBesideASilentConnection stops the fake while a client is connected and
// silent.
func TestFakeWAStopsBesideASilentConnection(t *testing.T) {
	t.Parallel()
	fake, addr := startFake(t)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fake.Terminate()
}

// TestFakeWARefusesWrongFlags wants one clear line for wrong flags.
func TestFakeWARefusesWrongFlags(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{
		"-webhook=bot:8000": `fakewa: -webhook is "bot:8000": want a URL`,
		"-addr=nowhere":     `fakewa: -addr is "nowhere"`,
		"hello":             `fakewa: "hello" is one argument too many`,
	} {
		out, err := stacktest.Command(t, "fakewa", flag).CombinedOutput()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 || !strings.HasPrefix(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%s: got %v %s", flag, err, out)
		}
	}
}
