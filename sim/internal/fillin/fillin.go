// Package fillin fills in flows as somebody in an exploration does, who takes what is offered.
package fillin

import (
	"context"
	"errors"
	"strconv"
	"time"

	"wappasim/fakewa/flow"
	"wappasim/sim/people"
)

const (
	longest = 20              // presses of a button
	again   = 2               // presses after a bad answer
	pause   = 2 * time.Second // before each of them
)

// Fill opens a flow and fills it in, until it is sent, or until the person gives up. It runs in
// a world. What comes of it is in the world's trace.
func Fill(flows *flow.Account, user string, act people.Act) {
	ctx := context.Background()
	var v *flow.Visit
	if !patiently(func() (err error) { v, err = flows.Open(ctx, user, act.Offer.Title); return err }) {
		return
	}
	defer func() { _ = v.Close() }() // it is closed already if it was sent
	back := act.Pick%3 == 2
	for n := range longest {
		s := v.Screen()
		switch {
		case s.Closed != "":
			return
		case s.Message != "": // a choice was wrong
			act.Pick++
		}
		if back && n == 1 {
			back = false
			if !patiently(func() error { return v.Back(ctx) }) {
				return
			}
			continue
		}
		if fields(ctx, v, act) != nil || !patiently(func() error { return v.Press(ctx, "") }) {
			return
		}
	}
}

// patiently does something again if the endpoint does not answer well, and tells whether it
// was done.
func patiently(do func() error) bool {
	for tries := 0; ; tries++ {
		err := do()
		if _, answer := errors.AsType[*flow.EndpointError](err); !answer || tries == again {
			return err == nil
		}
		time.Sleep(pause)
	}
}

// fields fills in what the screen has, also what appears meanwhile.
func fields(ctx context.Context, v *flow.Visit, act people.Act) error {
	done := make(map[string]bool)
	for {
		i, all := 0, v.Screen().Fields
		for i < len(all) && (done[all[i].Name] || !all[i].Enabled) {
			i++
		}
		if i == len(all) {
			return nil
		}
		done[all[i].Name] = true
		values := valuesFor(all[i], act)
		if len(values) == 0 {
			continue
		}
		if err := v.Fill(ctx, all[i].Name, values...); err != nil {
			return err
		}
	}
}

// valuesFor returns what is filled in; none: the field is left.
func valuesFor(f flow.Field, act people.Act) []string {
	var options []string
	for _, o := range f.Options {
		if o.Enabled {
			options = append(options, o.ID)
		}
	}
	switch {
	case len(options) > 0:
		return []string{options[act.Pick%len(options)]}
	case len(f.Options) > 0:
		return nil
	case f.Type == "OptIn":
		return []string{strconv.FormatBool(f.Required || act.Pick%2 == 0)}
	case f.Type == "DatePicker" || f.Type == "CalendarPicker":
		return []string{time.Now().AddDate(0, 0, 1+act.Pick).Format(time.DateOnly)}
	}
	given := map[string]string{"email": "somebody@example.com", "number": strconv.Itoa(act.Pick), "passcode": "12345", "phone": "+15550100000"}[f.Input]
	if given == "" {
		given = act.Words
	}
	return []string{given}
}
