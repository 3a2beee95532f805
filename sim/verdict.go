package sim

import (
	"fmt"
	"slices"
)

// verdict returns why each broken property is, what was excused, and which rare
// paths were taken.
func verdict(r run, properties []Property) (broken map[string]string, excused, taken []string) {
	broken = make(map[string]string)
	if r.err != nil {
		broken[running] = r.err.Error()
	}
	for _, p := range properties {
		found := p.Check(r.trace)
		if p.sometimes {
			if found == nil {
				taken = append(taken, p.Name)
			}
			continue
		}
		for _, b := range found {
			if of := r.excuse(p, b); of != "" {
				excused = append(excused, fmt.Sprintf("%s, though %s", p.Name, of))
			} else if broken[p.Name] == "" {
				broken[p.Name] = b.Why
			}
		}
	}
	return broken, excused, taken
}

// excuse returns the kind of fault that excuses what is broken, if any does.
func (r run) excuse(p Property, b Violation) string {
	for _, e := range r.excused {
		over := b.At
		if b.Until.After(over) {
			over = b.Until
		}
		if slices.Contains(p.Assumes, e.assumption) && !over.Before(e.from) && !b.At.After(e.to) {
			return string(e.of)
		}
	}
	return ""
}
