package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"wappasim/sim/internal/bubble"
)

// Stuck is returned by every method of a [World] whose bot waits for something
// outside the world: a socket, a name server, a channel or a mutex that was made
// elsewhere. Virtual time cannot move then. The world is of no more use.
type Stuck struct {
	After      time.Duration // real time without progress
	Goroutines []string      // those that wait outside, each with where
}

func (e *Stuck) Error() string {
	return fmt.Sprintf("sim: no progress for %s: the bot waits for something outside the world:\n%s", e.After, strings.Join(e.Goroutines, "\n"))
}

// Leak is returned by [World.Close] when the bot left goroutines behind.
type Leak struct {
	Goroutines []string // each with where it waits and what started it
}

func (e *Leak) Error() string {
	return fmt.Sprintf("sim: %d goroutines are left after the bot's Run and Close returned:\n%s", len(e.Goroutines), strings.Join(e.Goroutines, "\n"))
}

// do runs a call in the bubble, under the watch of real time.
func (w *World) do(f func() error) error {
	w.calls.Lock()
	defer w.calls.Unlock()
	if w.broken != nil {
		return w.broken
	}
	err := w.bubble.Do(f, w.watch)
	if errors.Is(err, bubble.ErrStuck) {
		w.broken = &Stuck{After: w.opts.stallTimeout, Goroutines: w.bubble.WaitingOutside()}
		return w.broken
	}
	return err
}

// watch gives up on a call in which nothing happens any more.
func (w *World) watch() (enough <-chan struct{}, stop func()) {
	gaveUp, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		tick := time.NewTicker(w.opts.stallTimeout)
		defer tick.Stop()
		for seen := w.progress.Load(); ; {
			select {
			case <-stopped:
				return
			case <-tick.C:
			}
			now := w.progress.Load()
			if now == seen {
				close(gaveUp)
				return
			}
			seen = now
		}
	}()
	return gaveUp, func() { close(stopped) }
}
