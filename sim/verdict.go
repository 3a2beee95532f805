package sim

import (
	"fmt"
	"slices"
)

// verdict returns why each violated property is violated, which violations were
// excused, and which rare paths were taken.
func verdict(r run, properties []Property) (violated map[string]string, excused, taken []string) {
	violated = make(map[string]string)
	if r.err != nil {
		violated[running] = r.err.Error()
	}
	for _, p := range properties {
		found := p.Check(r.trace)
		if p.sometimes {
			if found == nil {
				taken = append(taken, p.Name)
			}
			continue
		}
		for _, v := range found {
			if kind := r.excuse(p, v); kind != "" {
				excused = append(excused, fmt.Sprintf("%s (fault: %s)", p.Name, kind))
			} else if violated[p.Name] == "" {
				violated[p.Name] = v.Why
			}
		}
	}
	return violated, excused, taken
}

// excuse returns the kind of the fault that excuses a violation; "": none does.
func (r run) excuse(p Property, v Violation) FaultKind {
	for _, e := range r.excused {
		over := v.At
		if v.Until.After(over) {
			over = v.Until
		}
		if slices.Contains(p.Assumes, e.assumption) && !over.Before(e.from) && !v.At.After(e.to) {
			return e.of
		}
	}
	return ""
}
