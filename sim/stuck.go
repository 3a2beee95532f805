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
// A bot may hold a mutex while it talks to Redis or WhatsApp, and wait for that mutex in
// another goroutine: what [Latency] would delay then comes at once, the first first. This
// takes some milliseconds of real time each time. It is Stuck, in a third of the stall
// timeout, if the one that holds the mutex waits for something else: for a timer, such as
// the pause before go-redis tries again, for the end of a freeze, or for WhatsApp that a
// fault makes slow.
type Stuck struct {
	After      time.Duration // real time without progress
	Goroutines []string      // those that may be the reason, each with where it is
	Holders    []string      // those that wait for time in a call and may hold the mutex that Goroutines wait for
}

func (e *Stuck) Error() string {
	if e.Holders != nil {
		return fmt.Sprintf("sim: virtual time cannot move while a goroutine waits for a mutex. These wait for one:\n%s\nThese may hold it, and wait for Redis or WhatsApp longer than a call takes: let go of the mutex before the call.\n%s",
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

const (
	// looks is how often watch looks within a stall timeout, once it has looked for a while,
	// and enoughLooks how often it must find that time waits for a mutex alone.
	looks, enoughLooks = 20, 6

	// glance is the real time until watch looks first. Goroutines that are found waiting
	// for a mutex in so many glances have it from one that waits for time.
	glance, enoughGlances = 2 * time.Millisecond, 5

	// hurryTime is about what it takes to hurry, with the glances before. The world hurries
	// no longer in one instant of virtual time than the stall timeout, counted in these.
	hurryTime = 15 * time.Millisecond
)

// watch closes enough when the world has made no progress for the stall timeout, or when
// it makes none because of a mutex. It sets stalled then, to how long that was. Before, it
// hurries what a goroutine may wait for that has the mutex.
func (w *World) watch(stalled *time.Duration) (enough <-chan struct{}, stop func()) {
	gaveUp, stopped, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		longest := max(w.opts.stallTimeout/looks, time.Millisecond)
		pause := min(glance, longest)
		began, mutex, slow := time.Now(), 0, 0 // looks without progress that found a mutex, and those at the longest pause
		for seen := w.progress.Load(); ; {
			timer := time.NewTimer(pause)
			select {
			case <-stopped:
				timer.Stop()
				return
			case <-timer.C:
			}
			if now := w.progress.Load(); now != seen {
				seen, pause, began, mutex, slow = now, min(glance, longest), time.Now(), 0, 0
				continue
			}
			hung := false
			if !w.bubble.WaitingForMutex() {
				mutex, slow = 0, 0
				pause = min(2*pause, longest)
			} else if mutex++; mutex >= enoughGlances {
				var ok bool
				if ok, hung = w.hurry(); ok {
					continue
				}
				pause = longest
				slow++
			}
			if since := time.Since(began); since >= w.opts.stallTimeout || slow > enoughLooks || hung {
				*stalled = since.Round(time.Millisecond)
				close(gaveUp)
				return
			}
		}
	}()
	return gaveUp, func() { close(stopped); <-over }
}

// hurry is for a goroutine that holds a mutex for which another waits, so that neither can
// the world settle nor can time move. It does one thing for which the holder may wait, and
// tells whether there was one: it reaps a replica that has crashed, has Redis serve, or has
// what is on its way arrive now, the first first. It has hung if that waits for the mutex
// itself, and must not be called again then.
func (w *World) hurry() (ok, hung bool) {
	done := make(chan bool, 1)
	go func() {
		did := false
		w.bubble.Interrupt(func() {
			if now := time.Now().UnixNano(); w.hurriedAt.Swap(now) != now {
				w.hurried = 0
			}
			if w.hurried++; w.hurried <= int(w.opts.stallTimeout/hurryTime) {
				did = w.reap() || w.redis.Serve() || w.delays.EndFirst()
			}
		})
		done <- did
	}()
	select {
	case ok = <-done:
	case <-time.After(w.opts.stallTimeout):
		return false, true
	}
	if ok {
		w.progress.Add(1)
	}
	return ok, false
}

// hurriedNow tells whether hurry was called at this instant.
func (w *World) hurriedNow() bool { return w.hurriedAt.Load() == time.Now().UnixNano() }
