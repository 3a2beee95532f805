package stacktest

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Ledger is what a test has seen itself, apart from any bot: what users wrote and when
// it was acknowledged, and what came back. It is safe for concurrent use.
type Ledger struct {
	silence, proof time.Duration

	mu       sync.Mutex             // guards what follows
	written  map[string]*message    // by text: no two messages are alike
	copies   []*historyCopy         // that WhatsApp accepted
	begun    map[string][]beginning // by user
	proved   map[string]time.Time   // when the first status of a message was acknowledged, by the message's id
	failed   map[string]bool        // messages that were not delivered after all, by id
	faults   []fault
	failover *Failover
}

// message is what a user wrote.
type message struct {
	user, text, clock string
	delivered         time.Time // when the first delivery attempt began
	attempted         time.Time // when the latest attempt began before the message was acknowledged
	acknowledged      time.Time // the first time; zero before
}

// historyCopy is a part of a history as WhatsApp accepted it.
type historyCopy struct {
	caller
	user   string
	opaque string // which part of which history it is
	id     string
	lines  []historyLine
	form   string // what is wrong with its form, or empty
	lost   string // why the replica surely has no answer, if so
}

func (c *historyCopy) name() string {
	return fmt.Sprintf("%q by replica %d at %s (%d messages)", c.opaque, c.replica, c.at.Format(time.StampMilli), len(c.lines))
}

// fault is what a replica met, so that it may have lost an answer or what it knew of
// one.
type fault struct {
	replica     int // everyReplica: all
	incarnation int // that was killed, or 0
	what        string
	from, to    time.Time // to is zero while it lasts
	woken       bool      // a copy is put down to it
}

const everyReplica = -1

// Failover is the kill of a Redis master. Replication is asynchronous: what the master
// had stored and not passed on when it was killed is lost, and Redis does not claim
// otherwise.
type Failover struct {
	Users            map[string]bool // that the master had
	Replicated       time.Time       // all that was acknowledged before had been passed on
	Killed, Promoted time.Time       // Promoted: when another was seen to be master
}

func newLedger(silence, proof time.Duration) *Ledger {
	return &Ledger{
		silence: silence, proof: proof, written: make(map[string]*message), begun: make(map[string][]beginning),
		proved: make(map[string]time.Time), failed: make(map[string]bool),
	}
}

// delivers notes an attempt to deliver a message to a bot; clock is the message's time
// of day.
func (l *Ledger) delivers(user, text, clock string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.written[text]
	if m == nil {
		m = &message{user: user, text: text, clock: clock, delivered: at}
		l.written[text] = m
	}
	if m.acknowledged.IsZero() {
		m.attempted = at
	}
}

// acknowledges notes that a bot has answered 200 to the message's webhook.
func (l *Ledger) acknowledges(text string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.written[text]; m.acknowledged.IsZero() {
		m.acknowledged = at
	}
}

// proves notes that a bot has answered 200 to a status of a message.
func (l *Ledger) proves(id, status string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if status == "failed" {
		l.failed[id] = true
	} else if l.proved[id].IsZero() {
		l.proved[id] = at
	}
}

// begins notes that a replica has begun to send a part of a history.
func (l *Ledger) begins(b beginning) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun[b.user] = append(l.begun[b.user], b)
}

// takes notes a history that WhatsApp accepted. lost is why its sender surely has no
// answer, or empty.
func (l *Ledger) takes(call graphCall, lost string) {
	c := &historyCopy{caller: call.caller, user: call.user, opaque: call.opaque, id: call.id, lines: historyLines(call.text), lost: lost}
	if strings.HasSuffix(c.opaque, " 0") {
		c.form = malformed(call.text, c.lines, l.silence)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies = append(l.copies, c)
}

// Fault notes that a fault begins for all replicas. The function that it returns ends it.
func (l *Ledger) Fault(what string) (end func()) {
	return l.fault(fault{replica: everyReplica, what: what})
}

func (l *Ledger) fault(f fault) (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := len(l.faults)
	f.from = time.Now()
	l.faults = append(l.faults, f)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.faults[i].to = time.Now()
	}
}

// FailsOver notes that a master was killed, and another promoted.
func (l *Ledger) FailsOver(f Failover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failover = &f
}

// mayBeLost tells whether the master that was killed may have taken a message with it.
func (f *Failover) mayBeLost(m *message) bool {
	return f != nil && f.Users[m.user] && m.acknowledged.After(f.Replicated) && m.attempted.Before(f.Killed)
}

// mayRepeat tells whether a user's history may come again, since the master had not
// passed on that the earlier copy was begun.
func (f *Failover) mayRepeat(earlier *historyCopy) bool {
	return f != nil && f.Users[earlier.user] && earlier.at.After(f.Replicated) && earlier.at.Before(f.Promoted)
}
