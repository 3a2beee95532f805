package media

import (
	"container/list"
	"time"
)

// Store keeps files until they expire. When it is full, it drops the oldest. It is
// not safe for concurrent use.
type Store struct {
	capacity int64 // bytes
	limit    int   // entries
	size     int64 // bytes that are taken or reserved
	last     uint64
	byID     map[string]*Entry
	queues   map[time.Duration]*list.List // by lifetime; the front expires first
	gone     map[string]string            // why an id has no entry any more; at most limit of them
}

// Entry is a file in a [Store].
type Entry struct {
	File
	size    int64  // bytes when the file is complete
	order   uint64 // grows from entry to entry
	expires time.Time
	queue   *list.List
	element *list.Element // in queue
}

// NewStore returns a store for a number of bytes, and of files.
func NewStore(capacity int64, limit int) *Store {
	return &Store{
		capacity: capacity, limit: limit,
		byID: make(map[string]*Entry), queues: make(map[time.Duration]*list.List), gone: make(map[string]string),
	}
}

// Put stores a file, which must not be larger than the capacity. A file with the same
// ID is replaced. dropped is how many other files the store dropped to make room.
func (s *Store) Put(f File) (e *Entry, dropped int) { return s.Reserve(f, int64(len(f.Bytes))) }

// Reserve is Put for a file of which pieces are still missing; size is that of the
// complete file.
func (s *Store) Reserve(f File, size int64) (e *Entry, dropped int) {
	if old := s.byID[f.ID]; old != nil {
		s.Remove(old, "was replaced")
	}
	s.removeExpired(f.At)
	for len(s.byID) > 0 && (len(s.byID) >= s.limit || s.size+size > s.capacity) {
		s.Remove(s.oldest(), "was dropped to make room for newer media")
		dropped++
	}
	lifetime := f.lifetime()
	queue := s.queues[lifetime]
	if queue == nil {
		queue = list.New()
		s.queues[lifetime] = queue
	}
	s.last++
	e = &Entry{File: f, size: size, order: s.last, expires: f.At.Add(lifetime), queue: queue}
	e.element = queue.PushBack(e)
	s.byID[f.ID] = e
	s.size += size
	delete(s.gone, f.ID)
	return e, dropped
}

// Has reports whether there is an entry with an ID, even if it has expired unnoticed.
func (s *Store) Has(id string) bool { return s.byID[id] != nil }

// Get returns an entry. If there is none, gone says what became of it, as in "was
// deleted".
func (s *Store) Get(id string, now time.Time) (e *Entry, gone string) {
	e = s.byID[id]
	if e != nil && e.expired(now) {
		s.expire(e)
		e = nil
	}
	if e != nil {
		return e, ""
	}
	if gone = s.gone[id]; gone == "" {
		gone = "is not the id of media of this business"
	}
	return nil, gone
}

// Remove removes an entry. The store remembers what became of it.
func (s *Store) Remove(e *Entry, gone string) {
	e.queue.Remove(e.element)
	delete(s.byID, e.ID)
	s.size -= e.size
	if len(s.gone) >= s.limit {
		clear(s.gone)
	}
	s.gone[e.ID] = gone
}

func (s *Store) oldest() (oldest *Entry) {
	for _, queue := range s.queues {
		if e := front(queue); e != nil && (oldest == nil || e.order < oldest.order) {
			oldest = e
		}
	}
	return oldest
}

func front(queue *list.List) *Entry {
	if e := queue.Front(); e != nil {
		return e.Value.(*Entry)
	}
	return nil
}

// Size returns the number of bytes that the complete file has.
func (e *Entry) Size() int64 { return e.size }
