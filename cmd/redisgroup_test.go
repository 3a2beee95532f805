package cmd_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
	"wappasim/fakewa"
)

const (
	groupUsers   = 51
	groupSilence = 5 * time.Second
	groupBound   = 90 * time.Second // for anything that is waited for; it usually takes seconds
)

// groupNode is one process of a Redis Cluster or of a Sentinel set-up.
type groupNode struct {
	t      *testing.T
	port   int
	client *redis.Client
	server *exec.Cmd
	log    string        // file
	ended  chan struct{} // closed when the process has
}

// startGroupNode starts redis-server with a configuration file of these lines, as
// a server or, with "--sentinel", as a Sentinel.
func startGroupNode(t *testing.T, port int, lines []string, args ...string) *groupNode {
	t.Helper()
	path := redistest.Path(t)
	dir := t.TempDir()
	n := &groupNode{t: t, port: port, log: filepath.Join(dir, "log"), ended: make(chan struct{})}
	lines = append([]string{"bind 127.0.0.1", fmt.Sprintf("port %d", port), "dir " + dir, "logfile " + n.log}, lines...)
	conf := filepath.Join(dir, "redis.conf")
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n.server = exec.Command(path, append([]string{conf}, args...)...)
	if err := n.server.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = n.server.Wait() // it is killed
		close(n.ended)
	}()
	t.Cleanup(n.kill)
	n.client = redis.NewClient(&redis.Options{Addr: n.addr()})
	t.Cleanup(func() { n.client.Close() })
	groupEventually(t, n.addr()+" to answer", func() bool {
		select {
		case <-n.ended:
			text, _ := os.ReadFile(n.log) // what there is of it
			t.Fatalf("redis-server on %s has ended\n%s", n.addr(), text)
		default:
		}
		return n.client.Ping(t.Context()).Err() == nil
	})
	return n
}

func (n *groupNode) addr() string { return fmt.Sprintf("127.0.0.1:%d", n.port) }

// kill ends the process as kill -9 does, and returns when it is gone.
func (n *groupNode) kill() {
	_ = n.server.Process.Kill() // it may have ended
	<-n.ended
}

func (n *groupNode) alive() bool {
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// do runs a command for the set-up.
func (n *groupNode) do(args ...any) string {
	n.t.Helper()
	answer, err := n.client.Do(n.t.Context(), args...).Text()
	if err != nil {
		n.t.Fatalf("%s: %v: %v", n.addr(), args, err)
	}
	return answer
}

// info returns a field of INFO, or "" if there is none or no answer.
func (n *groupNode) info(section, field string) string {
	text, _ := n.client.Info(n.t.Context(), section).Result()
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), field+":"); ok {
			return value
		}
	}
	return ""
}

func (n *groupNode) isMaster() bool { return n.info("replication", "role") == "master" }

// keys returns what a node holds in a database; the replicas too hold it.
func (n *groupNode) keys(db int) []string {
	n.t.Helper()
	var keys *redis.StringSliceCmd
	_, err := n.client.TxPipelined(n.t.Context(), func(p redis.Pipeliner) error {
		if db != 0 {
			p.Do(n.t.Context(), "SELECT", db)
		}
		keys = p.Keys(n.t.Context(), "*")
		if db != 0 {
			p.Do(n.t.Context(), "SELECT", 0)
		}
		return nil
	})
	if err != nil {
		n.t.Fatalf("%s: %v", n.addr(), err)
	}
	return keys.Val()
}

// groupPorts returns ports that are free, each with the one that is 10000 above,
// where a Cluster's nodes talk. They are below those that systems give out.
func groupPorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	free := func(port int) bool {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			l.Close()
		}
		return err == nil
	}
	for range 1000 {
		if len(ports) == n {
			return ports
		}
		port := 11000 + rand.IntN(10000)
		if !slices.Contains(ports, port) && free(port) && free(port+10000) {
			ports = append(ports, port)
		}
	}
	t.Fatal("no ports are free")
	return nil
}

func groupEventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(groupBound); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", groupBound, what)
		}
	}
}

// groupWorld is two bots on a group of Redis servers, and people who talk to them.
type groupWorld struct {
	t        *testing.T
	nodes    []*groupNode // that hold data
	urls     string       // REDIS_URLS
	replicas int          // of each master
	keyDB    int          // of the triggers
	key      *regexp.Regexp

	wa    *fakewa.Server
	graph string
	bots  []*groupBot
	users []string

	mu   sync.Mutex               // guards what follows
	said map[string]*groupMessage // by text; each text is said once
}

// groupMessage is what somebody said, and when its webhook was brought.
type groupMessage struct {
	user, clock string
	first, last time.Time // the first attempt began, and the one that was answered 200
	answered    time.Time // with 200; zero before
}

type groupBot struct {
	addr, log string
	command   *exec.Cmd
	stopped   bool
}

// start starts the fake and two bots behind a balancer.
func (w *groupWorld) start() {
	t := w.t
	w.said = make(map[string]*groupMessage)
	for i := range groupUsers {
		w.users = append(w.users, fmt.Sprintf("+1555000%04d", i))
	}
	var proxies []http.Handler
	for range 2 {
		b := &groupBot{addr: redistest.FreeAddr(t), log: filepath.Join(t.TempDir(), "log")}
		w.bots = append(w.bots, b)
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: b.addr})
		proxy.ErrorLog = log.New(io.Discard, "", 0) // the answer 502 says it
		proxies = append(proxies, proxy)
	}
	var turn atomic.Uint64
	balancer := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		proxies[turn.Add(1)%2].ServeHTTP(rw, r)
	}))
	t.Cleanup(balancer.Close)
	w.wa = fakewa.New(fakewa.Config{WebhookURL: balancer.URL + "/webhook", Token: "group-token", AppSecret: "group-secret", Redeliver: time.Hour, Parallel: -1})
	graph := httptest.NewServer(w.wa)
	t.Cleanup(graph.Close)
	t.Cleanup(w.wa.Close)
	w.graph = graph.URL
	for _, b := range w.bots {
		w.startBot(b)
	}
	for _, b := range w.bots {
		groupEventually(t, "a bot to be ready and to hear Redis", func() bool {
			return b.get("/readyz") == "ready\n" && b.metric("wappa_listener_up") == 1
		})
	}
}

func (w *groupWorld) env(addr string) []string {
	return append(os.Environ(), "WHATSAPP_TOKEN=group-token", "WHATSAPP_PHONE_ID=106540352242922", "WHATSAPP_BUSINESS_ID=102290129340398",
		"WHATSAPP_APP_SECRET=group-secret", "WHATSAPP_VERIFY_TOKEN=verify", "WHATSAPP_GRAPH_URL="+w.graph+"/v23.0",
		"REDIS_URLS="+w.urls, "INACTIVITY_TIMEOUT="+groupSilence.String(), "PROOF_TIMEOUT=15s", "ADDR="+addr)
}

func (w *groupWorld) startBot(b *groupBot) {
	t := w.t
	t.Helper()
	file, err := os.Create(b.log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // the process has its own
	b.command = command(t, "bot")
	b.command.Env, b.command.Stderr = w.env(b.addr), file
	if err := b.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !b.stopped {
			_ = b.command.Process.Kill()
			_ = b.command.Wait() // it was killed
		}
		if t.Failed() {
			text, _ := os.ReadFile(b.log) // what there is of it
			t.Logf("the end of the log of the bot on %s:\n%s", b.addr, text[max(0, len(text)-6000):])
		}
	})
}

// errand runs the bot with a flag, beside those that serve.
func (w *groupWorld) errand(args ...string) string {
	w.t.Helper()
	c := command(w.t, "bot", args...)
	c.Env = w.env("127.0.0.1:0")
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		w.t.Errorf("bot %v: %v\n%s%s", args, err, out, &stderr)
	}
	return string(out)
}

func (b *groupBot) get(path string) string {
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get("http://" + b.addr + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body) // a part is as good as nothing
	return string(body)
}

// metric returns a metric of a bot, or -1 if it does not tell.
func (b *groupBot) metric(name string) float64 {
	for line := range strings.Lines(b.get("/metrics")) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err == nil {
				return value
			}
		}
	}
	return -1
}

// say has a user say something, brings it until it is answered 200, as WhatsApp
// does, and notes when.
func (w *groupWorld) say(user, text string) {
	hook, err := w.wa.Compose(fakewa.Inbound{From: user, Content: fakewa.Text(text)})
	if err != nil {
		w.t.Error(err)
		return
	}
	m := &groupMessage{user: user, first: time.Now()}
	for _, c := range w.wa.Conversation(user) {
		var body struct{ Timestamp string }
		if c.ID == hook.IDs[0] && json.Unmarshal(c.Body, &body) == nil {
			seconds, _ := strconv.ParseInt(body.Timestamp, 10, 64) // the fake writes it
			m.clock = time.Unix(seconds, 0).UTC().Format(time.TimeOnly)
		}
	}
	w.mu.Lock()
	w.said[text] = m
	w.mu.Unlock()
	var answer fakewa.Answer
	ctx := w.t.Context()
	for time.Since(m.first) < groupBound && ctx.Err() == nil {
		begun := time.Now()
		answer = w.wa.Post(ctx, hook.Body, fakewa.Sign("group-secret", hook.Body))
		if answer.Status == http.StatusOK {
			w.mu.Lock()
			m.last, m.answered = begun, time.Now()
			w.mu.Unlock()
			return
		}
		time.Sleep(200 * time.Millisecond) // WhatsApp brings it again
	}
	if ctx.Err() != nil {
		return // the test has failed elsewhere
	}
	w.t.Errorf("%q was not taken within %s: %+v", text, groupBound, answer)
}

// everybody has all users talk at once, and waits for them.
func (w *groupWorld) everybody(talk func(user string)) {
	var talking sync.WaitGroup
	for _, user := range w.users {
		talking.Go(func() { talk(user) })
	}
	talking.Wait()
}

var (
	groupHistoryHead = regexp.MustCompile(`^📬 Message History \((\d+) messages?\)\n\n⏰ You were inactive for 5 seconds\.`)
	groupHistoryLine = regexp.MustCompile(`(?m)^(\d+)\. \[(\d\d:\d\d:\d\d)\] (.+)$`)
)

// heard returns, for each text, when histories with it were sent. It checks that
// each history is well-formed, is not early, and has the times of its messages.
func (w *groupWorld) heard() map[string][]time.Time {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(map[string][]time.Time)
	for _, sent := range w.wa.Sent() {
		head := groupHistoryHead.FindStringSubmatch(sent.Text)
		if head == nil {
			continue // a confirmation
		}
		lines := groupHistoryLine.FindAllStringSubmatch(sent.Text, -1)
		if head[1] != strconv.Itoa(len(lines)) {
			w.t.Fatalf("a history of %s messages has %d:\n%s", head[1], len(lines), sent.Text)
		}
		for i, line := range lines {
			m := w.said[line[3]]
			if m == nil || m.user != sent.User || line[1] != strconv.Itoa(i+1) || line[2] != m.clock {
				w.t.Fatalf("%s got a history with %q, which is %+v", sent.User, line[0], m)
			}
			if at := sent.At.Sub(m.first); at < groupSilence {
				w.t.Fatalf("a history came %s after its message %q", at, line[3])
			}
			found[line[3]] = append(found[line[3]], sent.At)
		}
	}
	return found
}

// awaitHistories waits until everything that was answered, but for what may be
// lost, is in a history.
func (w *groupWorld) awaitHistories(may func(*groupMessage) bool) {
	w.t.Helper()
	var missing []string
	defer func() {
		if w.t.Failed() && missing != nil {
			w.t.Logf("%d are in no history: %.20q", len(missing), missing)
		}
	}()
	groupEventually(w.t, "the histories", func() bool {
		found := w.heard()
		w.mu.Lock()
		defer w.mu.Unlock()
		missing = nil
		for text, m := range w.said {
			if found[text] == nil && !m.answered.IsZero() && !may(m) {
				missing = append(missing, text)
			}
		}
		return missing == nil
	})
}

// awaitEmpty waits until no server holds anything but the marks of messages that
// were seen, and the paces, which go by themselves.
func (w *groupWorld) awaitEmpty() {
	w.t.Helper()
	kept := regexp.MustCompile(`^(\{wappa:\d+\}|wappa):(seen|pace):`)
	var left []string
	defer func() {
		if w.t.Failed() {
			w.t.Logf("left: %.20q", left)
		}
	}()
	groupEventually(w.t, "Redis to be empty but for the ids", func() bool {
		left = nil
		for _, n := range w.nodes {
			if !n.alive() {
				continue
			}
			for _, db := range slices.Compact([]int{0, w.keyDB}) {
				for _, key := range n.keys(db) {
					if !kept.MatchString(key) {
						left = append(left, n.addr()+" "+key)
					}
				}
			}
		}
		return left == nil
	})
}

// triggers returns on which master the trigger of each user is.
func (w *groupWorld) triggers() map[string]*groupNode {
	w.t.Helper()
	where := make(map[string]*groupNode)
	for _, n := range w.nodes {
		if !n.isMaster() {
			continue
		}
		for _, key := range n.keys(w.keyDB) {
			if match := w.key.FindStringSubmatch(key); match != nil {
				where[match[1]] = n
			}
		}
	}
	return where
}

// quiet is the seed's flow: confirmations, triggers, silence, histories, of which
// every bot hears. It returns on which master each user is.
func (w *groupWorld) quiet(name string) (where map[string]*groupNode) {
	t := w.t
	t.Helper()
	before := make(map[*groupBot]float64)
	for _, b := range w.bots {
		if before[b] = b.metric("wappa_notifications_total"); before[b] < 0 {
			t.Fatalf("the bot on %s does not tell its metrics", b.addr)
		}
	}
	inbox := make(map[string]int)
	for _, user := range w.users {
		inbox[user] = len(w.wa.Phone(user).Inbox())
	}
	said := make(chan struct{})
	go func() {
		defer close(said)
		w.everybody(func(user string) {
			w.say(user, name+" one of "+user)
			w.say(user, name+" two of "+user)
		})
	}()
	t.Cleanup(func() { <-said }) // if the test fails before
	where = make(map[string]*groupNode)
	for talking := true; talking; time.Sleep(20 * time.Millisecond) {
		select {
		case <-said:
			talking = false
		default:
		}
		maps.Copy(where, w.triggers()) // the first may lapse before the last is set
	}
	if len(where) != groupUsers {
		t.Errorf("%d of %d users have triggers", len(where), groupUsers)
	}
	w.awaitHistories(func(*groupMessage) bool { return false })
	for _, user := range w.users {
		var got []string
		for _, m := range w.wa.Phone(user).Inbox()[inbox[user]:] {
			got = append(got, m.Text)
		}
		all := strings.Join(got, "\n")
		if len(got) != 3 || !strings.Contains(all, "👋 Welcome!") || !strings.Contains(all, "💾 Message #1 stored! Timer reset to 5 seconds") ||
			!strings.Contains(all, "💾 Message #2 stored! Timer reset to 5 seconds") || !strings.Contains(got[2], "📬 Message History (2 messages)") {
			t.Errorf("%s got %q", user, got)
		}
	}
	for _, b := range w.bots {
		groupEventually(t, "a bot to hear of every trigger", func() bool {
			return b.metric("wappa_notifications_total") >= before[b]+groupUsers
		})
	}
	w.awaitEmpty()
	return where
}

// failover kills the master of some users while they all have timers, and while
// half of them goes on talking. Then everything that Redis kept must be in exactly
// one history.
//
// Replication is asynchronous: a message that the master had stored and not yet
// given to a replica when it was killed is lost, and Redis does not claim otherwise.
// So the test waits for the replicas (WAIT) right before the kill. What was answered
// before that must survive, and so must what was first brought to anybody after the
// kill; of what came between, only the users of the killed master may miss some.
func (w *groupWorld) failover(where map[string]*groupNode, victim *groupNode, promoted func() bool) {
	t := w.t
	t.Helper()
	var (
		begun   sync.WaitGroup
		talking sync.WaitGroup
		goOn    = make(chan struct{})
		over    = make(chan struct{})
	)
	begun.Add(groupUsers)
	t.Cleanup(talking.Wait) // if the test fails before
	for i, user := range w.users {
		talking.Go(func() {
			w.say(user, "over 0 of "+user)
			w.say(user, "over 1 of "+user)
			begun.Done()
			if i%2 == 0 {
				return // a timer that nobody restarts
			}
			select {
			case <-goOn:
			case <-t.Context().Done():
				return
			}
			for n := 2; ; n++ {
				w.say(user, fmt.Sprintf("over %d of %s", n, user))
				select {
				case <-over:
					return
				case <-t.Context().Done():
					return
				case <-time.After(400 * time.Millisecond):
				}
			}
		})
	}
	begun.Wait()
	close(goOn)
	asked := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), groupBound)
	defer cancel()
	conn := victim.client.Conn() // WAIT is for what a connection wrote, and all before
	defer conn.Close()
	var probe string
	for _, key := range victim.keys(0) {
		if strings.Contains(key, "deadlines:") {
			probe, _, _ = strings.Cut(key, "deadlines:")
		}
	}
	if probe == "" {
		t.Fatal("the master that is to be killed has no timers")
	}
	probe += "pace:probe" // in a slot of this master
	if err := conn.Set(ctx, probe, "1", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Wait(ctx, w.replicas, 10*time.Second).Result(); err != nil || int(n) != w.replicas {
		t.Fatalf("%d replicas have it, %v", n, err)
	}
	victim.kill()
	killed := time.Now()
	pending := 0
	for _, n := range where {
		if n == victim {
			pending++
		}
	}
	groupEventually(t, "a replica to be promoted", promoted)
	t.Logf("%s with %d of %d users was killed, %s after a replica had all; another is master %s later", victim.addr(), pending, len(where),
		killed.Sub(asked).Round(time.Millisecond), time.Since(killed).Round(10*time.Millisecond))
	close(over)
	talking.Wait()

	may := func(m *groupMessage) bool {
		return where[m.user] == victim && m.answered.After(asked) && m.last.Before(killed)
	}
	w.awaitHistories(may)
	w.awaitEmpty()
	found := w.heard()
	lost, again := 0, 0
	for text, m := range w.said {
		switch copies := found[text]; {
		case len(copies) == 1:
		case len(copies) == 0 && may(m):
			lost++
		case len(copies) > 1 && where[m.user] == victim && slices.ContainsFunc(copies, func(at time.Time) bool {
			return at.After(asked) && at.Before(killed.Add(time.Second))
		}):
			again++ // the master had not passed on that the history was begun
		default:
			t.Errorf("%q is in %d histories: %v", text, len(copies), copies)
		}
	}
	t.Logf("of %d messages, %d were lost and %d came again in the moment of the kill", len(w.said), lost, again)
}

// stop stops the bots, and wants them to drain.
func (w *groupWorld) stop() {
	w.t.Helper()
	for _, b := range w.bots {
		b.stopped = true
		terminate(w.t, b.command)
		text, err := os.ReadFile(b.log)
		if err != nil || !strings.Contains(string(text), "drained") || strings.Contains(string(text), "group-") {
			w.t.Errorf("the log does not say that it drained, or it holds a secret: %v\n%s", err, text)
		}
	}
}
