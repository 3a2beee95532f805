package cmd_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ledger is what a test has seen itself, apart from any bot: what users said and
// when it was acknowledged, and what came back. It is safe for concurrent use.
type ledger struct {
	silence, proof time.Duration

	mu       sync.Mutex           // guards what follows
	said     map[string]*saying   // by text: no two messages are alike
	copies   []*historyCopy       // that WhatsApp took
	proved   map[string]time.Time // when the first status of a message was acknowledged, by the message's id
	failed   map[string]bool      // messages that were not delivered after all, by id
	troubles []trouble
}

// saying is one message of a user.
type saying struct {
	user, text              string
	delivered, acknowledged time.Time // the first time
}

// historyCopy is a part of a history as WhatsApp took it.
type historyCopy struct {
	at      time.Time // when the call came
	replica int
	user    string
	opaque  string // which part of which history it is
	id      string
	texts   []string
	lost    string // why the replica surely has no answer, if so
}

// trouble is what happened to a replica, so that it may have lost an answer or what
// it knew of one.
type trouble struct {
	replica  int // everybody: all
	what     string
	from, to time.Time
	woken    bool // a copy is put down to it
}

const everybody = -1

func newLedger(silence, proof time.Duration) *ledger {
	return &ledger{silence: silence, proof: proof, said: make(map[string]*saying), proved: make(map[string]time.Time), failed: make(map[string]bool)}
}

// delivers notes that a message is brought to a bot.
func (l *ledger) delivers(user, text string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said[text] == nil {
		l.said[text] = &saying{user: user, text: text, delivered: at}
	}
}

// acknowledges notes that a bot has answered 200 to the message's webhook.
func (l *ledger) acknowledges(text string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.said[text]; s.acknowledged.IsZero() {
		s.acknowledged = at
	}
}

// proves notes that a bot has answered 200 to a status of a message.
func (l *ledger) proves(id, status string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if status == "failed" {
		l.failed[id] = true
	} else if l.proved[id].IsZero() {
		l.proved[id] = at
	}
}

func (l *ledger) takes(c *historyCopy) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies = append(l.copies, c)
}

// troubled notes trouble; the function that it returns, its end.
func (l *ledger) troubled(replica int, what string) (over func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := len(l.troubles)
	l.troubles = append(l.troubles, trouble{replica: replica, what: what, from: time.Now()})
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.troubles[i].to = time.Now()
	}
}

// balance is what the ledger comes to. Each thing in it is named.
type balance struct {
	messages, acknowledged, histories int
	lost, doubled, allowed            []string // doubled are those that the promise does not allow
	disordered, early, strange        []string
}

func (b balance) String() string {
	return fmt.Sprintf("messages %d, acknowledged %d, histories %d, lost %d, doubled %d, out of order %d, early %d, strange %d, allowed duplicates %d",
		b.messages, b.acknowledged, b.histories, len(b.lost), len(b.doubled), len(b.disordered), len(b.early), len(b.strange), len(b.allowed))
}

// wrong is all that must not be.
func (b balance) wrong() (all []string) {
	for name, list := range map[string][]string{"lost": b.lost, "doubled": b.doubled, "out of order": b.disordered, "early": b.early, "strange": b.strange} {
		for _, what := range list {
			all = append(all, name+": "+what)
		}
	}
	slices.Sort(all)
	return all
}

// histories returns the copies that were not failed afterwards, by time.
func (l *ledger) histories() (all []*historyCopy) {
	for _, c := range l.copies {
		if !l.failed[c.id] {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b *historyCopy) int { return a.at.Compare(b.at) })
	return all
}

func (l *ledger) balance() (b balance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.troubles {
		l.troubles[i].woken = false
	}
	all := l.histories()
	b.messages, b.histories = len(l.said), len(all)
	held := make(map[string][]*historyCopy, len(l.said)) // the copies that hold a message
	sequence := make(map[string][]*saying)               // by user: what came back, the first time it did
	for _, c := range all {
		var earlier []*historyCopy
		var last *saying
		for _, text := range c.texts {
			s := l.said[text]
			if s == nil || s.user != c.user {
				b.strange = append(b.strange, fmt.Sprintf("%q in %s, which %s has not said", text, c.name(), c.user))
				continue
			}
			if last == nil || s.delivered.After(last.delivered) {
				last = s
			}
			for _, e := range held[text] {
				if !slices.Contains(earlier, e) {
					earlier = append(earlier, e)
				}
			}
			if held[text] == nil {
				sequence[c.user] = append(sequence[c.user], s)
			}
			held[text] = append(held[text], c)
		}
		if last != nil && c.at.Before(last.delivered.Add(l.silence)) {
			b.early = append(b.early, fmt.Sprintf("%s, %s after %q was delivered", c.name(), c.at.Sub(last.delivered), last.text))
		}
		if len(earlier) > 0 {
			why, allowed := l.judge(c, earlier)
			if allowed {
				b.allowed = append(b.allowed, why)
			} else {
				b.doubled = append(b.doubled, why)
			}
		}
	}
	for _, s := range l.said {
		if s.acknowledged.IsZero() {
			continue
		}
		b.acknowledged++
		if held[s.text] == nil {
			b.lost = append(b.lost, fmt.Sprintf("%q of %s, acknowledged at %s", s.text, s.user, s.acknowledged.Format(time.StampMilli)))
		}
	}
	for _, said := range sequence {
		b.disordered = append(b.disordered, disorder(said)...)
	}
	for _, list := range [][]string{b.lost, b.disordered} {
		slices.Sort(list)
	}
	return b
}

// disorder finds messages that came back before another which had been acknowledged
// before they were delivered.
func disorder(said []*saying) (found []string) {
	var first *saying // of those that came back later, the one that was acknowledged first
	for _, s := range slices.Backward(said) {
		if first != nil && first.acknowledged.Before(s.delivered) {
			found = append(found, fmt.Sprintf("%q of %s came back before %q, which was acknowledged %s before it was delivered",
				s.text, s.user, first.text, s.delivered.Sub(first.acknowledged)))
		}
		if !s.acknowledged.IsZero() && (first == nil || s.acknowledged.Before(first.acknowledged)) {
			first = s
		}
	}
	return found
}

func (c *historyCopy) name() string {
	return fmt.Sprintf("%q by replica %d at %s (%d messages)", c.opaque, c.replica, c.at.Format(time.StampMilli), len(c.texts))
}

const (
	beginning = 5 * time.Second // between a part's beginning, from which proof is waited for, and its call
	underWay  = time.Second     // between a decision to send and the call, on a slow machine
)

// judge tells whether the promise allows a copy: only of the same part, if the
// answers to all earlier ones were lost, and none was proved in time.
func (l *ledger) judge(c *historyCopy, earlier []*historyCopy) (why string, allowed bool) {
	why, allowed = c.name(), true
	if t := l.wokeWith(c, earlier); t != nil {
		t.woken = true
		return why + ", sent before, which its replica had in its hands when it froze", true
	}
	for _, e := range earlier {
		why += fmt.Sprintf(", %s after replica %d", c.at.Sub(e.at).Round(time.Millisecond), e.replica)
		lost := l.lostBy(e)
		proved, ok := l.proved[e.id]
		inTime := c.at // that a proof must be by; it may come while the copy is under way
		if late := e.at.Add(l.proof); late.Before(inTime) {
			inTime = late
		}
		inTime = inTime.Add(-underWay)
		switch {
		case e == c:
			why, allowed = why+": twice in one history", false
		case e.opaque != c.opaque:
			why, allowed = why+fmt.Sprintf(": another history, %q", e.opaque), false
		case lost == "":
			why, allowed = why+": whose answer was not lost", false
		case c.at.Before(e.at.Add(l.proof - beginning)):
			why, allowed = why+fmt.Sprintf(": %s, but statuses have %s to come", lost, l.proof), false
		case ok && !proved.After(inTime):
			why, allowed = why+fmt.Sprintf(": %s, but a status was acknowledged %s after it was sent", lost, proved.Sub(e.at).Round(time.Millisecond)), false
		default:
			why += fmt.Sprintf(": %s, and no status of it was acknowledged within %s", lost, l.proof)
		}
	}
	return why, allowed
}

// wokeWith returns the freeze from which the replica of a copy had just woken. What
// was between its last look at the clock and the network then, is sent: the promise
// names that, and it is hardly ever more than one in a freeze.
func (l *ledger) wokeWith(c *historyCopy, earlier []*historyCopy) *trouble {
	for i := range l.troubles {
		t := &l.troubles[i]
		woke := t.replica == c.replica && !t.woken && !t.to.IsZero() && c.at.Sub(t.to).Abs() < underWay && t.to.Sub(t.from) > l.proof-underWay
		for _, e := range earlier {
			woke = woke && e != c && e.opaque == c.opaque && e.replica != c.replica && e.at.After(t.from)
		}
		if woke {
			return t
		}
	}
	return nil
}

// lostBy names what may have lost the answer to a copy, or what was known of it.
func (l *ledger) lostBy(c *historyCopy) string {
	if c.lost != "" {
		return c.lost
	}
	for _, t := range l.troubles {
		before := !t.to.IsZero() && t.to.Before(c.at)
		if (t.replica == c.replica || t.replica == everybody) && !before && t.from.Before(c.at.Add(l.proof)) {
			return t.what
		}
	}
	return ""
}

// historyTexts returns the messages that a history, or a part of one, lists.
func historyTexts(history string) (texts []string) {
	for line := range strings.Lines(history) {
		number, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ". [")
		_, text, listed := strings.Cut(rest, "] ")
		if ok && listed && number != "" && strings.Trim(number, "0123456789") == "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func TestLedgerReadsHistories(t *testing.T) {
	t.Parallel()
	const history = "📬 Message History (2 messages)\n\n⏰ You were inactive for 2 seconds. Here's what you sent:\n\n1. [02:00:01] u1 m1\n2. [02:00:03] u1 m2\n\n✨ Session Complete!"
	if got := historyTexts(history); !slices.Equal(got, []string{"u1 m1", "u1 m2"}) {
		t.Errorf("got %q", got)
	}
}

// TestLedgerFinds wants each thing that can be wrong found, and nothing else.
func TestLedgerFinds(t *testing.T) {
	t.Parallel()
	start := time.Now()
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	history := func(seconds float64, id string, texts ...string) *historyCopy {
		return &historyCopy{at: at(seconds), user: "+1", opaque: "history +1 a 0", id: id, texts: texts}
	}
	lost := func(c *historyCopy) *historyCopy { c.lost = "the connection was cut"; return c }
	other := func(c *historyCopy) *historyCopy { c.opaque = "history +1 b 0"; return c }
	for _, test := range []struct {
		name   string
		copies []*historyCopy
		do     func(*ledger)
		want   balance // how many of each
	}{
		{name: "all is well", copies: []*historyCopy{history(4, "x", "a", "b")}},
		{name: "in two histories", copies: []*historyCopy{history(3, "x", "a"), other(history(5, "y", "b"))}},
		{name: "lost", copies: []*historyCopy{history(4, "x", "a")}, want: balance{lost: []string{"b"}}},
		{name: "early", copies: []*historyCopy{history(2.9, "x", "a", "b")}, want: balance{early: []string{"x"}}},
		{name: "out of order", copies: []*historyCopy{history(4, "x", "b", "a")}, want: balance{disordered: []string{"b"}}},
		{name: "out of order in two histories", copies: []*historyCopy{history(4, "x", "b"), other(history(5, "y", "a"))}, want: balance{disordered: []string{"b"}}},
		{name: "strange", copies: []*historyCopy{history(4, "x", "a", "b", "c")}, want: balance{strange: []string{"c"}}},
		{name: "twice in one", copies: []*historyCopy{history(4, "x", "a", "b", "b")}, want: balance{doubled: []string{"b"}}},
		{name: "again without reason", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")}, want: balance{doubled: []string{"y"}}},
		{name: "again in the window", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")}, want: balance{allowed: []string{"y"}}},
		{name: "again, under another id", copies: []*historyCopy{lost(history(4, "x", "a", "b")), other(history(20, "y", "a", "b"))}, want: balance{doubled: []string{"y"}}},
		{name: "again, proved", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *ledger) { l.proves("x", "sent", at(17.9)) }, want: balance{doubled: []string{"y"}}},
		{name: "again, too soon", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(13.9, "y", "a", "b")}, want: balance{doubled: []string{"y"}}},
		{name: "again, proved too late", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *ledger) { l.proves("x", "sent", at(18.5)) }, want: balance{allowed: []string{"y"}}},
		{name: "again, after a crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *ledger) {
				l.troubles = []trouble{{replica: 0, what: "it was killed", from: at(4.1), to: at(4.1)}}
			},
			want: balance{allowed: []string{"y"}}},
		{name: "again, after another's crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *ledger) {
				l.troubles = []trouble{{replica: 1, what: "it was killed", from: at(4.1), to: at(4.1)}}
			},
			want: balance{doubled: []string{"y"}}},
		{name: "again, after an earlier crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *ledger) {
				l.troubles = []trouble{{replica: 0, what: "it was killed", from: at(3.9), to: at(3.9)}}
			},
			want: balance{doubled: []string{"y"}}},
		{name: "a third time", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b"), history(36, "z", "a", "b")},
			want: balance{allowed: []string{"y"}, doubled: []string{"z"}}},
		{name: "again, since it failed", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *ledger) { l.proves("x", "failed", at(5)) }},
	} {
		l := newLedger(2*time.Second, 15*time.Second)
		l.delivers("+1", "a", at(0))
		l.acknowledges("a", at(0.1))
		l.delivers("+1", "b", at(1))
		l.acknowledges("b", at(1.1))
		for _, c := range test.copies {
			l.takes(c)
		}
		if test.do != nil {
			test.do(l)
		}
		test.want.messages, test.want.acknowledged, test.want.histories = 2, 2, len(l.histories())
		if got := l.balance(); got.String() != test.want.String() {
			t.Errorf("%s: got  %s\nwant %s\n%s", test.name, got, test.want, strings.Join(append(got.wrong(), got.allowed...), "\n"))
		}
	}
}

// TestLedgerIsLarge balances what a soak of ten minutes gives.
func TestLedgerIsLarge(t *testing.T) {
	t.Parallel()
	const users, sessions, messages = 1000, 30, 10
	start := time.Now()
	l := newLedger(2*time.Second, 15*time.Second)
	for user := range users {
		name, at := fmt.Sprintf("+%d", user), start
		for session := range sessions {
			c := &historyCopy{user: name, opaque: fmt.Sprintf("history %s %d 0", name, session), id: fmt.Sprint(user, " ", session)}
			for n := range messages {
				text := fmt.Sprintf("u%d m%d", user, session*messages+n)
				l.delivers(name, text, at)
				l.acknowledges(text, at.Add(time.Millisecond))
				at = at.Add(100 * time.Millisecond)
				c.texts = append(c.texts, text)
			}
			at = at.Add(2 * time.Second)
			c.at = at
			l.takes(c)
		}
	}
	began := time.Now()
	got := l.balance()
	t.Logf("%s, in %s", got, time.Since(began))
	if want := (balance{messages: 300_000, acknowledged: 300_000, histories: 30_000}); got.String() != want.String() {
		t.Errorf("got %s, want %s", got, want)
	}
}
