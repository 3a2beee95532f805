package sim

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
)

// bubble runs functions one after another in a testing/synctest bubble, where
// time is virtual: it moves when every goroutine waits for it. Between the
// functions it stands still, because the bubble's first goroutine then waits
// for something outside.
type bubble struct {
	calls chan func()   // made outside, so that waiting for it stops the time
	ended chan struct{} // closed when the bubble is gone
	name  string        // as goroutine dumps show it: "synctest bubble 7"
	err   error         // why it is gone; read after ended
}

// newBubble starts a bubble. Without a test it makes do with a zero testing.T,
// which synctest accepts but does not property to; TestBubbleWithoutTest watches
// over that.
func newBubble(t *testing.T) *bubble {
	if t == nil {
		t = new(testing.T)
	}
	b := &bubble{calls: make(chan func()), ended: make(chan struct{})}
	go b.live(t)
	return b
}

func (b *bubble) live(t *testing.T) {
	defer close(b.ended)
	defer func() {
		if r := recover(); r != nil {
			b.err = fmt.Errorf("sim: the world broke: %v", r)
		}
	}()
	synctest.Test(t, func(*testing.T) {
		header := make([]byte, 128)
		header = header[:runtime.Stack(header, false)]
		if at := strings.Index(string(header), "synctest bubble "); at >= 0 {
			b.name, _, _ = strings.Cut(string(header[at:]), "]")
		}
		for call := range b.calls {
			call()
		}
	})
}

// do runs f in the bubble and returns its error. It returns errStuck when
// waiting says that it has waited long enough.
func (b *bubble) do(f func() error, waiting func() (enough <-chan struct{}, stop func())) error {
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
	case b.calls <- call:
	case <-b.ended:
		return b.gone()
	}
	enough, stop := waiting()
	defer stop()
	select {
	case err := <-done:
		return err
	case <-b.ended:
		return b.gone()
	case <-enough:
		return errStuck
	}
}

var errStuck = errors.New("stuck")

func (b *bubble) gone() error {
	if b.err != nil {
		return b.err
	}
	return errors.New("sim: the world is closed")
}

// end closes a bubble in which no goroutine is left.
func (b *bubble) end() error {
	close(b.calls)
	<-b.ended
	return b.err
}

// settle waits until every goroutine of the bubble waits, without moving time.
func settle() { synctest.Wait() }
