package bot

import (
	"sync"
	"time"
)

// hints compares the events that Redis announces with the lapses that the worker
// claims, for the count of those that are missed. It is safe for concurrent use.
type hints struct {
	mu    sync.Mutex           // guards what follows
	due   map[string]time.Time // triggers of claimed lapses whose event has not come, and when they were claimed
	order []string             // of due, oldest first; some are no longer there
}

const (
	hintPatience = 5 * time.Second // that an event is waited for
	maxHints     = 10_000          // that are waited for at a time
)

// claimed notes that a lapse was claimed, whose event is to come, and returns how
// many events have been missed since the last call.
func (h *hints) claimed(trigger string, now time.Time) (missed int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.due == nil {
		h.due = make(map[string]time.Time)
	}
	for len(h.order) > 0 {
		at, waits := h.due[h.order[0]]
		if waits && now.Sub(at) < hintPatience && len(h.order) < maxHints {
			break
		}
		if waits {
			delete(h.due, h.order[0])
			missed++
		}
		h.order = h.order[1:]
	}
	if _, waits := h.due[trigger]; !waits {
		h.order = append(h.order, trigger)
	}
	h.due[trigger] = now
	return missed
}

// heard notes that an event came.
func (h *hints) heard(trigger string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.due, trigger)
}
