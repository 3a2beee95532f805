package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wappasim/sim/cli"
)

// TestInterruptEndsAWorld interrupts a world that streams to a client which takes nothing.
func TestInterruptEndsAWorld(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var told bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Program{Name: "sim", Bot: newBot}.Run([]string{"-web=127.0.0.1:0"}, os.Stdin, out, &told)
	}()
	var url string
	for began := time.Now(); !strings.HasSuffix(url, "/\n"); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatal("it does not say where it listens")
		}
		written, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		url = string(written)
	}
	url = strings.TrimSpace(url)
	long := strings.Repeat("x", 1<<19)
	for range 32 { // more than the buffers of a connection take
		resp, err := http.Post(url+"_fakewa/users/Ana/messages", "application/json", strings.NewReader(fmt.Sprintf(`{"type":"text","text":{"body":%q}}`, long)))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusCreated {
			t.Fatalf("got %s: %.200s", resp.Status, body)
		}
	}
	conn, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(url, "http:"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /_sim/events HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1<<20)); err != nil { // it is under way
		t.Fatal(err)
	}
	began := time.Now()
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case status := <-ended:
		if took := time.Since(began); status != 0 || told.Len() > 0 || took > 8*time.Second {
			t.Errorf("after %s: status %d, %s", took, status, &told)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
}
