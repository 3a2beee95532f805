package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"wappasim/bot/redistest"
	"wappasim/cmd/internal/stacktest"
)

// stack is the commands as an operator runs them: Redis, fakewa, and the bot.
type stack struct {
	t         *testing.T
	redis     *stacktest.Redis
	fake, bot string // URLs
	silence   string // the bot's
	log       *stacktest.Log
}

// newStack starts Redis and fakewa. The bot is yet to be started.
func newStack(t *testing.T, silence string) *stack {
	s := &stack{t: t, redis: stacktest.StartRedis(t), bot: "http://" + redistest.FreeAddr(t), silence: silence, log: stacktest.NewLog(t)}
	fake, addr := startFake(t, "-webhook", s.bot+"/webhook", "-token", "stack-token", "-app-secret", "stack-secret")
	t.Cleanup(fake.Terminate)
	s.fake = "http://" + addr
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the bot's log:\n%s", s.log)
		}
	})
	return s
}

// startFake starts fakewa on a free port, and returns its address.
func startFake(t *testing.T, args ...string) (fake *stacktest.Process, addr string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := stacktest.Command(t, "fakewa", append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	c.Stdout = w
	log := stacktest.NewLog(t)
	fake = stacktest.StartProcess(t, c, log)
	w.Close() // the process has its own
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	return fake, strings.TrimSpace(line)
}

func (s *stack) command(args ...string) *exec.Cmd {
	return stacktest.BotCommand(s.t, stacktest.BotConfig{
		GraphURL: s.fake + "/v23.0", Token: "stack-token", AppSecret: "stack-secret",
		Redis: s.redis.Env(), Silence: s.silence, Addr: strings.TrimPrefix(s.bot, "http://"),
	}, args...)
}

// startBot starts the bot and waits until it is ready.
func (s *stack) startBot() *stacktest.Process {
	s.t.Helper()
	bot := stacktest.StartProcess(s.t, s.command(), s.log)
	s.eventually("the bot to be ready", func() bool {
		if !bot.Alive() {
			s.t.Fatal("the bot has ended")
		}
		resp, err := http.Get(s.bot + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return bot
}

func (s *stack) eventually(what string, holds func() bool) {
	s.t.Helper()
	stacktest.Eventually(s.t, what, holds, func() string { return "the conversation: " + strings.Join(s.conversation(), "\n") })
}

// say has the user send a text, and returns what the bot answered the webhook; 0 is no
// answer.
func (s *stack) say(text string) (status int) {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"type": "text", "text": map[string]string{"body": text}})
	if err != nil {
		s.t.Error(err)
		return 0
	}
	resp, err := http.Post(s.fake+"/_fakewa/users/1234567890/messages", "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	var answer struct{ Webhook struct{ Status int } }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusCreated {
		s.t.Errorf("got %d, %v", resp.StatusCode, err)
	}
	return answer.Webhook.Status
}

// conversation returns the texts of the user and the bot, as "in …" and "out …".
func (s *stack) conversation() (texts []string) {
	s.t.Helper()
	resp, err := http.Get(s.fake + "/_fakewa/users/+1234567890/messages")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Messages []struct {
			Direction string
			Message   struct{ Text struct{ Body string } }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range answer.Messages {
		texts = append(texts, m.Direction+" "+m.Message.Text.Body)
	}
	return texts
}

// redisCLI runs the command that the documents give for watching the bot.
func (s *stack) redisCLI(args ...string) string {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.redis.Addr())
	out, err := exec.Command("redis-cli", append([]string{"-p", port, "--raw"}, args...)...).Output()
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
