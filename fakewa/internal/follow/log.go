// Package follow keeps the last entries of a log, for readers that follow it while it
// grows: each at its own pace, and nobody waits for a slow one.
package follow

import (
	"context"
	"sync"
)

// Log numbers its entries from 1 and keeps the last ones. It is safe for concurrent use.
type Log[T any] struct {
	limit int

	mu      sync.Mutex // guards what follows; nothing else is locked under it
	kept    []T        // a ring, once there are as many as limit
	oldest  int        // its place in kept
	last    uint64     // number of the newest
	cleared uint64     // entries up to this number were cleared
	closed  bool
	waiting map[chan struct{}]bool // readers; each has made its own channel, since some are in a synctest bubble and some are not
}

// New returns a log that keeps so many entries.
func New[T any](limit int) *Log[T] {
	return &Log[T]{limit: max(limit, 1), waiting: make(map[chan struct{}]bool)}
}

// Add adds an entry and returns its number. After Close it adds none.
func (l *Log[T]) Add(entry T) (n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0
	}
	l.last++
	if len(l.kept) < l.limit {
		l.kept = append(l.kept, entry)
	} else {
		l.kept[l.oldest] = entry
		l.oldest = (l.oldest + 1) % l.limit
	}
	if len(l.waiting) > 0 {
		l.wake()
	}
	return l.last
}

// Last returns the number of the newest entry; 0: there was none.
func (l *Log[T]) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Clear forgets all entries, and nobody misses them. Numbers go on.
func (l *Log[T]) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept, l.oldest, l.cleared = nil, 0, l.last
}

// Close ends the log: readers get what is there and then end.
func (l *Log[T]) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.wake()
}

// wake wakes all readers. The caller holds mu.
func (l *Log[T]) wake() {
	for woken := range l.waiting {
		close(woken)
	}
	clear(l.waiting)
}

// Read waits for entries after a number and copies them, as many as fit. The first one has
// the number first; so many before it are missing, since they are no longer kept. After a
// number that there is not yet, it waits for the next entry. It is not ok when the
// context or the log has ended.
func (l *Log[T]) Read(ctx context.Context, after uint64, into []T) (first, missing uint64, n int, ok bool) {
	for ctx.Err() == nil {
		l.mu.Lock()
		after = min(after, l.last)
		if n := l.copy(&after, &missing, into); n > 0 || l.closed {
			l.mu.Unlock()
			return after + 1, missing, n, n > 0
		}
		woken := make(chan struct{})
		l.waiting[woken] = true
		l.mu.Unlock()
		select {
		case <-woken:
		case <-ctx.Done():
			l.mu.Lock()
			delete(l.waiting, woken)
			l.mu.Unlock()
		}
	}
	return 0, 0, 0, false
}

// copy copies entries after a number, which it moves on if some are missing. The caller
// holds mu.
func (l *Log[T]) copy(after, missing *uint64, into []T) (n int) {
	if gone := l.last - uint64(len(l.kept)); *after < gone {
		*missing += gone - max(*after, l.cleared)
		*after = gone
	}
	skip := len(l.kept) - int(l.last-*after)
	for n < len(into) && skip+n < len(l.kept) {
		into[n] = l.kept[(l.oldest+skip+n)%len(l.kept)]
		n++
	}
	return n
}
