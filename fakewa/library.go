package fakewa

import (
	"container/list"
	"fmt"
	"time"
)

// Media is a file that the bot uploaded or a user sent.
type Media struct {
	ID        string    // for messages; "4:…" if it was uploaded in pieces
	Direction Direction // Out: the bot uploaded it
	At        time.Time // when it was uploaded or sent
	MIME      string    // with its parameters, if it has any
	Name      string    // of the file; "" if none was given
	SHA256    string    // hex
	Bytes     []byte
}

// medium is Media with its place in a library.
type medium struct {
	Media
	size    int64 // of Bytes when they are all there
	n       uint64
	expires time.Time
	shelf   *list.List
	place   *list.Element // in shelf
}

// library keeps media for as long as they live, and drops the oldest when there
// is no room. The server's mu guards it.
type library struct {
	room    int64 // bytes
	limit   int   // media
	size    int64 // bytes that are taken
	n       uint64
	byID    map[string]*medium
	shelves map[time.Duration]*list.List // by life: what is in front expires first
	gone    map[string]string            // what became of media, by id; bounded by limit
}

func newLibrary(room int64, limit int) *library {
	return &library{
		room: room, limit: limit,
		byID: make(map[string]*medium), shelves: make(map[time.Duration]*list.List), gone: make(map[string]string),
	}
}

// put keeps a medium that is not larger than all the room, and returns how many
// others were dropped for it. One with the same id is replaced.
func (l *library) put(m *medium, life time.Duration) (dropped int) {
	if old := l.byID[m.ID]; old != nil {
		l.remove(old, "was replaced")
	}
	for _, shelf := range l.shelves {
		for old := front(shelf); old != nil && old.expired(m.At); old = front(shelf) {
			l.expire(old)
		}
	}
	for len(l.byID) > 0 && (len(l.byID) >= l.limit || l.size+m.size > l.room) {
		l.remove(l.oldest(), "was dropped because the fake keeps no more media")
		dropped++
	}
	if l.shelves[life] == nil {
		l.shelves[life] = list.New()
	}
	l.n++
	m.n, m.expires, m.shelf = l.n, m.At.Add(life), l.shelves[life]
	m.place = m.shelf.PushBack(m)
	l.byID[m.ID] = m
	l.size += m.size
	delete(l.gone, m.ID)
	return dropped
}

// get returns a medium, or what became of it.
func (l *library) get(id string, now time.Time) (m *medium, gone string) {
	m = l.byID[id]
	if m != nil && m.expired(now) {
		l.expire(m)
		m = nil
	}
	if m != nil {
		return m, ""
	}
	if gone = l.gone[id]; gone == "" {
		gone = "is no medium of this business"
	}
	return nil, gone
}

func (m *medium) expired(now time.Time) bool { return !now.Before(m.expires) }

func (l *library) expire(m *medium) {
	l.remove(m, fmt.Sprintf("expired at %s, %.0f days after it came", m.expires.Format(time.RFC3339), m.expires.Sub(m.At).Hours()/24))
}

// remove forgets a medium but for what became of it.
func (l *library) remove(m *medium, gone string) {
	m.shelf.Remove(m.place)
	delete(l.byID, m.ID)
	l.size -= m.size
	if len(l.gone) >= l.limit {
		clear(l.gone)
	}
	l.gone[m.ID] = gone
}

func front(shelf *list.List) *medium {
	if e := shelf.Front(); e != nil {
		return e.Value.(*medium)
	}
	return nil
}

func (l *library) oldest() (oldest *medium) {
	for _, shelf := range l.shelves {
		if m := front(shelf); m != nil && (oldest == nil || m.n < oldest.n) {
			oldest = m
		}
	}
	return oldest
}
