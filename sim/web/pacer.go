package web

import (
	"sync"
	"time"
)

// pace is how often virtual time catches up with the clock on the wall, and longestStep is how
// far at once: a machine that was asleep does not catch up.
const pace, longestStep = 100 * time.Millisecond, 5 * time.Second

// pacer tells how much real time has passed, again and again, while it runs.
type pacer struct {
	pass func(d time.Duration, stop <-chan struct{}) (goesOn bool) // stop is closed when no more time should pass

	mu     sync.Mutex     // guards what follows
	stopIt chan struct{}  // closed when the goroutine that runs should end; nil: none runs
	ended  sync.WaitGroup // of all goroutines
}

func newPacer(pass func(time.Duration, <-chan struct{}) bool) *pacer { return &pacer{pass: pass} }

func (p *pacer) runs() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopIt != nil
}

// start begins to tell. If it does already, nothing changes.
func (p *pacer) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopIt != nil {
		return
	}
	stop := make(chan struct{})
	p.stopIt = stop
	p.ended.Go(func() { p.tell(stop) })
}

func (p *pacer) tell(stop chan struct{}) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			passed := now.Sub(last).Truncate(time.Millisecond) // as Redis counts
			last = last.Add(passed)
			if passed <= 0 {
				continue
			}
			if !p.pass(min(passed, longestStep), stop) {
				p.end(stop)
				return
			}
		}
	}
}

// stop ends it, and does not wait: what it tells last may be under way.
func (p *pacer) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopIt != nil {
		close(p.stopIt)
		p.stopIt = nil
	}
}

// end is stop for the goroutine that stops by itself.
func (p *pacer) end(own chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopIt == own {
		p.stopIt = nil
	}
}

// close ends it and waits.
func (p *pacer) close() {
	p.stop()
	p.ended.Wait()
}
