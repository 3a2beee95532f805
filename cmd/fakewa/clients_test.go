package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	clientUser  = "+1 (650) 555-1234" // as the clients write it
	clientWords = "héllo / ✓"
)

// TestClients runs clients that others published, unchanged, against the command:
// clients/steps.mjs has the steps. Without npm it is skipped, but in CI it fails.
func TestClients(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("npm is not installed")
		}
		t.Skip("needs npm, and Node 20 or later: apt-get install nodejs npm")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	fakewa := filepath.Join(t.TempDir(), "fakewa")
	run(t, exec.CommandContext(ctx, "go", "build", "-o", fakewa, "."))
	clients := t.TempDir()
	if err := os.CopyFS(clients, os.DirFS("clients")); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(ctx, "npm", "ci")
	install.Dir = clients
	run(t, install)
	for _, client := range []string{"kapso", "whatsapp-api-js", "great-detail"} {
		t.Run(client, func(t *testing.T) { meet(ctx, t, fakewa, filepath.Join(clients, client+".mjs")) })
	}
}

// run runs a command that must succeed.
func run(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
}

// listen returns a socket that listens, and its address. A bot gets the socket itself: the
// port of a closed one may be taken by then.
func listen(t *testing.T) (addr string, socket *os.File) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if socket, err = listener.(*net.TCPListener).File(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String(), socket
}

// meet runs a client: a user writes to it, and it makes all its calls.
func meet(ctx context.Context, t *testing.T, fakewa, script string) {
	addr, socket := listen(t)
	defer socket.Close()
	graph := startFake(ctx, t, fakewa, "-addr", "127.0.0.1:0", "-webhook", "http://"+addr+"/webhook",
		"-token", "client-token", "-app-secret", "client-secret", "-phone-id", "106540352242922", "-waba-id", "102290129340398")

	var complaint strings.Builder
	client := exec.CommandContext(ctx, "node", script)
	client.Stderr = &complaint
	client.ExtraFiles = []*os.File{socket} // 3 in the client
	client.Env = append(os.Environ(), "WEBHOOK_FD=3", "GRAPH_URL="+graph, "TOKEN=client-token", "APP_SECRET=client-secret",
		"PHONE_ID=106540352242922", "WABA_ID=102290129340398", "USER="+clientUser, "WORDS="+clientWords)
	stdout, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	var steps []string
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if lines.Text() == "listening" {
			write(ctx, t, graph)
			continue
		}
		steps = append(steps, lines.Text())
	}
	if err := client.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", filepath.Base(script), err, complaint.String())
	}
	want := []string{"ok webhook", "ok text", "ok upload", "ok metadata", "ok download", "ok image by id", "ok image by link",
		"ok buttons", "ok list", "ok template", "ok reaction", "ok mark as read", "ok refusal"}
	if !slices.Equal(steps, want) {
		t.Errorf("the client printed\n%q, want\n%q", steps, want)
	}
	conversed(ctx, t, graph)
}

// startFake starts the command, which is stopped when the test ends, and returns its URL.
func startFake(ctx context.Context, t *testing.T, fakewa string, args ...string) string {
	ctx, stop := context.WithCancel(ctx)
	fake := exec.CommandContext(ctx, fakewa, args...)
	fake.Cancel = func() error { return fake.Process.Signal(syscall.SIGTERM) }
	fake.WaitDelay = 10 * time.Second
	fake.Stderr = t.Output()
	stdout, err := fake.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = fake.Wait() // that it was stopped; the exit code counts
		if code := fake.ProcessState.ExitCode(); code != 0 {
			t.Errorf("fakewa ended with %d", code)
		}
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the address of fakewa: %v", err)
	}
	return "http://" + strings.TrimSpace(addr)
}

// write sends the user's text to the client, which must acknowledge the webhook.
func write(ctx context.Context, t *testing.T, graph string) {
	var answer struct{ Webhook struct{ Status int } }
	content := fmt.Sprintf(`{"type":"text","text":{"body":%q}}`, clientWords)
	call(ctx, t, http.MethodPost, graph, content, http.StatusCreated, &answer)
	if answer.Webhook.Status != http.StatusOK {
		t.Errorf("the client answered the webhook with %d, want 200", answer.Webhook.Status)
	}
}

// call calls the control API for the messages of the user.
func call(ctx context.Context, t *testing.T, method, graph, body string, status int, answer any) {
	t.Helper()
	b := request(ctx, t, method, graph+"/_fakewa/users/"+url.PathEscape(clientUser)+"/messages", body, status)
	if err := json.Unmarshal([]byte(b), answer); err != nil {
		t.Fatalf("%s messages: %v: %s", method, err, b)
	}
}

// request makes a call that must have one of the statuses, and returns the answer.
func request(ctx context.Context, t *testing.T, method, url, body string, statuses ...int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(statuses, resp.StatusCode) {
		t.Fatalf("%s %s: status %d, want %d: %s", method, url, resp.StatusCode, statuses, b)
	}
	return strings.TrimSpace(string(b))
}

// said is a message of a conversation, as far as it is compared.
type said struct {
	ID, Direction, Status string
	Message               struct {
		Type        string
		Text        struct{ Body string }
		Image       struct{ ID, Link, Caption string }
		Interactive struct {
			Type   string
			Action struct {
				Button   string
				Buttons  []struct{ Reply struct{ ID, Title string } }
				Sections []struct {
					Title string
					Rows  []struct{ ID, Title, Description string }
				}
			}
		}
		Template struct {
			Name     string
			Language struct{ Code string }
		}
		Reaction struct {
			MessageID string `json:"message_id"`
			Emoji     string
		}
	}
}

func (s said) String() string {
	m, line := s.Message, s.Direction+" "+s.Status+" "+s.Message.Type
	switch m.Type {
	case "text":
		return line + " " + m.Text.Body
	case "image":
		return fmt.Sprintf("%s id=%t link=%t %s", line, m.Image.ID != "", m.Image.Link != "", m.Image.Caption)
	case "interactive":
		return fmt.Sprintf("%s %s %+v", line, m.Interactive.Type, m.Interactive.Action)
	case "template":
		return line + " " + m.Template.Name + " " + m.Template.Language.Code
	case "reaction":
		return line + " " + m.Reaction.Emoji
	}
	return line
}

// conversed checks what the fake has of the conversation: all of it, and the
// user's message read.
func conversed(ctx context.Context, t *testing.T, graph string) {
	var heard struct{ Messages []said }
	call(ctx, t, http.MethodGet, graph, "", http.StatusOK, &heard)
	var got []string
	for _, m := range heard.Messages {
		got = append(got, m.String())
		if m.Message.Type == "reaction" && m.Message.Reaction.MessageID != heard.Messages[0].ID {
			t.Errorf("the reaction is to %q, want the user's message %q", m.Message.Reaction.MessageID, heard.Messages[0].ID)
		}
	}
	want := []string{
		"in read text " + clientWords,
		"out delivered text " + clientWords,
		"out delivered image id=true link=false " + clientWords,
		"out delivered image id=false link=true " + clientWords,
		"out delivered interactive button {Button: Buttons:[{Reply:{ID:yes Title:Yes ✓}} {Reply:{ID:no Title:No}}] Sections:[]}",
		"out delivered interactive list {Button:Choose Buttons:[] Sections:[{Title:Teas Rows:[{ID:green Title:Green Description:from Japan} {ID:black Title:Black Description:}]}]}",
		"out delivered template hello_world en_US",
		"out sent reaction 👍",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the fake has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
