package media

import (
	"fmt"
	"time"
)

// How long Meta keeps media.
const (
	UploadLifetime  = 30 * 24 * time.Hour
	InboundLifetime = 7 * 24 * time.Hour
)

func (f *File) lifetime() time.Duration {
	if f.Inbound {
		return InboundLifetime
	}
	return UploadLifetime
}

func (e *Entry) expired(now time.Time) bool { return !now.Before(e.expires) }

// expire removes an entry whose lifetime is over.
func (s *Store) expire(e *Entry) {
	s.Remove(e, fmt.Sprintf("expired at %s, %.0f days after it was uploaded or sent", e.expires.Format(time.RFC3339), e.expires.Sub(e.At).Hours()/24))
}

// removeExpired removes all entries whose lifetime is over.
func (s *Store) removeExpired(now time.Time) {
	for _, queue := range s.queues {
		for e := front(queue); e != nil && e.expired(now); e = front(queue) {
			s.expire(e)
		}
	}
}
