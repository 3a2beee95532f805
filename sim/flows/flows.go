// Package flows is people in a world who fill in WhatsApp Flows: the world's phone asks the
// bot's endpoint, encrypted, and time passes meanwhile.
//
//	form, err := flows.Open(w, "Ana", "Tell us")
//	if err != nil {
//		return err
//	}
//	if err := form.Fill("Your name", "Ana"); err != nil {
//		return err
//	}
//	return form.Press("")
//
// Package wappasim/fakewa/flow has the rules. In an exploration, people.Filler is somebody who
// fills in flows.
package flows

import (
	"context"
	"errors"
	"fmt"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
)

// Form is a flow that a person has open.
type Form struct {
	world *sim.World
	who   string
}

// Open has a person open the flow of the latest message whose button has a title; "": any.
// The errors of it and of the methods of Form are those of [flow.Account.Open] and of
// [flow.Visit], but for an answer other than 200 to the webhook with what was filled in, which
// is a [*sim.Refused].
func Open(w *sim.World, who, button string) (*Form, error) {
	f := &Form{w, who}
	return f, f.do(func(ctx context.Context, flows *flow.Account, user string) error {
		_, err := flows.Open(ctx, user, button)
		return err
	})
}

// do does something in the world.
func (f *Form) do(act func(ctx context.Context, flows *flow.Account, user string) error) error {
	user := f.world.Number(f.who)
	err := inside.Do(f.world, "the endpoint of a flow", func(s *fakewa.Server) error {
		return act(context.Background(), s.Config().Flows, user)
	})
	if refused, ok := errors.AsType[*flow.ReplyError](err); ok {
		return &sim.Refused{Answer: fakewa.Answer{Status: refused.Status, Body: refused.Body, Error: refused.Why}}
	}
	return err
}

// visit does something in the flow that is open.
func (f *Form) visit(act func(ctx context.Context, v *flow.Visit) error) error {
	return f.do(func(ctx context.Context, flows *flow.Account, user string) error {
		v := flows.Visit(user)
		if v == nil {
			return fmt.Errorf("flows: %s has opened no flow", f.who)
		}
		return act(ctx, v)
	})
}

// Fill fills in a field, by its label or name; see [flow.Visit.Fill].
func (f *Form) Fill(field string, values ...string) error {
	return f.visit(func(ctx context.Context, v *flow.Visit) error { return v.Fill(ctx, field, values...) })
}

// Press presses a button; "" is the footer. See [flow.Visit.Press].
func (f *Form) Press(button string) error {
	return f.visit(func(ctx context.Context, v *flow.Visit) error { return v.Press(ctx, button) })
}

// Back goes back to the screen before; see [flow.Visit.Back].
func (f *Form) Back() error {
	return f.visit(func(ctx context.Context, v *flow.Visit) error { return v.Back(ctx) })
}

// Close closes the flow without sending anything.
func (f *Form) Close() error {
	return f.visit(func(_ context.Context, v *flow.Visit) error { return v.Close() })
}

// Screen returns what is on the phone.
func (f *Form) Screen() (s flow.Screen, err error) {
	err = f.visit(func(_ context.Context, v *flow.Visit) error { s = v.Screen(); return nil })
	return s, err
}
