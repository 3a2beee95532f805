package recording

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// Key is a key in Redis.
type Key struct {
	DB      int
	Name    string
	Value   string
	Expires time.Time // zero: never
}

// Keys is what Redis held over time, as changes. The zero one is empty. It is safe for
// concurrent use.
type Keys struct {
	mu      sync.Mutex // guards what follows
	held    map[place]Key
	changes []change
}

type place struct {
	db   int
	name string
}

// change is a key that was set or deleted.
type change struct {
	After   int        `json:"n"` // the number of the event
	DB      int        `json:"db"`
	Name    string     `json:"name"`
	Value   *string    `json:"value"` // nil: it is gone
	Expires *time.Time `json:"expires,omitempty"`
}

// Note notes all that Redis holds after the event with a number. What comes later cannot be
// noted to have been earlier: a number that is less than the last one stands for that.
func (k *Keys) Note(after int, all []Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if last := len(k.changes) - 1; last >= 0 {
		after = max(after, k.changes[last].After)
	}
	held := make(map[place]Key, len(all))
	for _, key := range all {
		at := place{key.DB, key.Name}
		held[at] = key
		if before, ok := k.held[at]; ok && before.Value == key.Value && before.Expires.Equal(key.Expires) {
			continue
		}
		c := change{After: after, DB: key.DB, Name: key.Name, Value: &key.Value}
		if !key.Expires.IsZero() {
			utc := key.Expires.UTC()
			c.Expires = &utc
		}
		k.changes = append(k.changes, c)
	}
	gone := len(k.changes)
	for at := range k.held {
		if _, ok := held[at]; !ok {
			k.changes = append(k.changes, change{After: after, DB: at.db, Name: at.name})
		}
	}
	slices.SortFunc(k.changes[gone:], func(a, b change) int { return strings.Compare(a.Name, b.Name) })
	k.held = held
}

// MarshalJSON writes the changes, oldest first: {"n": event, "db": database, "name": key,
// "value": text or null, "expires": time}.
func (k *Keys) MarshalJSON() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changes == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(k.changes)
}
