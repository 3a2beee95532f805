package control

import (
	"cmp"
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
	"wappasim/internal/sse"
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
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		coming := s.Events(ctx, after, f) // from now on: who has the answer misses nothing
		out, goesOn := sse.Begin(w, r)
		if !goesOn {
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
		send(out, events)
	}), nil
}

// send writes events until there are no more or the client takes them no more.
func send(out *sse.Stream, events <-chan event.Event) {
	quiet := time.NewTicker(sse.Quiet)
	defer quiet.Stop()
	for {
		if len(events) == 0 && out.Flush() != nil {
			return
		}
		var text []byte
		select {
		case e, more := <-events:
			if !more {
				return
			}
			text = inText(e)
			quiet.Reset(sse.Quiet)
		case <-quiet.C:
			text = sse.Comment
		}
		if out.Write(text) != nil {
			return
		}
	}
}

// inText writes an event in the form of Server-Sent Events.
func inText(e event.Event) []byte {
	if f, ok := e.Data.(fakewa.Fault); ok {
		e.Data = faultObject{f, duration(f.Delay)}
	}
	object, err := wire.JSON(e)
	if err != nil { // a message whose body is no JSON
		object, _ = wire.JSON(map[string]string{"error": err.Error()})
	}
	return sse.Append(nil, fmt.Sprintf("%d-%s", e.N, process), string(e.Kind), object)
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

// readAfter returns the number of the event after which a stream begins, as a number or an id.
// That of a client that comes back wins.
func readAfter(after, lastID string) (uint64, error) {
	after = cmp.Or(lastID, after)
	switch after {
	case "":
		return 0, nil
	case "now":
		return math.MaxUint64, nil
	}
	number, of, _ := strings.Cut(after, "-")
	if of != "" && of != process {
		return 0, nil
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf(`fakewa: after, or Last-Event-ID, is %q; want the number of an event, like 17, or "now"`, after)
	}
	return n, nil
}
