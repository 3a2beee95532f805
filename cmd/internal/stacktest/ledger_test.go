package stacktest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const historyText = "📬 Message History (2 messages)\n\n⏰ You were inactive for 2 seconds. Here's what you sent:\n\n1. [02:00:01] u1 m1\n2. [02:00:03] u1 m2\n\n✨ Session Complete!"

func TestHistoryIsRead(t *testing.T) {
	t.Parallel()
	want := []historyLine{{"1", "02:00:01", "u1 m1"}, {"2", "02:00:03", "u1 m2"}}
	if got := historyLines(historyText); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestMalformedHistoryIsFound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ from, to, want string }{
		{"", "", ""},
		{"(2 ", "(3 ", "its head says 3 messages, and it lists 2"},
		{"(2 ", "(1 ", "its head says 1 messages, and it lists 2"},
		{"for 2 seconds", "for 3 seconds", `its head says "3 seconds", want "2 seconds"`},
		{"2. [", "3. [", "message 2 has number 3"},
		{"📬", "", "it has another head"},
	} {
		text := strings.Replace(historyText, test.from, test.to, 1)
		if got := malformed(text, historyLines(text), 2*time.Second); got != test.want {
			t.Errorf("%q for %q: got %q, want %q", test.to, test.from, got, test.want)
		}
	}
}

// TestLedgerFindsViolations wants each thing that can be wrong found, and nothing else.
func TestLedgerFindsViolations(t *testing.T) {
	t.Parallel()
	start := time.Now()
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	history := func(seconds float64, id string, texts ...string) *historyCopy {
		c := &historyCopy{caller: caller{at: at(seconds)}, user: "+1", opaque: "history +1 a 0", id: id}
		for i, text := range texts {
			c.lines = append(c.lines, historyLine{fmt.Sprint(i + 1), "02:00:00", text})
		}
		return c
	}
	lost := func(c *historyCopy) *historyCopy { c.lost = "the connection was cut"; return c }
	other := func(c *historyCopy) *historyCopy { c.opaque = "history +1 b 0"; return c }
	late := func(c *historyCopy) *historyCopy { c.lines[1].clock = "02:00:01"; return c }
	by := func(incarnation int, c *historyCopy) *historyCopy { c.incarnation = incarnation; return c }
	begun := func(seconds ...float64) (all []beginning) {
		for i, s := range seconds {
			all = append(all, beginning{owner: fmt.Sprint(i), at: at(s)})
		}
		return all
	}
	failover := &Failover{Users: map[string]bool{"+1": true}, Replicated: at(3.5), Killed: at(3.9), Promoted: at(6)}
	for _, test := range []struct {
		name   string
		copies []*historyCopy
		do     func(*Ledger)
		want   Balance // how many of each
	}{
		{name: "all is well", copies: []*historyCopy{history(4, "x", "a", "b")}},
		{name: "in two histories", copies: []*historyCopy{history(3, "x", "a"), other(history(5, "y", "b"))}},
		{name: "lost", copies: []*historyCopy{history(4, "x", "a")}, want: Balance{Lost: []string{"b"}}},
		{name: "early", copies: []*historyCopy{history(2.9, "x", "a", "b")}, want: Balance{Early: []string{"x"}}},
		{name: "out of order", copies: []*historyCopy{history(4, "x", "b", "a")}, want: Balance{Disordered: []string{"b"}}},
		{name: "out of order in two histories", copies: []*historyCopy{history(4, "x", "b"), other(history(5, "y", "a"))}, want: Balance{Disordered: []string{"b"}}},
		{name: "strange", copies: []*historyCopy{history(4, "x", "a", "b", "c")}, want: Balance{Strange: []string{"c"}}},
		{name: "twice in one", copies: []*historyCopy{history(4, "x", "a", "b", "b")}, want: Balance{Doubled: []string{"b"}}},
		{name: "again without reason", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")}, want: Balance{Doubled: []string{"y"}}},
		{name: "again in the window", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")}, want: Balance{Allowed: []string{"y"}}},
		{name: "again, under another id", copies: []*historyCopy{lost(history(4, "x", "a", "b")), other(history(20, "y", "a", "b"))}, want: Balance{Doubled: []string{"y"}}},
		{name: "again, proved", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.proves("x", "sent", at(17.9)) }, want: Balance{Doubled: []string{"y"}}},
		{name: "again, too soon", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(13.9, "y", "a", "b")}, want: Balance{Doubled: []string{"y"}}},
		{name: "again, proved too late", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.proves("x", "sent", at(18.5)) }, want: Balance{Allowed: []string{"y"}}},
		{name: "again, after a crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *Ledger) {
				l.faults = []fault{{replica: 0, what: "it was killed", from: at(4.1), to: at(4.1)}}
			},
			want: Balance{Allowed: []string{"y"}}},
		{name: "again, after another's crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *Ledger) {
				l.faults = []fault{{replica: 1, what: "it was killed", from: at(4.1), to: at(4.1)}}
			},
			want: Balance{Doubled: []string{"y"}}},
		{name: "again, after an earlier crash", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *Ledger) {
				l.faults = []fault{{replica: 0, what: "it was killed", from: at(3.9), to: at(3.9)}}
			},
			want: Balance{Doubled: []string{"y"}}},
		{name: "a third time", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b"), history(36, "z", "a", "b")},
			want: Balance{Allowed: []string{"y"}, Doubled: []string{"z"}}},
		{name: "again, begun long before its call", copies: []*historyCopy{lost(history(14, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.begun["+1"] = begun(5, 19) }, want: Balance{Allowed: []string{"y"}}},
		{name: "again, begun too soon", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(18.5, "y", "a", "b")},
			do: func(l *Ledger) { l.begun["+1"] = begun(3.9, 18) }, want: Balance{Doubled: []string{"y"}}},
		{name: "again, proved before it was begun", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.begun["+1"] = begun(3.9, 19.5); l.proves("x", "sent", at(19.4)) }, want: Balance{Doubled: []string{"y"}}},
		{name: "again, proved when it was begun", copies: []*historyCopy{lost(history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.begun["+1"] = begun(3.9, 19.5); l.proves("x", "sent", at(19.6)) }, want: Balance{Allowed: []string{"y"}}},
		{name: "again, after the crash of an incarnation whose call was read late", copies: []*historyCopy{by(2, history(4, "x", "a", "b")), history(20, "y", "a", "b")},
			do: func(l *Ledger) {
				l.faults = []fault{{incarnation: 2, what: "it was killed", from: at(3.9), to: at(3.9)}}
			},
			want: Balance{Allowed: []string{"y"}}},
		{name: "in a failover", copies: []*historyCopy{history(4, "x", "a", "b"), other(history(20, "y", "a", "b"))},
			do:   func(l *Ledger) { l.failover = failover },
			want: Balance{Allowed: []string{"y"}}},
		{name: "of another user in a failover", copies: []*historyCopy{history(4, "x", "a", "b"), other(history(20, "y", "a", "b"))},
			do:   func(l *Ledger) { f := *failover; f.Users = nil; l.failover = &f },
			want: Balance{Doubled: []string{"y"}}},
		{name: "lost in a failover", do: func(l *Ledger) { f := *failover; f.Replicated, f.Killed = at(0.5), at(1.05); l.failover = &f },
			want: Balance{Lost: []string{"a"}, Gone: []string{"b"}}},
		{name: "with another time", copies: []*historyCopy{late(history(4, "x", "a", "b"))}, want: Balance{Malformed: []string{"b"}}},
		{name: "again, since it failed", copies: []*historyCopy{history(4, "x", "a", "b"), history(20, "y", "a", "b")},
			do: func(l *Ledger) { l.proves("x", "failed", at(5)) }},
	} {
		l := newLedger(2*time.Second, Proof)
		l.delivers("+1", "a", "02:00:00", at(0))
		l.acknowledges("a", at(0.1))
		l.delivers("+1", "b", "02:00:00", at(1))
		l.acknowledges("b", at(1.1))
		l.copies = append(l.copies, test.copies...)
		if test.do != nil {
			test.do(l)
		}
		test.want.Messages, test.want.Acknowledged, test.want.Histories = 2, 2, len(l.histories())
		if got := l.Balance(); got.String() != test.want.String() {
			t.Errorf("%s: got  %s\nwant %s\n%s", test.name, got, test.want, strings.Join(append(got.Violations(), got.Allowed...), "\n"))
		}
	}
}

// TestLedgerOfALongSoak judges what a soak of ten minutes gives.
func TestLedgerOfALongSoak(t *testing.T) {
	t.Parallel()
	const users, sessions, messages = 1000, 30, 10
	start := time.Now()
	l := newLedger(2*time.Second, Proof)
	for user := range users {
		name, at := fmt.Sprintf("+%d", user), start
		for session := range sessions {
			c := &historyCopy{user: name, opaque: fmt.Sprintf("history %s %d 0", name, session), id: fmt.Sprint(user, " ", session)}
			for n := range messages {
				text := fmt.Sprintf("u%d m%d", user, session*messages+n)
				l.delivers(name, text, "02:00:00", at)
				l.acknowledges(text, at.Add(time.Millisecond))
				at = at.Add(100 * time.Millisecond)
				c.lines = append(c.lines, historyLine{text: text, clock: "02:00:00"})
			}
			at = at.Add(2 * time.Second)
			c.at = at
			l.copies = append(l.copies, c)
		}
	}
	began := time.Now()
	got := l.Balance()
	t.Logf("%s, in %s", got, time.Since(began))
	if want := (Balance{Messages: 300_000, Acknowledged: 300_000, Histories: 30_000}); got.String() != want.String() {
		t.Errorf("got %s, want %s", got, want)
	}
}
