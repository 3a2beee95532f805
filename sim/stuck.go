package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"wappasim/sim/internal/bubble"
)

// Stuck is returned by every method of a [World] whose virtual time could not move for
// as long as [StallTimeout]: a goroutine of the bot ran, waited for a mutex, or waited
// for something outside the world, like a socket, a name server or a channel that was
// made elsewhere. The world cannot be used any more.
type Stuck struct {
	After      time.Duration // real time without progress
	Goroutines []string      // those that may be the reason, each with where it is
}

func (e *Stuck) Error() string {
	return fmt.Sprintf("sim: no progress for %s: virtual time cannot move while these goroutines run, wait for a mutex, or wait for something outside the world:\n%s", e.After, strings.Join(e.Goroutines, "\n"))
}

// Leak is returned by [World.Close] when goroutines of the bot are left.
type Leak struct {
	Goroutines []string // each with where it waits and what started it
}

func (e *Leak) Error() string {
	return fmt.Sprintf("sim: %d goroutines are left after the bot's Run and Close returned:\n%s", len(e.Goroutines), strings.Join(e.Goroutines, "\n"))
}

// do runs a call in the bubble, and gives up when it makes no progress in real time.
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

// watch closes enough when the world has made no progress for the stall timeout.
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
