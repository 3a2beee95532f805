package fakewa

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// faultObject is a fault with its times in words.
type faultObject struct {
	Fault
	Delay duration `json:"delay,omitempty"`
}

func (s *Server) controlFaults(*http.Request) (any, error) {
	faults := []faultObject{}
	for _, f := range s.Faults() {
		faults = append(faults, faultObject{f, duration(f.Delay)})
	}
	return map[string]any{"faults": faults}, nil
}

func (s *Server) controlInject(r *http.Request) (any, error) {
	var body faultObject
	if err := read(r, &body, `{"endpoint":"messages","code":131016,"times":3}`); err != nil {
		return nil, err
	}
	body.Fault.Delay = time.Duration(body.Delay)
	if err := body.Fault.Check(); err != nil {
		return nil, err
	}
	if body.User != "" {
		if err := checkUser(body.User); err != nil {
			return nil, err
		}
	}
	return created{map[string]int{"id": s.inject(body.Fault)}}, nil
}

func (s *Server) controlClearFaults(*http.Request) (any, error) {
	for _, f := range s.Faults() {
		s.RemoveFault(f.ID)
	}
	return success, nil
}

func (s *Server) controlRemoveFault(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !s.RemoveFault(id) {
		return nil, &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no fault %q", r.PathValue("id"))}
	}
	return success, nil
}
