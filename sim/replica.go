package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// replica is one life of a bot, from its factory to its end.
type replica struct {
	app  App
	link *link
	stop context.CancelFunc // ends the context of Run
	done chan struct{}      // closed when Run has returned
	err  error              // of Run; read after done
}

// replicaName is how traces and sentences call replica i.
func replicaName(i int) string { return fmt.Sprintf("bot %d", i+1) }

// start begins a life of replica i.
func (w *World) start(i int) error {
	w.lives++
	l := newLink(w, i)
	app, err := w.factory(w.env(i, l))
	if err != nil {
		return fmt.Errorf("sim: the factory of the bot: %w", err)
	}
	w.trace.add(Event{Who: l.who, What: Starts})
	ctx, cancel := context.WithCancel(context.Background())
	r := &replica{app: app, link: l, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = app.Run(ctx)
	}()
	w.setReplica(i, r)
	if w.opts.latency > 0 { // no two begin at the same time
		if err := w.pass(time.Now().Add(l.delay([]byte("start"))), nil); err != nil {
			return err
		}
	}
	w.settle()
	return nil
}

// end ends the life of replica i in good order.
func (w *World) end(i int) error {
	r := w.replica(i)
	if r == nil {
		return nil
	}
	w.setReplica(i, nil)
	r.link.thaw()
	r.stop()
	if err := w.await(r.done, "Run to return after its context ended"); err != nil {
		return err
	}
	var err error
	if late := w.aside("Close to return", func() { err = r.close() }); late != nil {
		return late
	}
	return err
}

// close closes a bot whose Run has returned, and returns what both did.
func (r *replica) close() error {
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

// endBeside ends the life of replica i in good order while time passes, and then
// begins the next one.
func (w *World) endBeside(i int) {
	r := w.replica(i)
	w.setReplica(i, nil)
	w.background.Go(func() {
		var err error
		if r != nil {
			r.link.thaw()
			r.stop()
			<-r.done
			err = r.close()
		}
		w.mu.Lock()
		w.ended = append(w.ended, ending{i, err})
		w.mu.Unlock()
		w.store.touch()
	})
}

// ending is the end of a life that is to be followed by another.
type ending struct {
	replica int
	err     error
}

// startEnded begins the lives that follow on those that have ended.
func (w *World) startEnded() error {
	w.mu.Lock()
	ended := w.ended
	w.ended = nil
	w.mu.Unlock()
	var errs []error
	for _, e := range ended {
		errs = append(errs, e.err)
		if w.replica(e.replica) == nil { // nobody was faster
			errs = append(errs, w.start(e.replica))
		}
	}
	return errors.Join(errs...)
}

// kill ends the life of replica i as a kill does: from now on, all its I/O fails.
// Its goroutines find their end by themselves; what they return, nobody sees.
func (w *World) kill(i int) {
	r := w.replica(i)
	if r == nil {
		return
	}
	w.setReplica(i, nil)
	w.trace.add(Event{Who: r.link.who, What: Crashes})
	r.link.sever()
	r.stop()
	w.background.Go(func() {
		<-r.done
		_ = r.close()
	})
}

// bury ends the lives of the replicas that have crashed at a fuse's end.
func (w *World) bury() {
	for i := range w.replicas {
		if r := w.replica(i); r != nil {
			r.link.mu.Lock()
			crashed := r.link.crashed
			r.link.mu.Unlock()
			if crashed {
				w.kill(i)
			}
		}
	}
}

func (w *World) replica(i int) *replica {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replicas[i]
}

func (w *World) setReplica(i int, r *replica) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas[i] = r
}

// nextReplica returns the replica whose turn it is to get a webhook, or nil if
// all are down. With latency, the turn is drawn like it.
func (w *World) nextReplica(drawn time.Duration) *replica {
	w.mu.Lock()
	defer w.mu.Unlock()
	if drawn > 0 {
		w.turn = int(drawn) % len(w.replicas)
	}
	for range w.replicas {
		r := w.replicas[w.turn]
		w.turn = (w.turn + 1) % len(w.replicas)
		if r != nil && r.link.ctx.Err() == nil {
			return r
		}
	}
	return nil
}
