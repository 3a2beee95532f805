package sim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/trace"
)

// balancer delivers webhooks to the replicas in turn, as a load balancer does.
type balancer struct{ world *World }

func (b balancer) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w := b.world
	hook, seen, text := fakewa.WebhookOf(req.Context()), body, ""
	if len(hook.Body) > 0 && !bytes.Equal(hook.Body, body) { // an encrypted request to the endpoint of a flow
		seen, text = hook.Body, shown(req.Method, req.URL, hook.Body)
	}
	delay := w.webhookDelay(seen)
	if sleep(req.Context(), delay) != nil {
		return
	}
	d := delivery{
		world: w, from: "whatsapp", event: trace.Delivers, text: text, req: req, body: body, ids: hook.IDs, delay: delay, fault: w.webhookFault(),
	}
	switch d.fault.Kind {
	case WebhooksLate:
		if sleep(req.Context(), d.fault.By) != nil {
			return
		}
	case WebhooksTwice:
		second := d
		second.delay = w.webhookDelay(seen)
		second.req = req.Clone(context.WithoutCancel(req.Context()))
		w.background.Go(func() {
			_ = sleep(context.Background(), second.delay)
			second.attempt()
		})
	}
	resp, broke := d.attempt()
	if resp == nil {
		panic(broke) // the connection breaks
	}
	maps.Copy(rw.Header(), resp.Header)
	rw.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(rw, resp.Body) // both are buffers
}

// delivery is a webhook, or the request of a service, that arrives.
type delivery struct {
	world *World
	from  string // "whatsapp", or the name of a service
	event string // that it is in the trace
	text  string // of that event
	req   *http.Request
	body  []byte
	ids   []string
	delay time.Duration // on the way to the bot
	fault Fault         // that it meets
}

// attempt delivers the webhook to the replica whose turn it is. It returns the answer,
// or else what broke the connection: a panic of the bot, or http.ErrAbortHandler if
// the sender gave up, the replica crashed or the connection was cut.
func (d delivery) attempt() (resp *http.Response, broke any) {
	w := d.world
	r := w.nextReplica(d.delay)
	if r == nil {
		w.trace.Add(trace.Event{Who: d.from, What: d.event, To: "nobody", Text: d.text, IDs: d.ids})
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: io.NopCloser(strings.NewReader("the bot is down\n"))}, nil
	}
	arrived := time.Now()
	n := w.trace.Add(trace.Event{Who: d.from, What: d.event, To: r.link.who, Text: d.text, IDs: d.ids})
	resp, broke = d.serve(r, strconv.Itoa(n))
	if w.hurriedNow() { // several may answer, since the one lets go of a mutex that another waits for
		_ = sleep(context.Background(), w.webhookDelay(fmt.Appendf(nil, "%d answered", n)))
	}
	answer := trace.Event{Who: r.link.who, What: trace.Answers, To: d.from, Of: n, IDs: d.ids}
	if resp != nil {
		answer.Status = resp.StatusCode
	} else { // lost, if the bot could do nothing about it
		answer.Lost = d.fault.Kind == WebhooksCut || r.link.ctx.Err() != nil || r.link.frozenSince(arrived)
	}
	w.trace.Add(answer)
	return resp, broke
}

// serve has a replica answer. The id tells this attempt from others to deliver the
// same webhook.
func (d delivery) serve(r *incarnation, id string) (resp *http.Response, broke any) {
	l := r.link
	ctx, cancel := context.WithCancel(during{l.life, context.WithoutCancel(d.req.Context())})
	answered := make(chan struct{})
	var (
		answer   *http.Response
		panicked any = http.ErrAbortHandler
	)
	d.world.background.Go(func() {
		defer close(answered)
		defer cancel()
		if l.hold([]byte(id + "in")); l.ctx.Err() != nil {
			return
		}
		if d.req.Context().Err() == nil { // else the sender is gone, and the bot still reads what it sent
			defer context.AfterFunc(d.req.Context(), cancel)()
		}
		req := d.req.Clone(ctx)
		req.Body = io.NopCloser(bytes.NewReader(d.body))
		answer, _ = fakewa.InProcess(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			defer func() {
				if p := recover(); p != nil {
					panicked = p
					panic(p)
				}
			}()
			r.app.ServeHTTP(rw, req)
		})).RoundTrip(req) // it failed if there is no answer
		l.hold([]byte(id + "out"))
	})
	if d.fault.Kind == WebhooksCut { // the sender is gone before the answer comes
		if sleep(l.ctx, d.world.webhookDelay(append([]byte("cut "), d.body...))) == nil {
			cancel()
			return nil, http.ErrAbortHandler
		}
	} else {
		select {
		case <-answered:
		case <-l.ctx.Done():
		case <-d.req.Context().Done():
		}
	}
	if l.ctx.Err() != nil || d.req.Context().Err() != nil { // several that break at once are handled at different times
		_ = sleep(context.Background(), d.world.webhookDelay([]byte(id+"broken")))
		return nil, http.ErrAbortHandler
	}
	return answer, panicked
}

// during is a context that ends with a life and has another one's values.
type during struct {
	context.Context
	values context.Context
}

func (c during) Value(key any) any {
	if v := c.values.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// webhookDelay returns how long a webhook takes to the bot. Attempts to deliver the
// same body take different times.
func (w *World) webhookDelay(body []byte) time.Duration {
	if w.opts.latency <= 0 {
		return 0
	}
	h := hash(w.opts.seed, body)
	w.mu.Lock()
	w.attempts[h]++
	n := w.attempts[h]
	w.mu.Unlock()
	return w.latency(h, n)
}

// queueWebhookFault lets the next webhooks meet a fault.
func (w *World) queueWebhookFault(f Fault) error {
	f.N = max(f.N, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.webhookFaults = append(w.webhookFaults, f)
	return nil
}

// webhookFault returns the fault that a webhook meets, if any.
func (w *World) webhookFault() Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	return nextFault(&w.webhookFaults)
}

type serviceKey struct{} // of the serviceCalls in the context of a call to a service

// BotClient returns the client with which a [Service] calls the bot, under [Env.BotURL] as in
// http://bot/payments/callback; it reaches nothing else. The context is that of
// a request to the service, also after that was answered. What is sent takes its time, reaches
// the replicas in turn, and is answered with 503 while the bot is down. A goroutine that still
// waits at the end of the world is a leak; a call with [time.AfterFunc] is none.
func BotClient(ctx context.Context) *http.Client {
	from, _ := ctx.Value(serviceKey{}).(serviceCalls)
	return &http.Client{Transport: callbacks(from)}
}

// callbacks are requests of a service to the bot.
type callbacks serviceCalls

// RoundTrip delivers a request to the replica whose turn it is.
func (c callbacks) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	switch {
	case c.world == nil:
		return nil, errors.New("sim: BotClient has a context that is not of a request to a service")
	case root(req.URL) != c.world.botURL():
		return nil, fmt.Errorf("sim: the service %s calls %s %s: it can call the bot, at %s", c.service.name, req.Method, root(req.URL)+req.URL.Path, c.world.botURL())
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	w := c.world
	delay := w.webhookDelay(append([]byte(c.service.name+" "+req.Method+" "+req.URL.String()+" "), body...))
	if err := sleep(req.Context(), delay); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background()) // the bot sees nothing of the service's context
	defer cancel()
	defer context.AfterFunc(req.Context(), cancel)()
	d := delivery{
		world: w, from: c.service.name, event: trace.Sends, text: shown(req.Method, req.URL, body),
		req: req.WithContext(ctx), body: body, delay: delay,
	}
	resp, broke := d.attempt()
	if resp == nil {
		return nil, cmp.Or(req.Context().Err(), fmt.Errorf("sim: the bot's answer to %s %s broke: %v", req.Method, req.URL.Path, broke))
	}
	return resp, nil
}
