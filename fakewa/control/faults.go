package control

import (
	"net/http"
	"strconv"
	"time"

	"wappasim/fakewa"
)

// faultObject is a fault with its times in words.
type faultObject struct {
	fakewa.Fault
	Delay duration `json:"delay,omitempty"`
}

func faultObjects(s *fakewa.Server) []faultObject {
	objects := []faultObject{}
	for _, f := range s.Faults() {
		objects = append(objects, faultObject{f, duration(f.Delay)})
	}
	return objects
}

func listFaults(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"faults": faultObjects(s)}, nil
}

func injectFault(s *fakewa.Server, r *http.Request) (any, error) {
	var body faultObject
	if err := readBody(r, &body, `{"endpoint":"messages","code":131016,"times":3}`); err != nil {
		return nil, err
	}
	body.Fault.Delay = time.Duration(body.Delay)
	if err := body.Fault.Check(); err != nil {
		return nil, err
	}
	return created{map[string]int{"id": s.Inject(body.Fault)}}, nil
}

func removeFaults(s *fakewa.Server, _ *http.Request) (any, error) {
	for _, f := range s.Faults() {
		s.RemoveFault(f.ID)
	}
	return success, nil
}

func removeFault(s *fakewa.Server, r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !s.RemoveFault(id) {
		return nil, notFound("fakewa: no fault has the id %q; GET faults lists them", r.PathValue("id"))
	}
	return success, nil
}
