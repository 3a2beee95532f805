package bot

import (
	"sync"
	"time"
)

// hints compares the events that Redis announces with the lapses that the worker
// claims, for the count of those that are missed. It is safe for concurrent use.
type hints struct {
	mu     sync.Mutex      // guards what follows
	single map[string]hint // by trigger: those of which the other half has not come
	order  []string        // of single, oldest first; some are no longer there
	missed int             // since it was asked for last
}

// hint is one half: a lapse was claimed, or its event came. The claim makes Redis
// announce the event, which may be faster than the answer.
type hint struct {
	at      time.Time
	claimed bool
}

const (
	hintPatience = 5 * time.Second // that the other half is waited for
	maxHints     = 10_000          // that wait at a time
)

// claimed notes that a lapse was claimed, and returns how many events have been
// missed since the last call.
func (h *hints) claimed(trigger string, now time.Time) (missed int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(trigger, hint{now, true})
	missed, h.missed = h.missed, 0
	return missed
}

// heard notes that an event came.
func (h *hints) heard(trigger string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(trigger, hint{now, false})
}

// note puts the halves together. The caller holds mu.
func (h *hints) note(trigger string, half hint) {
	for len(h.order) > 0 {
		oldest, single := h.single[h.order[0]]
		if single && half.at.Sub(oldest.at) < hintPatience && len(h.order) < maxHints {
			break
		}
		if single && oldest.claimed {
			h.missed++
		}
		delete(h.single, h.order[0])
		h.order = h.order[1:]
	}
	if other, single := h.single[trigger]; single && other.claimed != half.claimed {
		delete(h.single, trigger)
		return
	}
	if h.single == nil {
		h.single = make(map[string]hint)
	}
	h.single[trigger] = half
	h.order = append(h.order, trigger)
}
