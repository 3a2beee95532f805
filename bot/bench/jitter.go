package main

import (
	"sync"
	"time"
)

// jitter is how late sleeps of 2 ms wake, which is how late the machine itself is.
type jitter struct {
	end  chan struct{}
	done sync.WaitGroup
	late []time.Duration
}

func watchJitter() *jitter {
	j := &jitter{end: make(chan struct{})}
	j.done.Go(func() {
		const nap = 2 * time.Millisecond
		for {
			select {
			case <-j.end:
				return
			default:
			}
			start := time.Now()
			time.Sleep(nap)
			j.late = append(j.late, time.Since(start)-nap)
		}
	})
	return j
}

// stop returns what was measured.
func (j *jitter) stop() []time.Duration {
	close(j.end)
	j.done.Wait()
	return j.late
}
