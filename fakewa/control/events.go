package control

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/event"
	"wappasim/fakewa/internal/wire"
)

const (
	keepAlive  = 15 * time.Second // after which a stream without events has a comment
	patience   = 30 * time.Second // for a client that takes nothing
	reconnects = time.Second      // after which clients come back
)

// process is in the ids of events: numbers of another process mean nothing.
var process = rand.Text()[:6]

// streamEvents sends what happens until the client, the server or the business ends.
func streamEvents(s *fakewa.Server, r *http.Request) (any, error) {
	q := r.URL.Query()
	for name := range q {
		if known := []string{"user", "kind", "after"}; !slices.Contains(known, name) {
			return nil, fmt.Errorf("fakewa: unknown parameter %q; want one of %q", name, known)
		}
	}
	f, err := readEventFilter(q)
	if err != nil {
		return nil, err
	}
	after, err := readAfter(q.Get("after"), r.Header.Get("Last-Event-ID"))
	if err != nil {
		return nil, err
	}
	return stream(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Accel-Buffering", "no") // proxies that would hold it back
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		coming := s.Events(ctx, after, f) // from now on: whoever has the answer misses nothing
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodHead {
			return
		}
		events := make(chan event.Event, 64)
		go func() { // ends with ctx
			defer close(events)
			for e := range coming {
				select {
				case events <- e:
				case <-ctx.Done():
					return
				}
			}
		}()
		send(w, events)
	}), nil
}

// send writes events until there are no more or the client takes them no more.
func send(w http.ResponseWriter, events <-chan event.Event) {
	out := http.NewResponseController(w)
	quiet := time.NewTicker(keepAlive)
	defer quiet.Stop()
	text := fmt.Appendf(nil, "retry: %d\n\n", reconnects.Milliseconds())
	for {
		if len(text) > 0 {
			_ = out.SetWriteDeadline(time.Now().Add(patience)) // not all writers have one
			if _, err := w.Write(text); err != nil {
				return
			}
			if len(events) == 0 && out.Flush() != nil {
				return
			}
		}
		select {
		case e, more := <-events:
			if !more {
				return
			}
			text = appendEvent(text[:0], e)
			quiet.Reset(keepAlive)
		case <-quiet.C:
			text = append(text[:0], ":\n\n"...)
		}
	}
}

// appendEvent appends an event in the form of Server-Sent Events.
func appendEvent(text []byte, e event.Event) []byte {
	if f, ok := e.Data.(fakewa.Fault); ok {
		e.Data = faultObject{f, duration(f.Delay)}
	}
	object, err := wire.JSON(e)
	if err != nil { // a message whose body is no JSON
		object, _ = wire.JSON(map[string]string{"error": err.Error()})
	}
	return fmt.Appendf(text, "id: %d-%s\nevent: %s\ndata: %s\n\n", e.N, process, e.Kind, object)
}

func readEventFilter(q url.Values) (f event.Filter, err error) {
	for _, kind := range strings.FieldsFunc(strings.Join(q["kind"], ","), func(c rune) bool { return c == ',' || c == ' ' }) {
		f.Kinds = append(f.Kinds, event.Kind(kind))
	}
	if err := f.Check(); err != nil {
		return f, err
	}
	if f.User = q.Get("user"); f.User != "" && !strings.HasPrefix(f.User, "group:") {
		return f, fakewa.CheckUser(f.User)
	}
	return f, nil
}

// readAfter returns the number of the event after which a stream begins. The id of a client
// that comes back wins.
func readAfter(after, lastID string) (uint64, error) {
	if lastID != "" {
		number, of, _ := strings.Cut(lastID, "-")
		if of != "" && of != process {
			return 0, nil
		}
		after = number
	}
	switch after {
	case "":
		return 0, nil
	case "now":
		return math.MaxUint64, nil
	}
	n, err := strconv.ParseUint(after, 10, 64)
	if err != nil {
		return 0, fmt.Errorf(`fakewa: after, or Last-Event-ID, is %q; want the number of an event, like 17, or "now"`, after)
	}
	return n, nil
}
