package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
	"wappasim/fakewa/revision"
	"wappasim/sim/internal/fillin"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// Step is one thing that happens in a run: a person acts, or a fault begins.
type Step struct {
	At    time.Duration // since the run began
	Who   string        // "": Fault begins
	Act   people.Act
	Fault Fault
}

// String writes the step as a line.
func (s Step) String() string {
	what := s.Fault.String()
	if s.Who != "" {
		what = s.Who + " " + s.Act.String()
	}
	return fmt.Sprintf("%14s  %s", s.At, what)
}

// Take lets a step happen as in an [Explore]: time passes until At after [New] has returned, if
// that has not come, and Take does not wait for the step's effects. A step that is
// impossible is an error, like a tap on what nobody offers.
func (w *World) Take(s Step) error {
	return w.do(func() error {
		if err := w.passUntil(w.began.Add(s.At)); err != nil {
			return err
		}
		possible, err := w.take(s)
		if err == nil && !possible {
			err = fmt.Errorf("sim: it is not possible that %s %s", s.Who, s.Act)
		}
		return err
	})
}

// take lets a step happen, and does not wait for its effects. It tells whether it could: a
// person cannot tap what nobody offers.
func (w *World) take(s Step) (possible bool, err error) {
	if s.Who == "" {
		return true, w.applyBeside(s.Fault)
	}
	user := w.Number(s.Who)
	phone := w.fake.Phone(user)
	switch s.Act.Kind {
	case people.Sends:
		return true, w.writeBeside(Message{s.Who, s.Act.Content})
	case people.Taps:
		content, ok := tapped(phone, s.Act)
		if !ok {
			return false, nil
		}
		return true, w.writeBeside(Message{s.Who, content})
	case people.Reacts:
		inbox := phone.Inbox()
		if len(inbox) == 0 {
			return false, nil
		}
		return true, w.writeBeside(Message{s.Who, fakewa.Reaction(inbox[len(inbox)-1].ID, s.Act.Emoji)})
	case people.Edits, people.Deletes:
		content, err := w.revised(user, s.Act)
		if err != nil {
			return false, nil
		}
		return true, w.writeBeside(Message{s.Who, content})
	case people.Fills:
		if !w.fillBeside(user, s.Act) {
			return false, nil
		}
	case people.Reads:
		phone.Read()
	case people.Blocks, people.Unblocks:
		profile := phone.Profile()
		if profile.Blocks == (s.Act.Kind == people.Blocks) {
			return false, nil
		}
		profile.Blocks = !profile.Blocks
		phone.SetProfile(profile)
	default:
		return false, nil
	}
	w.trace.Add(trace.Event{Who: user, What: trace.Acts, Text: s.Act.String()})
	return true, nil
}

// revised returns what a phone sends when its user edits or deletes a message.
func (w *World) revised(user string, act people.Act) (fakewa.Content, error) {
	all := w.fake.Conversation(user)
	id, err := revision.Find(all, act.Of)
	if err != nil {
		return nil, err
	}
	if act.Kind == people.Deletes {
		return revision.Delete(all, time.Now(), id)
	}
	return revision.Edit(all, time.Now(), id, act.Words)
}

// watchFlows notes in the trace what people send when they have filled in a flow.
func (w *World) watchFlows() {
	w.fake.Config().Flows.Watch(func(user, id string) {
		if m, kept := w.fake.Message(id); kept {
			w.trace.Add(trace.Event{Who: user, What: trace.Says, To: "whatsapp", IDs: []string{id}, Type: m.Type, Text: m.String()})
		}
	})
}

// fillBeside has a user fill in a flow while time passes. It tells whether they could: nobody
// fills in two at once, or one that was not offered.
func (w *World) fillBeside(user string, act people.Act) bool {
	flows := w.fake.Config().Flows
	offers := func(m fakewa.Message) bool {
		return slices.ContainsFunc(m.Choices, func(c message.Choice) bool { return c.Kind == "flow" && c.Title == act.Offer.Title })
	}
	if v := flows.Visit(user); v != nil && v.Screen().Closed == "" || !slices.ContainsFunc(w.fake.Phone(user).Inbox(), offers) {
		return false
	}
	w.background.Go(func() { fillin.Fill(flows, user, act) })
	return true
}

// tapped returns what a phone sends when its user taps, if that is offered.
func tapped(phone *fakewa.Phone, act people.Act) (content fakewa.Content, ok bool) {
	later := act.Later
	inbox := phone.Inbox()
	for i := len(inbox) - 1; i >= 0; i-- {
		for _, c := range inbox[i].Choices {
			if !c.Sends() || c.ID != act.Offer.ID || c.Title != act.Offer.Title {
				continue
			}
			if later == 0 {
				content, err := phone.Choose(cmp.Or(c.ID, c.Title), inbox[i].ID)
				return content, err == nil
			}
			later--
			break
		}
	}
	return nil, false
}
