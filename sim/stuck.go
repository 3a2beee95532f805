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
//
// A bot that waits for a mutex while another of its goroutines holds that and talks to
// Redis or WhatsApp is found in a third of the stall timeout.
type Stuck struct {
	After      time.Duration // real time without progress
	Goroutines []string      // those that may be the reason, each with where it is
	Holders    []string      // those that wait for time in a call and may hold the mutex that Goroutines wait for
}

func (e *Stuck) Error() string {
	if e.Holders != nil {
		return fmt.Sprintf("sim: virtual time cannot move while a goroutine waits for a mutex. These wait for one:\n%s\nThese may hold it, and wait for Redis or WhatsApp, which takes time: let go of the mutex before the call.\n%s",
			strings.Join(e.Goroutines, "\n"), strings.Join(e.Holders, "\n"))
	}
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
	var stalled time.Duration
	err := w.bubble.Do(f, func() (<-chan struct{}, func()) { return w.watch(&stalled) })
	if errors.Is(err, bubble.ErrStuck) {
		stuck := &Stuck{After: stalled, Goroutines: w.bubble.WaitingOutside()}
		if w.bubble.WaitingForMutex() {
			stuck.Holders = w.bubble.WaitingIn("wappasim/sim.(*link).RoundTrip", "wappasim/sim.(*answerBody).Read", "wappasim/sim.(*redisConn).Read")
		}
		w.broken = stuck
		return w.broken
	}
	return err
}

// looks is how often watch looks within a stall timeout, and enoughLooks how often it must
// find that time waits for a mutex alone.
const looks, enoughLooks = 20, 6

// watch closes enough when the world has made no progress for the stall timeout, or when
// it makes none because of a mutex. It sets stalled then, to how long that was.
func (w *World) watch(stalled *time.Duration) (enough <-chan struct{}, stop func()) {
	gaveUp, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		pause := max(w.opts.stallTimeout/looks, time.Millisecond)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		same, mutex := 0, 0 // looks without progress
		for seen := w.progress.Load(); ; {
			select {
			case <-stopped:
				return
			case <-tick.C:
			}
			if now := w.progress.Load(); now != seen {
				seen, same, mutex = now, 0, 0
				continue
			}
			if same++; w.bubble.WaitingForMutex() {
				mutex++
			} else {
				mutex = 0
			}
			if same == looks || mutex == enoughLooks {
				*stalled = time.Duration(same) * pause
				close(gaveUp)
				return
			}
		}
	}()
	return gaveUp, func() { close(stopped) }
}
