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
	"wappasim/sim/internal/stream"
	"wappasim/sim/trace"
)

// RoundTrip makes a call of the replica, to the Graph API or to a service: the link is the
// transport of [Env.HTTP].
func (l *link) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	to, ok := l.world.route(req)
	if !ok {
		return nil, elsewhere(req)
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	content := to.content(req, body)
	if err := l.world.delays.Wait(req.Context(), time.Now().Add(l.delay(content))); err != nil {
		return nil, err
	}
	held := l.hold(content)
	if l.reached(to.before, string(content)) {
		l.crashAtRest()
		<-l.ctx.Done()
	}
	if l.ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("the bot has crashed")}
	}
	from := l.calls(l.reached(to.after, string(content)))
	called, cancel := context.WithCancel(context.WithValue(to.context(req), callerKey{}, from))
	// Several callers with the same body may give up at once, in any order. So how long
	// that takes is drawn beforehand.
	wait := l.delay(append([]byte("gives up "), content...))
	if held { // a frozen process still sends it when it thaws
		wait = max(wait, time.Millisecond)
	}
	giveUp := func() {
		_ = sleep(called, wait)
		cancel()
	}
	crashed, gaveUp := context.AfterFunc(l.ctx, giveUp), context.AfterFunc(req.Context(), giveUp)
	end := func() {
		cancel()
		crashed()
		gaveUp()
	}
	resp, err := to.RoundTrip(req.WithContext(called))
	if l.hasCrashed() {
		<-l.ctx.Done()
	}
	if err == nil && (l.ctx.Err() != nil || req.Context().Err() != nil) {
		end()
		return nil, errors.Join(stream.ErrReset, req.Context().Err())
	}
	if l.hold(content); l.ctx.Err() != nil {
		end()
		return nil, stream.ErrReset
	}
	if err != nil {
		end()
		return nil, cmp.Or(req.Context().Err(), err) // the bot's own context says why it gave up
	}
	if to.service == nil { // the answer is there as a whole
		end()
		return resp, nil
	}
	resp.Body = &answerBody{ReadCloser: resp.Body, link: l, ctx: req.Context(), end: end}
	return resp, nil
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
	heals   int  // of the link, when the call began
}

// calls returns the caller of a call that begins.
func (l *link) calls(crashes bool) caller {
	l.mu.Lock()
	defer l.mu.Unlock()
	return caller{l, crashes, l.heals}
}

// crash tells whether the caller crashes now: not if all faults have healed meanwhile.
func (c caller) crash() bool {
	if !c.crashes {
		return false
	}
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.heals == c.link.heals
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
	w.hear()
	if from.crash() {
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
