package bot

import (
	"sync"
	"time"
)

// missedEvents counts missed events, those of Redis that did not come: it pairs each
// firing that the worker claims with the event of its trigger. It is safe for
// concurrent use.
type missedEvents struct {
	mu     sync.Mutex          // guards what follows
	alone  map[string]unpaired // by trigger: claims without event, and events without claim
	order  []string            // keys of alone, oldest first; some are paired since
	missed int                 // since the last call of claimed
}

// unpaired is a claim whose event has not come, or the reverse. The claim makes Redis
// announce the event, which may arrive before the answer to the claim.
type unpaired struct {
	at      time.Time
	claimed bool
}

const (
	pairTimeout = 5 * time.Second // how long an event may come after its claim, or before
	maxUnpaired = 10_000          // claims and events that wait for their pair
)

// claimed notes that a firing was claimed, and returns how many events have been
// missed since the last call.
func (m *missedEvents) claimed(trigger string, now time.Time) (missed int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note(trigger, unpaired{now, true})
	missed, m.missed = m.missed, 0
	return missed
}

// heard notes that an event came.
func (m *missedEvents) heard(trigger string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note(trigger, unpaired{now, false})
}

// note pairs a claim with its event. The caller holds mu.
func (m *missedEvents) note(trigger string, one unpaired) {
	for len(m.order) > 0 {
		oldest, alone := m.alone[m.order[0]]
		if alone && one.at.Sub(oldest.at) < pairTimeout && len(m.order) < maxUnpaired {
			break
		}
		if alone && oldest.claimed {
			m.missed++
		}
		delete(m.alone, m.order[0])
		m.order = m.order[1:]
	}
	if other, alone := m.alone[trigger]; alone && other.claimed != one.claimed {
		delete(m.alone, trigger)
		return
	}
	if m.alone == nil {
		m.alone = make(map[string]unpaired)
	}
	m.alone[trigger] = one
	m.order = append(m.order, trigger)
}
