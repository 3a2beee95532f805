package sim

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

// What happens in a world.
const (
	Says     = "says"     // a person writes; To is "whatsapp"
	Delivers = "delivers" // WhatsApp brings a webhook to a replica; IDs are its messages
	Answers  = "answers"  // a replica answers the webhook of event Of with Status; 0: it broke
	Calls    = "calls"    // a replica calls the Graph API, which answers Status and Code
	Commands = "commands" // a replica's command reaches Redis
	Expires  = "expires"  // a key in Redis
	Injects  = "injects"  // fault begins, or ends
	Starts   = "starts"   // a life of a replica
	Crashes  = "crashes"  // the end of one
	Holds    = "holds"    // Redis, at the end of an explored run: a key
	Leaks    = "leaks"    // the bot, at the end: a goroutine
)

// Event is something that happened.
type Event struct {
	N      int       `json:"n"` // from 1
	At     time.Time `json:"at"`
	Who    string    `json:"who"` // a number, "bot 1" for a replica, "whatsapp", "redis", "world"
	What   string    `json:"what"`
	To     string    `json:"to,omitempty"`
	IDs    []string  `json:"ids,omitempty"` // of messages
	Text   string    `json:"text,omitempty"`
	Status int       `json:"status,omitempty"` // HTTP
	Code   int       `json:"code,omitempty"`   // Meta's error code
	Of     int       `json:"of,omitempty"`     // the event that this one answers
	Lost   bool      `json:"lost,omitempty"`   // the answer did not arrive
	TTL    float64   `json:"ttl,omitempty"`    // of a key, in seconds; 0: none
}

// String writes the event as a line for people.
func (e Event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5d  %s  %-12s %s", e.N, e.At.Format("15:04:05.000000000"), e.Who, e.What)
	if e.To != "" {
		fmt.Fprintf(&b, " to %s", e.To)
	}
	if e.Of != 0 {
		fmt.Fprintf(&b, " #%d", e.Of)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, " %q", e.Text)
	}
	for _, id := range e.IDs {
		b.WriteString(" " + short(id))
	}
	if e.What == Answers || e.What == Calls {
		fmt.Fprintf(&b, " → %d", e.Status)
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, " (#%d)", e.Code)
	}
	switch {
	case e.Lost && e.What == Expires:
		b.WriteString(", and the event is lost")
	case e.Lost:
		b.WriteString(", and the answer is lost")
	}
	if e.What == Holds && e.TTL == 0 {
		b.WriteString(" for ever")
	} else if e.What == Holds {
		fmt.Fprintf(&b, " for %s", time.Duration(e.TTL*float64(time.Second)))
	}
	return b.String()
}

// short leaves of a message id what tells it from others.
func short(id string) string {
	begin, rest, ok := strings.Cut(id, "wamid.")
	if !ok || len(rest) < 10 {
		return id
	}
	rest = strings.TrimRight(rest, "=")
	return begin + "…" + rest[max(0, len(rest)-8):]
}

// Trace is what happened in a world, in order. It is safe for concurrent use.
//
// Two runs of a world with the same seed and [Latency] have the same trace, if
// the bot is deterministic; without latency, things that happen at the same time
// may change places.
type Trace struct {
	mu     sync.Mutex // guards what follows
	events []Event
	over   bool
}

func (t *Trace) add(e Event) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over && e.What != Leaks {
		return 0
	}
	e.N, e.At = len(t.events)+1, time.Now().UTC()
	t.events = append(t.events, e)
	return e.N
}

// end ends the trace: when a world is closed, all that is under way breaks at once.
func (t *Trace) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// Events returns the events so far.
func (t *Trace) Events() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clip(t.events)
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
			return n, fmt.Errorf("sim: write event %d: %w", e.N, err)
		}
		written, _ := out.Write(b) // Flush tells
		n += int64(written)
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("sim: write a trace: %w", err)
	}
	return n, nil
}

// Hash is equal for equal traces, and different for different ones.
func (t *Trace) Hash() string {
	h := sha256.New()
	_, _ = t.WriteJSON(h) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Diff says where two traces part; it is empty if they are equal.
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

// Trace returns what has happened so far.
func (w *World) Trace() *Trace { return &w.trace }
