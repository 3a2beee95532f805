package sim

import (
	"sync"
	"sync/atomic"
	"time"

	"wappasim/sim/internal/inside"
	"wappasim/sim/recording"
)

// Key is a key in the world's Redis.
type Key struct {
	DB    int
	Name  string
	Type  string        // as Redis names it: string, hash, list, set, zset, stream
	TTL   time.Duration // 0: none
	Value string        // of a string; of other types what is in it, a line each; of a stream, its type
}

// Keys returns everything that is in Redis, by database and name.
func (w *World) Keys() (keys []Key) {
	_ = w.do(func() error {
		w.redis.CatchUp()
		for _, k := range w.redis.Keys() {
			keys = append(keys, Key(k))
		}
		return nil
	})
	return keys
}

// keyNotes is how a world notes what is in Redis.
type keyNotes struct {
	keys    atomic.Pointer[recording.Keys] // nil: it does not
	noting  sync.Mutex                     // held while Redis is read and noted
	changes atomic.Int64                   // that there may have been
	noted   int64                          // of them; of noteChanges alone
}

// recordKeys has the world note what is in Redis, for a recording.
func recordKeys(keys *recording.Keys) Option { return func(o *options) { o.keys = keys } }

func init() {
	inside.Record = func(world any) *recording.Keys {
		w, keys := world.(*World), new(recording.Keys)
		_ = w.do(func() error {
			w.notes.keys.Store(keys)
			w.noteKeys(0)
			return nil
		})
		return keys
	}
	inside.Recorded = func(world any, keys *recording.Keys) recording.Recording {
		w, names := world.(*World), make(map[string]string)
		w.mu.Lock()
		defer w.mu.Unlock()
		for name, number := range w.numbers {
			names[number] = name
		}
		return recording.Recording{Names: names, Events: w.trace.Events(), Keys: keys}
	}
}

// noteKeys notes what has changed in Redis, after event n; 0: the last one.
func (w *World) noteKeys(n int) {
	recorded := w.notes.keys.Load()
	if recorded == nil {
		return
	}
	w.notes.noting.Lock()
	defer w.notes.noting.Unlock()
	if n == 0 {
		n = w.trace.Len()
	}
	changed, all := w.redis.Changed()
	keys := make([]recording.Key, len(changed))
	for i, k := range changed {
		keys[i] = recording.Key{DB: k.DB, Name: k.Name, Gone: k.Type == "", Value: k.Value}
		if k.TTL > 0 {
			keys[i].Expires = time.Now().Add(k.TTL)
		}
	}
	if all {
		recorded.Note(n, keys)
	} else {
		recorded.NoteSome(n, keys)
	}
}

// noteChanges notes what is in Redis if commands or faults may have changed it.
func (w *World) noteChanges() {
	if changes := w.notes.changes.Load(); changes != w.notes.noted {
		w.notes.noted = changes
		w.noteKeys(0)
	}
}
