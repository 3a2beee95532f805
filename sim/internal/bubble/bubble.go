// Package bubble runs functions one after another in a testing/synctest bubble,
// where time is virtual: it moves when every goroutine of the bubble waits for it.
// Between the functions it stands still.
//
//	b := bubble.New(t)
//	err := b.Do(func() error {
//		time.Sleep(time.Hour) // takes no time
//		bubble.Settle()       // until every goroutine waits
//		return nil
//	}, nil)
//	err = b.End()
//
// Tests aside, it is the only package of the project that uses synctest, and it does so
// without a test: synctest.Test takes a zero testing.T, which is not documented.
// TestBubbleRunsWithoutATest notices when it no longer does.
package bubble

import (
	"errors"
	"fmt"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"wappasim/sim/internal/stacks"
)

// Bubble is a bubble. Its functions run one at a time.
type Bubble struct {
	calls chan func()   // made outside: while the first goroutine waits for it, time stands still
	ended chan struct{} // closed when the bubble is gone
	name  string        // as goroutine dumps show it: "synctest bubble 7"
	err   error         // why it is gone; read after ended

	interrupt func() // what resume runs
	resume    func() // runs it in the bubble
}

// New starts a bubble, with the test's T if there is a test.
func New(t *testing.T) *Bubble {
	if t == nil {
		t = new(testing.T)
	}
	b := &Bubble{calls: make(chan func()), ended: make(chan struct{})}
	go b.run(t)
	return b
}

func (b *Bubble) run(t *testing.T) {
	defer close(b.ended)
	defer func() {
		if r := recover(); r != nil {
			b.err = fmt.Errorf("sim: the world broke: %v", r)
		}
	}()
	synctest.Test(t, func(*testing.T) {
		b.name = stacks.Bubble()
		defer b.interrupts()()
		for call := range b.calls {
			call()
		}
	})
}

// ErrStuck is returned by [Bubble.Do].
var ErrStuck = errors.New("stuck")

// Do runs f in the bubble and returns its error. Watch is called when f begins; Do
// returns [ErrStuck] when enough is closed first, and f then runs on. A nil watch
// waits for ever.
func (b *Bubble) Do(f func() error, watch func() (enough <-chan struct{}, stop func())) error {
	done := make(chan error, 1)
	call := func() {
		err := errors.New("sim: a goroutine of the bot ended the world with runtime.Goexit")
		defer func() { done <- err }()
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("sim: panic: %v\n%s", r, debug.Stack())
			}
		}()
		err = f()
	}
	select {
	case <-b.ended: // then calls is closed, and cannot be sent on
		return b.gone()
	default:
	}
	select {
	case b.calls <- call:
	case <-b.ended:
		return b.gone()
	}
	var enough <-chan struct{}
	if watch != nil {
		closed, stop := watch()
		defer stop()
		enough = closed
	}
	select {
	case err := <-done:
		return err
	case <-b.ended:
		return b.gone()
	case <-enough:
		return ErrStuck
	}
}

func (b *Bubble) gone() error {
	if b.err != nil {
		return b.err
	}
	return errors.New("sim: the world is closed")
}

// End ends a bubble in which no goroutine is left. It returns why the bubble
// broke, if it did.
func (b *Bubble) End() error {
	close(b.calls)
	<-b.ended
	return b.err
}

// Settle waits until every goroutine of the bubble waits, without moving time.
func Settle() { synctest.Wait() }
