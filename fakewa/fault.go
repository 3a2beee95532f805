package fakewa

import (
	"net/http"
	"time"
	"wappasim/fakewa/graph"
)

// Fault is trouble that the Graph API gives a bot.
type Fault struct {
	Delay  time.Duration // before the call is looked at
	Code   int           // Meta's error code to refuse it with; 0: it is not refused
	Silent bool          // the call is neither looked at nor ever answered
	Lost   bool          // the call is dealt with, and the connection breaks before the answer
	Fails  int           // the message is taken, and not delivered: its status is failed, with this code of Meta's
	Times  int           // calls it meets; 0: all until it is removed
}

// Inject makes the coming calls meet a fault. Of several faults, a call meets
// the oldest. Remove ends it.
func (s *Server) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop(&f)
	}
}

// drop removes a fault. The caller holds mu.
func (s *Server) drop(f *Fault) {
	for i := range s.faults {
		if s.faults[i] == f {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
			return
		}
	}
}

// meet makes a call meet the fault whose turn it is, and returns it, with the
// refusal if it is one.
func (s *Server) meet(r *http.Request) (f Fault, refused *graph.Error) {
	s.mu.Lock()
	if len(s.faults) > 0 {
		first := s.faults[0]
		f = *first
		if first.Times > 0 {
			if first.Times--; first.Times == 0 {
				s.drop(first)
			}
		}
	}
	s.mu.Unlock()
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done(): // nobody waits for the answer any more
		case <-s.closing.Done():
		}
	}
	if f.Silent {
		select {
		case <-r.Context().Done():
		case <-s.closing.Done():
		}
		f.Lost = true
		return f, nil
	}
	if f.Code == 0 {
		return f, nil
	}
	refused = graph.New(f.Code, "A fault of the test.")
	if f.Code == http.StatusTooManyRequests { // not a code of Meta's: the bare status
		refused = graph.New(130429, "A fault of the test.")
		refused.Status = f.Code
	}
	return f, refused
}
