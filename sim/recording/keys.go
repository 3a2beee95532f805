package recording

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Key is a key in Redis.
type Key struct {
	DB      int
	Name    string
	Gone    bool // it is not there
	Value   string
	Expires time.Time // zero: never
}

// Keys is what Redis held over time, as changes: of a long value, only what is new in it. The
// zero one is empty. It is safe for concurrent use.
type Keys struct {
	Most int // bytes of changes, after which no more are noted; 0: 64 MB

	mu      sync.Mutex // guards what follows
	held    map[place]Key
	changes [][]byte // as JSON
	size    int      // of changes
	last    int      // the number of the event of the last change
	full    int      // the number of the first event after which it is not known what Redis held; 0: there is none
}

const most = 64 << 20

type place struct {
	db   int
	name string
}

// change is a key that was set or deleted.
type change struct {
	After   int        `json:"n"` // the number of the event
	DB      int        `json:"db"`
	Name    string     `json:"name"`
	Value   *string    `json:"value,omitempty"`
	Parts   []part     `json:"parts,omitempty"` // of which the value is made; without them and Value, the key is gone
	Expires *time.Time `json:"expires,omitempty"`
}

// Note notes all that Redis holds after the event with a number. What comes later cannot be
// noted to have been earlier: a number that is less than the last one stands for that.
func (k *Keys) Note(after int, all []Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	there := make(map[place]bool, len(all))
	for _, key := range all {
		there[place{key.DB, key.Name}] = true
	}
	for at := range k.held {
		if !there[at] {
			all = append(all, Key{DB: at.db, Name: at.name, Gone: true})
		}
	}
	k.note(after, all)
}

// NoteSome is Note for some keys: the others are as they were.
func (k *Keys) NoteSome(after int, some []Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.note(after, some)
}

// note notes keys. The caller holds mu.
func (k *Keys) note(after int, keys []Key) {
	keys = slices.SortedFunc(slices.Values(keys), func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.DB, b.DB), cmp.Compare(a.Name, b.Name))
	})
	for _, key := range keys {
		if k.full > 0 {
			return
		}
		k.noteKey(max(k.last, after), key)
	}
}

// noteKey notes a key, if it has changed and there is room. The caller holds mu.
func (k *Keys) noteKey(after int, key Key) {
	at := place{key.DB, key.Name}
	before, was := k.held[at]
	c := change{After: after, DB: key.DB, Name: key.Name}
	switch key.Value = valid(key.Value); {
	case key.Gone && !was, was && !key.Gone && before.Value == key.Value && before.Expires.Equal(key.Expires):
		return
	case !key.Gone:
		if c.Parts = delta(before.Value, key.Value); c.Parts == nil {
			c.Value = &key.Value
		}
		if !key.Expires.IsZero() {
			utc := key.Expires.UTC()
			c.Expires = &utc
		}
	}
	noted, err := json.Marshal(c)
	if err != nil || k.size+len(noted) > cmp.Or(k.Most, most) { // there is no error: all of it can be written
		k.full, k.held = max(after, 1), nil
		return
	}
	k.changes, k.size, k.last = append(k.changes, noted), k.size+len(noted), after
	if k.held == nil {
		k.held = make(map[place]Key)
	}
	if k.held[at] = key; key.Gone {
		delete(k.held, at)
	}
}

// MarshalJSON writes the changes, oldest first: {"n": event, "db": database, "name": key,
// "value": text, "expires": time}. In the place of value, "parts" are texts, and spans of the
// value before, [from, to] in units of UTF-16; without both, the key is gone. "until" is the
// number of the event before which the notes had "most" bytes, and end.
func (k *Keys) MarshalJSON() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out bytes.Buffer
	out.Grow(k.size + len(k.changes) + 64)
	out.WriteString(`{"changes":[`)
	for i, noted := range k.changes {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(noted)
	}
	out.WriteByte(']')
	if k.full > 0 {
		fmt.Fprintf(&out, `,"until":%d,"most":%d`, k.full, cmp.Or(k.Most, most))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
