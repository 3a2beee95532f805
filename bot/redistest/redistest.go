// Package redistest starts a real redis-server for a test, on a free port of
// 127.0.0.1, and stops it at the test's end.
package redistest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Path returns where redis-server is. Without it on the PATH it skips the test, but
// in CI it fails it.
func Path(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("needs redis-server: apt-get install redis-server")
	}
	return path
}

// Start returns the address of a new, empty server that keeps nothing on disk.
// See [Path] for a machine without redis-server.
func Start(t testing.TB, args ...string) (addr string) {
	t.Helper()
	path := Path(t)
	addr = FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	server := exec.Command(path, append([]string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir()}, args...)...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill() // it may have ended
		_ = server.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); !answers(addr); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("redis-server %q does not answer", server.Args[1:])
		}
	}
	return addr
}

// answers tells whether a server takes commands at an address.
func answers(addr string) bool {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	defer c.Close()
	answer := make([]byte, len("+PONG"))
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	_ = c.SetReadDeadline(time.Now().Add(time.Second)) // fails only on a closed connection
	_, err = io.ReadFull(c, answer)
	return err == nil && string(answer) == "+PONG"
}

// FreeAddr returns an address of 127.0.0.1 that was free a moment ago. Its port is below
// those that systems give to connections and to listeners on port 0, so that nobody
// gets it by chance before it is used; and this process does not get it twice.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", 11000+rand.IntN(11000))
		if _, used := given.LoadOrStore(addr, true); used {
			continue
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

var given sync.Map // addresses
