package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/fakewa"
)

// users are those that each kind of fault is tried with.
var users = map[bool]int{false: 40, true: 200}[full]

const (
	fleetSilence = 2 * time.Second
	fleetProof   = 15 * time.Second

	fleetPatience = 2 * time.Minute // for all that must happen, on a slow machine
)

// fleet is some replicas of the bot on one Redis, the fake, a balancer that gives
// each webhook to one of them, and the ledger of it all.
type fleet struct {
	t      *testing.T
	redis  *redisServer
	ledger *ledger
	fake   *fakewa.Server
	graph  *graphProxy
	client *http.Client // of the balancer
	secret string

	silence  time.Duration // of the replicas that are started
	replicas []*replica

	// happened is called at each moment of a replica, which waits until it
	// returns. It is set before the replicas are started.
	happened func(r *replica, moment string)

	// loses tells whether the answer to a part of a history is lost.
	loses func(part string) bool

	refuseStatuses atomic.Bool // the balancer answers 503 to them
	over           atomic.Bool // the test ends: no replica is started

	mu       sync.Mutex
	random   *rand.Rand // guarded by mu
	speaking sync.WaitGroup
	acting   sync.WaitGroup // what happens to the replicas beside the test
}

// replica is one bot. Its process changes.
type replica struct {
	fleet *fleet
	n     int
	proxy *redisProxy // nil: it talks to Redis itself
	log   *os.File

	mu      sync.Mutex // guards what follows
	process *exec.Cmd  // nil while there is none
	at      string     // address; empty while there is no process
}

// newFleet makes a fleet. Its replicas are yet to be started.
func newFleet(t *testing.T, server *redisServer, replicas int, proxies bool) *fleet {
	t.Helper()
	f := &fleet{
		t: t, redis: server, silence: fleetSilence, ledger: newLedger(fleetSilence, fleetProof), random: rand.New(rand.NewPCG(1, uint64(replicas))),
		secret:   fmt.Sprintf("secret-%x", rand.Uint64()), // so that no webhook counts that goes astray to another fleet's port
		client:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}},
		happened: func(*replica, string) {}, loses: func(string) bool { return false },
	}
	f.graph = startGraphProxy(t, f.called)
	f.fake = fakewa.New(fakewa.Config{
		Webhook: f, Token: "fleet-token", AppSecret: f.secret, Redeliver: time.Hour, Parallel: -1, OnRequest: f.graph.onRequest,
	})
	f.graph.fake = f.fake
	t.Cleanup(f.speaking.Wait)
	t.Cleanup(f.fake.Close)
	t.Cleanup(f.client.CloseIdleConnections)
	for n := range replicas {
		r := &replica{fleet: f, n: n}
		if proxies {
			r.proxy = startRedisProxy(t, server.addr, func(moment string) { f.happened(r, moment) })
		}
		log, err := os.Create(filepath.Join(t.TempDir(), "log"))
		if err != nil {
			t.Fatal(err)
		}
		r.log = log
		t.Cleanup(func() {
			r.kill()
			r.log.Close()
		})
		f.replicas = append(f.replicas, r)
	}
	t.Cleanup(func() {
		f.over.Store(true)
		f.acting.Wait()
	})
	return f
}

// start starts all replicas, and waits until they are ready.
func (f *fleet) start() {
	f.t.Helper()
	for _, r := range f.replicas {
		r.start()
	}
	for _, r := range f.replicas {
		f.eventually(fmt.Sprintf("replica %d to be ready", r.n), func() bool {
			resp, err := f.client.Get("http://" + r.addr() + "/readyz")
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
	}
}

func (f *fleet) eventually(what string, done func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(fleetPatience); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.t.Fatalf("waited %s for %s\n%s", fleetPatience, what, f.logs())
		}
	}
}

// command returns a bot of this fleet, without an address of its own.
func (f *fleet) command(n int, redisAddr string, args ...string) *exec.Cmd {
	c := command(f.t, "bot", args...)
	c.Env = append(os.Environ(), "WHATSAPP_TOKEN=fleet-token", "WHATSAPP_PHONE_ID=106540352242922", "WHATSAPP_BUSINESS_ID=102290129340398",
		"WHATSAPP_APP_SECRET="+f.secret, "WHATSAPP_VERIFY_TOKEN=verify", "WHATSAPP_GRAPH_URL="+f.graph.urlOf(n), "REDIS_URL=redis://"+redisAddr,
		"INACTIVITY_TIMEOUT="+f.silence.String(), "PROOF_TIMEOUT="+fleetProof.String(), "ADDR=127.0.0.1:0")
	return c
}

// start starts the replica's process, and waits until it listens.
func (r *replica) start() {
	if r.fleet.over.Load() {
		return
	}
	addr := r.fleet.redis.addr()
	if r.proxy != nil {
		addr = r.proxy.addr()
	}
	c := r.fleet.command(r.n, addr)
	c.Stderr = r.log
	before, err := r.log.Seek(0, io.SeekEnd)
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		r.fleet.t.Errorf("start replica %d: %v", r.n, err)
		return
	}
	r.mu.Lock()
	r.process = c
	r.mu.Unlock()
	head := make([]byte, 64<<10)
	for deadline := time.Now().Add(fleetPatience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		n, _ := r.log.ReadAt(head, before) // it ends early
		_, line, _ := strings.Cut(string(head[:n]), "the bot is listening\" addr=")
		if at, _, ok := strings.Cut(line, " "); ok {
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.process == c {
				r.at = at
			}
			return
		}
	}
	r.fleet.t.Errorf("replica %d does not listen", r.n)
}

func (r *replica) addr() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

// kill ends the process as kill -9 does, and returns when it is gone.
func (r *replica) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return
	}
	over := r.fleet.ledger.troubled(r.n, fmt.Sprintf("replica %d was killed", r.n))
	_ = r.process.Process.Kill() // it has not been waited for
	_ = r.process.Wait()         // it was killed
	over()
	r.process, r.at = nil, ""
}

// restart kills the replica now, and starts it again meanwhile.
func (r *replica) restart() {
	r.kill()
	r.fleet.acting.Go(r.start)
}

// freeze stops the process, and returns how it is made to go on.
func (r *replica) freeze() (thaw func()) {
	r.mu.Lock()
	process := r.process.Process
	r.mu.Unlock()
	over := r.fleet.ledger.troubled(r.n, fmt.Sprintf("replica %d was frozen", r.n))
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		r.fleet.t.Error(err)
	}
	return func() {
		if err := process.Signal(syscall.SIGCONT); err != nil {
			r.fleet.t.Error(err)
		}
		over()
	}
}

// called enters what WhatsApp takes in the ledger.
func (f *fleet) called(c graphCall) (lose bool) {
	if !strings.HasPrefix(c.opaque, "history ") {
		return false
	}
	taken := &historyCopy{at: c.at, replica: c.replica, user: c.user, opaque: c.opaque, id: c.id, texts: historyTexts(c.text)}
	if c.gaveUp {
		taken.lost = "the replica no longer waited"
	}
	if lose = f.loses(c.opaque); lose {
		taken.lost = "the connection was cut"
	}
	f.ledger.takes(taken)
	f.happened(f.replicas[c.replica], sent)
	return lose
}

// hookBody is what the balancer reads of a webhook.
type hookBody struct {
	Entry []struct {
		Changes []struct {
			Value struct {
				Messages []struct {
					From string
					Text struct{ Body string }
				}
				Statuses []struct {
					ID, Status string
					Opaque     string `json:"biz_opaque_callback_data"`
				}
			}
		}
	}
}

// ServeHTTP gives a webhook to one of the replicas that have a process, and enters
// it in the ledger. It does not know which of them are frozen.
func (f *fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var hook hookBody
	if err == nil {
		err = json.Unmarshal(body, &hook)
	}
	if err != nil {
		f.t.Errorf("a webhook of the fake: %v", err)
		return
	}
	value := hook.Entry[0].Changes[0].Value
	now := time.Now()
	for _, m := range value.Messages {
		f.ledger.delivers(fakewa.Number(m.From), m.Text.Body, now)
	}
	if len(value.Statuses) > 0 && f.refuseStatuses.Load() {
		http.Error(w, "statuses are refused", http.StatusServiceUnavailable)
		return
	}
	status, err := f.forward(r, body)
	if err != nil {
		status = http.StatusBadGateway
	}
	if status == http.StatusOK {
		now = time.Now()
		for _, m := range value.Messages {
			f.ledger.acknowledges(m.Text.Body, now)
		}
		for _, s := range value.Statuses {
			f.ledger.proves(s.ID, s.Status, now)
		}
	}
	w.WriteHeader(status)
}

func (f *fleet) forward(r *http.Request, body []byte) (status int, err error) {
	var up []string
	for _, r := range f.replicas {
		if at := r.addr(); at != "" {
			up = append(up, at)
		}
	}
	if len(up) == 0 {
		return http.StatusBadGateway, nil
	}
	f.mu.Lock()
	at := up[f.random.IntN(len(up))]
	f.mu.Unlock()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+at+"/webhook", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = r.Header.Clone()
	resp, err := f.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

func userNumber(n int) string { return fmt.Sprintf("+1555%07d", n) }

// say brings a message until it is acknowledged.
func (f *fleet) say(user, n int) {
	hook, err := f.fake.Compose(fakewa.Inbound{From: userNumber(user), Content: fakewa.Text(fmt.Sprintf("u%d m%d", user, n))})
	if err != nil {
		f.t.Errorf("message %d of user %d: %v", n, user, err)
		return
	}
	if answer := f.fake.Deliver(context.Background(), hook); !answer.OK() {
		f.t.Errorf("message %d of user %d: got %d %s", n, user, answer.Status, answer.Error)
	}
}

// upTo draws a time.
func upTo(random *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(most)))
}

// speak has the users say things beside the test, in two sessions: each message
// when the one before is acknowledged.
func (f *fleet) speak() {
	f.t.Helper()
	f.speakUntil(func() bool { return true })
}

// speakUntil has the users speak in two sessions, and in more until something has
// happened.
func (f *fleet) speakUntil(happened func() bool) {
	f.t.Helper()
	for user := range users {
		random := rand.New(rand.NewPCG(2, uint64(user)))
		f.speaking.Go(func() {
			time.Sleep(upTo(random, 4*time.Second))
			for n := 0; n < 6 || n%3 != 0 || !happened(); n++ {
				if n > 0 && n%3 == 0 {
					time.Sleep(fleetSilence + time.Second + upTo(random, time.Second)) // another session
				}
				f.say(user, n)
				time.Sleep(upTo(random, 600*time.Millisecond))
			}
		})
	}
}

// settle waits until all was said and sent back, stops the replicas in good order,
// and wants the ledger balanced and Redis empty.
func (f *fleet) settle() balance {
	f.t.Helper()
	f.acting.Wait()
	began := time.Now()
	said := make(chan struct{})
	go func() {
		f.speaking.Wait()
		close(said)
	}()
	f.eventually("all messages to be acknowledged", func() bool {
		select {
		case <-said:
			return true
		default:
			return false
		}
	})
	f.t.Logf("all messages were acknowledged after %s", time.Since(began).Round(time.Millisecond))
	f.eventually("Redis to be empty of sessions", func() bool { return len(f.kept()) == 0 })
	f.t.Logf("all histories were delivered after %s", time.Since(began).Round(time.Millisecond))
	for _, r := range f.replicas {
		if r.process != nil {
			terminate(f.t, r.process)
			r.process = nil
		}
	}
	f.fake.Close()
	if kept := f.kept(); len(kept) > 0 {
		f.t.Errorf("Redis holds %q", kept)
	}
	b := f.ledger.balance()
	f.t.Log(b)
	for _, why := range b.allowed {
		f.t.Logf("allowed: %s", why)
	}
	if wrong := b.wrong(); len(wrong) > 0 {
		f.t.Errorf("%d things are wrong:\n%s\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 20)], "\n"), f.logs())
	}
	if b.acknowledged != b.messages || b.messages == 0 {
		f.t.Errorf("%d of %d messages were acknowledged", b.acknowledged, b.messages)
	}
	return b
}

// kept returns the keys of Redis that belong to sessions, timers and histories.
func (f *fleet) kept() (keys []string) {
	ctx := context.Background()
	for _, db := range []int{0, 3} {
		client := redis.NewClient(&redis.Options{Addr: f.redis.addr(), DB: db})
		for all := client.Scan(ctx, 0, "*", 1000).Iterator(); all.Next(ctx); {
			if key := all.Val(); !strings.HasPrefix(key, "wappa:seen:") && !strings.HasPrefix(key, "wappa:pace:") {
				keys = append(keys, fmt.Sprintf("%d %s", db, key))
			}
		}
		if err := client.Ping(ctx).Err(); err != nil {
			keys = append(keys, err.Error()) // nothing is known
		}
		client.Close()
	}
	return keys
}

// logs returns the latest warnings of the replicas, and what Redis holds.
func (f *fleet) logs() string {
	var b strings.Builder
	kept := f.kept()
	fmt.Fprintf(&b, "Redis holds %d keys: %q\n", len(kept), kept[:min(len(kept), 20)])
	for _, r := range f.replicas {
		data, _ := os.ReadFile(r.log.Name()) // what there is
		var told []string
		for line := range strings.Lines(string(data)) {
			if !strings.Contains(line, "level=INFO") {
				told = append(told, line)
			}
		}
		fmt.Fprintf(&b, "replica %d, the last of %d warnings:\n%s", r.n, len(told), strings.Join(told[max(0, len(told)-15):], ""))
	}
	return b.String()
}

// logged counts the lines in which the replicas' logs say something.
func (f *fleet) logged(what string) (n int) {
	for _, r := range f.replicas {
		data, err := os.ReadFile(r.log.Name())
		if err != nil {
			f.t.Fatal(err)
		}
		n += strings.Count(string(data), what)
	}
	return n
}

// trial is a subtest on a fleet.
type trial struct {
	name string
	run  func(t *testing.T)
}

// try runs trials side by side: they wait for most of the time.
func try(t *testing.T, trials ...trial) {
	t.Parallel()
	for _, trial := range trials {
		t.Run(trial.name, func(t *testing.T) {
			t.Parallel()
			trial.run(t)
		})
	}
}

// oneOf returns the first of some variants in a quick run, and all in a full one.
func oneOf[T any](variants ...T) []T {
	if full {
		return variants
	}
	return variants[:1]
}

// TestReplicas kills one replica of several for good, under load.
func TestReplicas(t *testing.T) {
	var trials []trial
	for _, replicas := range oneOf(2, 4) {
		trials = append(trials, trial{fmt.Sprintf("%d", replicas), func(t *testing.T) {
			f := newFleet(t, startRedis(t), replicas, true)
			var histories atomic.Int64
			killed := make(chan struct{})
			f.happened = func(r *replica, moment string) {
				if moment == sent && histories.Add(1) == int64(users/2) {
					f.replicas[0].kill()
					close(killed)
				}
			}
			f.start()
			f.speak()
			f.settle()
			select {
			case <-killed:
			default:
				t.Error("nobody was killed")
			}
		}})
	}
	try(t, trials...)
}

// TestFrozenReplica stops a replica at a moment for longer than its lease: others
// take over, and what it does when it goes on does no harm.
func TestFrozenReplica(t *testing.T) {
	const frozen = 20 * time.Second // the lease is 15
	var trials []trial
	for _, moment := range oneOf(sent, begun, claimed) {
		trials = append(trials, trial{moment, func(t *testing.T) {
			f := newFleet(t, startRedis(t), 2, true)
			var seen atomic.Int64
			f.happened = func(r *replica, m string) {
				if m == moment && r.n == 0 && seen.Add(1) == 5 {
					thaw := r.freeze()
					f.acting.Go(func() {
						time.Sleep(frozen)
						thaw()
					})
				}
			}
			f.start()
			f.speakUntil(func() bool { return seen.Load() >= 5 })
			f.settle()
		}})
	}
	try(t, trials...)
}

// TestWindow makes the one duplicate that the promise names: the answer is lost, and
// so are the statuses, for longer than they are waited for.
func TestWindow(t *testing.T) {
	t.Parallel()
	const lost = 5
	f := newFleet(t, startRedis(t), 2, true)
	var mu sync.Mutex
	copies := make(map[string]int) // by part; guarded by mu
	f.loses = func(part string) bool {
		mu.Lock()
		defer mu.Unlock()
		copies[part]++
		return copies[part] == 1
	}
	f.start()
	f.refuseStatuses.Store(true)
	for user := range lost {
		f.speaking.Go(func() { f.say(user, 0) })
	}
	f.eventually("the histories a second time", func() bool {
		mu.Lock()
		defer mu.Unlock()
		again := 0
		for _, n := range copies {
			again += n - 1
		}
		return again == lost
	})
	f.refuseStatuses.Store(false)
	if b := f.settle(); len(b.allowed) != lost {
		t.Errorf("got %d duplicates in the window, want %d", len(b.allowed), lost)
	}
}
