package bubble

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Delays are waits for time that can be ended early. The zero value is ready to use, and
// safe for concurrent use.
type Delays struct {
	mu      sync.Mutex // guards what follows
	pending []*delay
}

type delay struct {
	due   time.Time
	ended chan struct{} // closed when the wait is ended early
}

// Wait waits until a time. If ctx ends before, Wait returns its error.
func (d *Delays) Wait(ctx context.Context, due time.Time) error {
	left := time.Until(due)
	if left <= 0 {
		return ctx.Err()
	}
	wait := &delay{due, make(chan struct{})}
	d.mu.Lock()
	d.pending = append(d.pending, wait)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.pending = slices.DeleteFunc(d.pending, func(other *delay) bool { return other == wait })
		d.mu.Unlock()
	}()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wait.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// EndFirst ends the wait that is due first, and tells whether there was one.
func (d *Delays) EndFirst() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.pending) == 0 {
		return false
	}
	first := slices.MinFunc(d.pending, func(a, b *delay) int { return a.due.Compare(b.due) })
	d.pending = slices.DeleteFunc(d.pending, func(other *delay) bool { return other == first })
	close(first.ended)
	return true
}
