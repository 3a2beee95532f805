package report

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
)

const (
	manyRetries = 3           // that make repeating a call a habit
	retryTime   = time.Hour   // after which the same call counts as a new one
	patientWait = time.Minute // between two calls, from which on it need not grow
)

// passing are the temporary errors that do not say so in is_transient, by Meta's error
// reference: rate limits, and failures on its side. 1 and 135000 are of either kind.
var passing = map[int]bool{
	1: true, 4: true, 80007: true, 130429: true, 131000: true, 131016: true, 131048: true, 131056: true, 131057: true,
	132069: true, 133008: true, 133009: true, 133015: true, 133016: true, 134102: true, 135000: true,
}

func temporary(e *graph.Error) bool {
	return e.Transient || passing[e.Code]
}

// permanent tells whether an error is known to stay until something else is done.
func permanent(e *graph.Error) bool {
	return !temporary(e) && graph.Title(e.Code) != "" && e.Status != http.StatusNotImplemented
}

// impatient looks at the time between a call and its repetitions.
func impatient(h *history) (found []Evidence) {
	for _, run := range h.runs(temporary) {
		var gaps []time.Duration
		for i, r := range run[1:] {
			gaps = append(gaps, r.At.Sub(run[i].At))
		}
		if h.still && slices.Max(gaps) == 0 {
			continue // nobody knows how long the bot waited
		}
		first, longest := gaps[0], slices.Max(gaps[1:])
		if first < time.Second || first < patientWait && longest < first*5/4 {
			found = append(found, ofCall(run[len(run)-1], fmt.Sprintf("call %d of the same, after %v", len(run), gaps[:manyRetries])))
		}
	}
	return found
}

// hopeless looks for calls that are repeated although their refusal is permanent.
func hopeless(h *history) (found []Evidence) {
	for _, run := range h.runs(permanent) {
		last := run[len(run)-1]
		if last.Error == nil || !permanent(last.Error) {
			if run = run[:len(run)-1]; len(run) <= manyRetries {
				continue
			}
			last = run[len(run)-1]
		}
		found = append(found, ofCall(last, fmt.Sprintf("call %d of the same, refused with %d", len(run), last.Error.Code)))
	}
	return found
}

// runs returns the calls that the bot repeated more than manyRetries times. Each run begins
// with a refusal of a kind, and ends with the first call that had another answer. Calls
// whose body the fake does not know are left out: they may differ.
func (h *history) runs(kind func(*graph.Error) bool) (runs [][]fakewa.Request) {
	type call struct{ method, path, body string }
	open := make(map[call][]fakewa.Request)
	end := func(c call) {
		if run := open[c]; len(run) > manyRetries {
			runs = append(runs, run)
		}
		delete(open, c)
	}
	var order []call
	for _, r := range h.requests {
		if r.Body == "" {
			continue
		}
		c := call{r.Method, path(r), r.Body}
		if run := open[c]; len(run) > 0 && h.unrelated(run[len(run)-1], r) {
			end(c)
		}
		if r.Error != nil && !r.Lost && kind(r.Error) {
			if open[c] = append(open[c], r); len(open[c]) == 1 {
				order = append(order, c)
			}
		} else if len(open[c]) > 0 {
			open[c] = append(open[c], r)
			end(c)
		}
	}
	for _, c := range order {
		end(c)
	}
	slices.SortStableFunc(runs, func(a, b []fakewa.Request) int { return a[len(a)-1].At.Compare(b[len(b)-1].At) })
	return runs
}

// unrelated tells whether a call is not a retry of an equal one: it comes much later, or the
// user wrote in between.
func (h *history) unrelated(first, second fakewa.Request) bool {
	return second.At.Sub(first.At) > retryTime || h.wrote(h.about(second), first.After, second.After)
}
