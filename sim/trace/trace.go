// Package trace is what happened in a world, as a list of events: who wrote, which
// webhook was delivered to which replica, what the bot called and what it was
// answered. Properties are checks of a trace.
//
//	for _, e := range world.Trace().Events() {
//		if e.What == trace.Calls && len(e.IDs) > 0 {
//			fmt.Println(e.To, e.Text) // the bot sent a message
//		}
//	}
//
// Two runs of a world with the same seed and latency have equal traces, if the bot
// is deterministic. Without latency, events of the same time may change places.
package trace

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Trace is what happened in a world, in order. It is safe for concurrent use.
type Trace struct {
	mu        sync.Mutex // guards what follows
	events    []Event
	answers   map[int]string         // of Redis, by the event's number: an event that was given away does not change
	answered  []int                  // the events in the order in which they have got an answer
	followers map[chan struct{}]bool // see Follow
	until     time.Time              // see Pass
	over      bool
}

// Add adds an event, with its number and the present time, and returns the number.
// After End it adds none but leaks, and returns 0.
func (t *Trace) Add(e Event) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over && e.What != Leaks {
		return 0
	}
	e.N, e.At = len(t.events)+1, time.Now().UTC()
	if len(t.events) == cap(t.events) { // append would copy a long trace more often
		t.events = slices.Grow(t.events, max(64, len(t.events)))
	}
	t.events = append(t.events, e)
	t.change()
	return e.N
}

// End ends the trace: when a world is closed, everything that is under way breaks at
// once, in no order.
func (t *Trace) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over, t.until = true, time.Now().UTC()
}

// Pass notes that nothing more has happened until now. After End it does nothing.
func (t *Trace) Pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.until = time.Now().UTC()
	}
}

// Until returns the time up to which the trace tells what happened: that of End, else of
// the last event or the last Pass. It is zero for a trace that is empty.
func (t *Trace) Until() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.events); n > 0 && !t.over && t.events[n-1].At.After(t.until) {
		return t.events[n-1].At
	}
	return t.until
}

// Len returns how many events there are so far.
func (t *Trace) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.events)
}

// Events returns the events so far.
func (t *Trace) Events() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		return slices.Clip(t.events)
	}
	events := slices.Clone(t.events)
	for n, answer := range t.answers {
		events[n-1].Answer = answer
	}
	return events
}

// Answered sets what Redis has answered to the command of event n.
func (t *Trace) Answered(n int, answer string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		t.answers = make(map[int]string)
	}
	if !t.over && n > 0 && n <= len(t.events) {
		t.answers[n] = answer
		t.answered = append(t.answered, n)
		t.change()
	}
}

// WriteTo writes a line for each event, for people.
func (t *Trace) WriteTo(w io.Writer) (n int64, err error) {
	return t.write(w, func(b []byte, e Event) ([]byte, error) { return append(append(b, e.String()...), '\n'), nil })
}

// WriteJSON writes a JSON object in a line for each event (JSON Lines).
func (t *Trace) WriteJSON(w io.Writer) (n int64, err error) {
	return t.write(w, func(b []byte, e Event) ([]byte, error) {
		line, err := json.Marshal(e)
		return append(append(b, line...), '\n'), err
	})
}

func (t *Trace) write(w io.Writer, line func([]byte, Event) ([]byte, error)) (n int64, err error) {
	out := bufio.NewWriter(w)
	var b []byte
	for _, e := range t.Events() {
		if b, err = line(b[:0], e); err != nil {
			return n, fmt.Errorf("trace: write event %d: %w", e.N, err)
		}
		written, _ := out.Write(b) // Flush tells
		n += int64(written)
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("trace: write the events: %w", err)
	}
	return n, nil
}

// Hash is equal for equal traces, and different for different ones.
func (t *Trace) Hash() string {
	h := sha256.New()
	_, _ = t.WriteJSON(h) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Diff says where two traces part, with the three events before; "": they are equal.
func (t *Trace) Diff(other *Trace) string {
	a, b := t.Events(), other.Events()
	for i := range max(len(a), len(b)) {
		var left, right string
		if i < len(a) {
			left = a[i].String()
		}
		if i < len(b) {
			right = b[i].String()
		}
		if left == right {
			continue
		}
		var d strings.Builder
		for _, e := range a[max(0, i-3):i] {
			fmt.Fprintf(&d, "  %s\n", e)
		}
		fmt.Fprintf(&d, "- %s\n+ %s\n", left, right)
		return d.String()
	}
	return ""
}
