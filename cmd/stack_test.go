// Package cmd_test runs the commands together, as processes over TCP.
package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wappasim/bot/redistest"
)

var build = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "wappasim-"); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "./bot", "./fakewa", "./sim").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return dir, err
})

// full has each kind of trial run with all its variants, and with more users.
var full = os.Getenv("WAPPASIM_TESTS") == "full"

// TestMain lets more tests run side by side than there are processors, unless
// -parallel says how many: most of them wait for timers.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		_ = flag.Set("test.parallel", map[bool]string{false: "20", true: "6"}[full]) // it is a number
	}
	if !full {
		fmt.Println("cmd: quick run: one trial of each kind; WAPPASIM_TESTS=full runs them all, with more users, and a soak")
	}
	code := m.Run()
	if dir, err := build(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// command returns a command of this project, built.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	dir, err := build()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(filepath.Join(dir, name), args...)
	c.Dir = t.TempDir() // no .env of somebody's
	return c
}

// stack is Redis, the fake and how to start bots on them.
type stack struct {
	t         *testing.T
	redis     string // address
	fake, bot string // URLs
	silence   string // the bot's
	log       bytes.Buffer
}

func newStack(t *testing.T) *stack {
	s := &stack{t: t, redis: redistest.Start(t), bot: "http://" + redistest.FreeAddr(t), silence: "2s"}
	fake := command(t, "fakewa", "-addr", "127.0.0.1:0", "-webhook", s.bot+"/webhook", "-token", "stack-token", "-app-secret", "stack-secret")
	stdout, err := fake.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminate(t, fake) })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	s.fake = "http://" + strings.TrimSpace(line)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the bot's log:\n%s", &s.log)
		}
	})
	return s
}

// terminate asks a process to end, and wants it to do so in good order.
func terminate(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%s: %v", filepath.Base(c.Path), err)
	}
}

func (s *stack) command(args ...string) *exec.Cmd {
	c := command(s.t, "bot", args...)
	c.Env = append(os.Environ(), "WHATSAPP_TOKEN=stack-token", "WHATSAPP_PHONE_ID=106540352242922", "WHATSAPP_BUSINESS_ID=102290129340398",
		"WHATSAPP_APP_SECRET=stack-secret", "WHATSAPP_VERIFY_TOKEN=verify", "WHATSAPP_GRAPH_URL="+s.fake+"/v23.0",
		"REDIS_URL=redis://"+s.redis, "INACTIVITY_TIMEOUT="+s.silence, "ADDR="+strings.TrimPrefix(s.bot, "http://"))
	return c
}

// startBot starts the bot and waits until it is ready.
func (s *stack) startBot() *exec.Cmd {
	s.t.Helper()
	c := s.command()
	c.Stderr = &s.log
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("the bot to be ready", func() bool {
		resp, err := http.Get(s.bot + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	})
	return c
}

func (s *stack) eventually(what string, done func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited for %s\nthe conversation: %q", what, s.conversation())
		}
	}
}

// say has the user send a text, and returns what the bot answered the webhook.
func (s *stack) say(text string) (status int) {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"type": "text", "text": map[string]string{"body": text}})
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.Post(s.fake+"/_fakewa/users/1234567890/messages", "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Webhook struct{ Status int } }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != 201 {
		s.t.Fatalf("got %d, %v", resp.StatusCode, err)
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

// redisCLI runs the command that the README gives for watching the bot.
func (s *stack) redisCLI(args ...string) string {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.redis)
	out, err := exec.Command("redis-cli", append([]string{"-p", port, "--raw"}, args...)...).Output()
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestStack is the seed's flow on the real stack: redis-server, fakewa, bot.
func TestStack(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	bot := s.startBot()
	for _, text := range []string{"Hello there!", "How are you?", "See you later!"} {
		if status := s.say(text); status != 200 {
			t.Fatalf("the webhook was answered %d", status)
		}
	}
	const trigger = "wappa:EXPTRIGGER:user_inactivity:+1234567890"
	if got := s.redisCLI("-n", "3", "KEYS", "wappa:EXPTRIGGER:*"); got != trigger {
		t.Errorf("KEYS: got %s", got)
	}
	if got := s.redisCLI("-n", "3", "TTL", trigger); got != "2" && got != "1" {
		t.Errorf("TTL: got %s", got)
	}
	if got := s.redisCLI("-n", "0", "GET", "wappa:user:+1234567890"); !strings.Contains(got, `"text":"Hello there!"`) || !strings.Contains(got, `"text":"See you later!"`) {
		t.Errorf("GET: got %s", got)
	}
	if got := s.redisCLI("CONFIG", "GET", "notify-keyspace-events"); got != "notify-keyspace-events\nxE" {
		t.Errorf("CONFIG GET: got %s", got)
	}
	s.eventually("the history", func() bool { return len(s.conversation()) == 7 })
	history := s.conversation()[6]
	for _, want := range []string{"out 📬 Message History (3 messages)\n\n⏰ You were inactive for 2 seconds.", "] Hello there!\n2. [", "] How are you?\n3. [", "] See you later!\n\n✨ Session Complete!\n📊 Total: 3 messages\n⏱️ Timer: 2 seconds"} {
		if !strings.Contains(history, want) {
			t.Errorf("%q is not in %q", want, history)
		}
	}
	s.eventually("Redis to hold nothing of the session", func() bool {
		for key := range strings.FieldsSeq(s.redisCLI("KEYS", "*")) {
			if !strings.HasPrefix(key, "wappa:seen:") && !strings.HasPrefix(key, "wappa:pace:") {
				return false
			}
		}
		return s.redisCLI("-n", "3", "KEYS", "*") == ""
	})
	terminate(t, bot)
	if !strings.Contains(s.log.String(), "drained") || strings.Contains(s.log.String(), "stack-") {
		t.Errorf("the log does not say that it drained, or it holds a secret:\n%s", &s.log)
	}
}

// TestStackCheck runs the doctor beside the running stack and without it.
func TestStackCheck(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	out, err := s.command("-check").CombinedOutput()
	if err != nil || strings.Count(string(out), "✅") != 7 || strings.Count(string(out), "⚠️ Redis keeps what it is given: appendonly is no") != 1 {
		t.Errorf("got %v\n%s", err, out)
	}
	c := s.command("-check")
	c.Env = append(c.Env, "WHATSAPP_TOKEN=wrong", "REDIS_URL=redis://"+redistest.FreeAddr(t))
	out, err = c.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 || strings.Count(string(out), "❌") != 2 {
		t.Errorf("got %v\n%s", err, out)
	}
}

// TestStackKilled kills the bot during the silence: the next one sends the history.
func TestStackKilled(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	bot := s.startBot()
	if status := s.say("before the kill"); status != 200 {
		t.Fatalf("got %d", status)
	}
	s.eventually("the confirmation", func() bool { return len(s.conversation()) == 2 })
	if err := bot.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = bot.Wait() // it was killed
	if status := s.say("while it is away"); status != 0 {
		t.Errorf("got %d", status)
	}
	s.eventually("the timer to lapse", func() bool {
		return s.redisCLI("-n", "3", "EXISTS", "wappa:EXPTRIGGER:user_inactivity:+1234567890") == "0"
	})
	bot = s.startBot()
	s.eventually("the history", func() bool {
		return strings.Contains(strings.Join(s.conversation(), "\n"), "out 📬 Message History (1 message)")
	})
	terminate(t, bot)
}

// TestStackDrains stops the bot while webhooks come in: whatever it acknowledged
// is in Redis or was sent back.
func TestStackDrains(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	bot := s.startBot()
	var (
		mu           sync.Mutex
		acknowledged []string
		users        sync.WaitGroup
	)
	stop := make(chan struct{})
	for user := range 4 {
		users.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				text := fmt.Sprintf("word %d of user %d.", n, user)
				if s.say(text) == 200 {
					mu.Lock()
					acknowledged = append(acknowledged, text)
					mu.Unlock()
				}
			}
		})
	}
	s.eventually("a hundred messages", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(acknowledged) > 100
	})
	terminate(t, bot)
	close(stop)
	users.Wait()
	kept := s.redisCLI("GET", "wappa:user:+1234567890")
	for _, said := range s.conversation() {
		if strings.HasPrefix(said, "out ") {
			kept += said
		}
	}
	for _, text := range acknowledged {
		if !strings.Contains(kept, text) {
			t.Errorf("%q was acknowledged and is not in Redis", text)
		}
	}
}

// TestStackScenarios plays scenarios with the running bot, in real time.
func TestStackScenarios(t *testing.T) {
	t.Parallel()
	s := &stack{t: t, redis: redistest.Start(t), fake: "http://" + redistest.FreeAddr(t), bot: "http://" + redistest.FreeAddr(t), silence: "15s"}
	bot := s.startBot()
	defer terminate(t, bot)
	features, err := filepath.Abs("../features")
	if err != nil {
		t.Fatal(err)
	}
	c := command(t, "sim", "test", "-webhook", s.bot+"/webhook", "-graph", strings.TrimPrefix(s.fake, "http://"), "-app-secret", "stack-secret",
		"-token", "stack-token", "-concurrency", "20", "-longest", "20s", "-format", "progress,junit:report.xml",
		filepath.Join(features, "echo.feature"), filepath.Join(features, "sending.feature"), filepath.Join(features, "users.feature"), filepath.Join(features, "webhook.feature"))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v\n%s\n%s\n%s", err, out, &stderr, &s.log)
	}
	t.Logf("%s\n%s", out, &stderr)
	for _, want := range []string{"waits are real, and matched to within 1s\n", `a session that was sent back is over: "1 day passes" would take longer than 20s`} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr does not say %q:\n%s", want, &stderr)
		}
	}
	data, err := os.ReadFile(filepath.Join(c.Dir, "report.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	if err := xml.Unmarshal(data, &report); err != nil || report.Failures != 0 || report.Tests-report.Skipped < 10 {
		t.Errorf("got %v %+v\n%s", err, report, data)
	}
}

// TestFakeWAUnusedConnection stops the fake while somebody is connected and silent.
func TestFakeWAUnusedConnection(t *testing.T) {
	t.Parallel()
	fake := command(t, "fakewa", "-addr", "127.0.0.1:0")
	stdout, err := fake.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	defer terminate(t, fake)
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimSpace(addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
}

// TestFakeWAFlags wants one clear line for wrong flags.
func TestFakeWAFlags(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{
		"-webhook=bot:8000": `fakewa: -webhook is "bot:8000": want a URL`,
		"-addr=nowhere":     `fakewa: -addr is "nowhere"`,
		"hello":             `fakewa: "hello" is one argument too many`,
	} {
		out, err := command(t, "fakewa", flag).CombinedOutput()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 || !strings.HasPrefix(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%s: got %v %s", flag, err, out)
		}
	}
}
