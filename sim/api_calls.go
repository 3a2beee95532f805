package sim

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
	"wappasim/sim/trace"
)

// RoundTrip makes a call to the Graph API: the link is the transport of [Env.HTTP].
func (l *link) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	if err := sleep(req.Context(), l.delay(body)); err != nil {
		return nil, err
	}
	held := l.hold(body)
	if l.reached(beforeAPI, string(body)) {
		l.crashAtRest()
		<-l.ctx.Done()
	}
	if l.ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("the bot has crashed")}
	}
	from := caller{l, l.reached(afterAPI, string(body))}
	called, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(req.Context()), callerKey{}, from))
	defer cancel()
	// Several callers with the same body may give up at once, in any order. So how long
	// that takes is drawn beforehand.
	wait := l.delay(append([]byte("gives up "), body...))
	if held { // a frozen process still sends it when it thaws
		wait = max(wait, time.Millisecond)
	}
	giveUp := func() {
		_ = sleep(called, wait)
		cancel()
	}
	defer context.AfterFunc(l.ctx, giveUp)()
	defer context.AfterFunc(req.Context(), giveUp)()
	resp, err := l.world.graph.RoundTrip(req.WithContext(called))
	if l.hasCrashed() {
		<-l.ctx.Done()
	}
	if err == nil && (l.ctx.Err() != nil || req.Context().Err() != nil) {
		return nil, errors.Join(reset, req.Context().Err())
	}
	if l.hold(body); l.ctx.Err() != nil {
		return nil, reset
	}
	return resp, err
}

// readBody returns the body of a request and leaves it to be read again.
func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// sleep waits for d. If ctx ends before, sleep returns its error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// caller is the link that makes a call.
type caller struct {
	link    *link
	crashes bool // when the call has been handled, before its statuses come
}

type callerKey struct{} // of the caller in a call's context

// called records a call to the Graph API.
func (w *World) called(ctx context.Context, r fakewa.Request) {
	e := trace.Event{Who: "the business", What: trace.Calls, To: "whatsapp", Text: r.Method + " " + r.Path, Status: r.Status, Lost: r.Lost}
	from, ok := ctx.Value(callerKey{}).(caller)
	if ok {
		e.Who = from.link.who
		e.Lost = e.Lost || from.link.ctx.Err() != nil
	}
	if r.Error != nil {
		e.Code = r.Error.Code
	}
	if to, kind, ok := addressed(r.Body); ok {
		e.To, e.Type, e.Text = to, kind, message.Readable([]byte(r.Body))
		if sent, kept := w.fake.Message(r.ID); kept {
			e.Text = sent.String()
		} else if text, ok := w.rendered(r.Body); ok { // refused: the same text as when it is taken
			e.Text = text
		}
	}
	switch {
	case r.Failed != 0: // WhatsApp accepted the message, and its status will be failed
		e.Code = r.Failed
	case r.ID != "":
		e.IDs = []string{r.ID}
	}
	w.trace.Add(e)
	if from.crashes {
		from.link.crashAtRest()
	}
}

// rendered returns the text of a template that a call would send, if there is such a
// template.
func (w *World) rendered(body string) (text string, ok bool) {
	m, refused := w.fake.Config().Rules.Parse("application/json", []byte(body))
	if refused != nil || m.Template == nil {
		return "", false
	}
	for _, t := range w.fake.Templates() {
		if t.Name == m.Template.Name && t.Language == m.Template.Language {
			return t.Readable(m.Template), true
		}
	}
	return "", false
}

// addressed returns the recipient and the type of a call that sends a message.
func addressed(body string) (to, kind string, ok bool) {
	var call struct{ To, Recipient, Type string }
	if json.Unmarshal([]byte(body), &call) != nil || call.To+call.Recipient == "" {
		return "", "", false
	}
	return fakewa.Number(cmp.Or(call.To, call.Recipient)), cmp.Or(call.Type, "text"), true
}
