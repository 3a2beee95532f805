package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"wappasim/sim/trace"
)

// incarnation is a replica of the bot from its factory to its end. After a crash or
// restart the replica has another one.
type incarnation struct {
	app  App
	link *link
	stop context.CancelFunc // ends the context of Run
	done chan struct{}      // closed when Run has returned
	err  error              // of Run; read after done
}

// replicaName is how traces and sentences call replica i.
func replicaName(i int) string { return fmt.Sprintf("bot %d", i+1) }

// start starts an incarnation of replica i.
func (w *World) start(i int) error {
	w.incarnations++
	l := newLink(w, i)
	app, err := w.factory(w.env(i, l))
	if err != nil {
		return fmt.Errorf("sim: the factory of the bot: %w", err)
	}
	w.trace.Add(trace.Event{Who: l.who, What: trace.Starts})
	ctx, cancel := context.WithCancel(l.life)
	r := &incarnation{app: app, link: l, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = app.Run(ctx)
	}()
	w.setReplica(i, r)
	if w.opts.latency > 0 { // no two start at the same time
		if err := w.pass(time.Now().Add(l.delay([]byte("start"))), nil); err != nil {
			return err
		}
	}
	w.settle()
	return nil
}

// end stops replica i in good order.
func (w *World) end(i int) error {
	r := w.replica(i)
	if r == nil {
		return nil
	}
	w.setReplica(i, nil)
	defer w.stop(r)()
	if err := w.await(r.done, "the bot's Run to return after its context ended"); err != nil {
		return err
	}
	var err error
	if late := w.aside("the bot's Close to return", func() { err = r.close() }); late != nil {
		return late
	}
	return err
}

// stop asks an incarnation to end in good order. The caller calls ended when it has: until
// then it can still crash.
func (w *World) stop(r *incarnation) (ended func()) {
	w.mu.Lock()
	w.stopping = append(w.stopping, r)
	w.mu.Unlock()
	r.link.thaw()
	r.stop()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stopping = slices.DeleteFunc(w.stopping, func(other *incarnation) bool { return other == r })
	}
}

// close closes a bot whose Run has returned, and returns the errors of both.
func (r *incarnation) close() error {
	errs := []error{r.err}
	if closer, ok := r.app.(io.Closer); ok {
		errs = append(errs, closer.Close())
	}
	r.link.cut()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sim: the bot ended: %w", err)
	}
	return nil
}

// ending is the end of an incarnation that the next one follows.
type ending struct {
	replica int
	err     error
}

// endBeside stops replica i in good order while time passes, and has startEnded
// start it again.
func (w *World) endBeside(i int) {
	r := w.replica(i)
	w.setReplica(i, nil)
	w.background.Go(func() {
		var err error
		if r != nil {
			defer w.stop(r)()
			<-r.done
			err = r.close()
		}
		w.mu.Lock()
		w.ended = append(w.ended, ending{i, err})
		w.mu.Unlock()
		w.wake()
	})
}

// startEnded starts the replicas that endBeside has stopped.
func (w *World) startEnded() error {
	w.mu.Lock()
	ended := w.ended
	w.ended = nil
	w.mu.Unlock()
	var errs []error
	for _, e := range ended {
		errs = append(errs, e.err)
		if w.replica(e.replica) == nil { // nothing else has started it
			errs = append(errs, w.start(e.replica))
		}
	}
	return errors.Join(errs...)
}

// kill ends replica i as a kill does: from now on, all its I/O fails. Its goroutines
// end by themselves; what they return is lost.
func (w *World) kill(i int) {
	r := w.replica(i)
	if r == nil {
		return
	}
	w.setReplica(i, nil)
	w.trace.Add(trace.Event{Who: r.link.who, What: trace.Crashes})
	r.link.sever()
	r.stop()
	w.background.Go(func() {
		<-r.done
		_ = r.close()
	})
}

// reap ends the incarnations that have crashed at a crash point, and tells whether
// there were any.
func (w *World) reap() (any bool) {
	for i := range w.replicas {
		if r := w.replica(i); r != nil && r.link.hasCrashed() {
			w.kill(i)
			any = true
		}
	}
	w.mu.Lock()
	stopping := slices.Clone(w.stopping)
	w.mu.Unlock()
	for _, r := range stopping {
		if r.link.hasCrashed() && r.link.ctx.Err() == nil {
			w.trace.Add(trace.Event{Who: r.link.who, What: trace.Crashes})
			r.link.sever()
			any = true
		}
	}
	return any
}

// replica returns the incarnation of replica i; nil: it is down.
func (w *World) replica(i int) *incarnation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replicas[i]
}

func (w *World) setReplica(i int, r *incarnation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas[i] = r
}

// nextReplica returns the replica whose turn it is to get a webhook, or nil if
// all are down. With latency, the turn is drawn like it.
func (w *World) nextReplica(drawn time.Duration) *incarnation {
	w.mu.Lock()
	defer w.mu.Unlock()
	if drawn > 0 {
		w.turn = int(drawn) % len(w.replicas)
	}
	for range w.replicas {
		r := w.replicas[w.turn]
		w.turn = (w.turn + 1) % len(w.replicas)
		if r != nil && r.link.ctx.Err() == nil && !r.link.hasCrashed() {
			return r
		}
	}
	return nil
}
