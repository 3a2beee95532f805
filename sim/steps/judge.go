package steps

import (
	"fmt"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/duration"
)

// looks is how often a step looks at what a running bot has done.
const looks = 20 * time.Millisecond

// eventually tells whether something holds: in a world it looks once, since everything
// has happened there; with a running bot it looks until the tolerance is over.
func (s *scenario) eventually(is func() bool) bool {
	if s.live == nil {
		return is()
	}
	for deadline := time.Now().Add(s.live.cfg.Tolerance); ; time.Sleep(looks) {
		if is() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// fresh returns the messages of a person since a step last looked.
func (s *scenario) fresh(w stage, who string) []fakewa.Message {
	inbox := w.Inbox(who) // nil in a world that is stuck
	return inbox[min(s.checked[who], len(inbox)):]
}

// receives judges the messages of a person since a step last looked. With a running
// bot, messages within the tolerance may belong to the next step. Wanted says in words what
// is right.
func (s *scenario) receives(who, wanted string, right func(fresh []fakewa.Message) bool) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	var fresh []fakewa.Message
	asked := w.Now()
	if s.eventually(func() bool {
		fresh = s.fresh(w, who)
		for n := len(fresh); n >= 0; n-- {
			if right(fresh[:n]) {
				s.checked[who] += n
				return true
			}
			if n > 0 && (s.live == nil || asked.Sub(fresh[n-1].At) > s.live.cfg.Tolerance) {
				return false // the message came before this step
			}
		}
		return false
	}) {
		return nil
	}
	s.checked[who] += len(fresh)
	return s.unlike(w, who, wanted, fresh)
}

// receivesWithin lets time pass until the messages of a person since a step last looked
// begin with such that are right, but for so long at most.
func (s *scenario) receivesWithin(who, wanted string, right func(fresh []fakewa.Message) bool, longest string) error {
	d, err := duration.Parse(longest)
	if err != nil {
		return err
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	var fresh []fakewa.Message
	n := 0
	came, err := w.WaitFor(d, func() bool {
		fresh = s.fresh(w, who)
		for n = 1; n <= len(fresh); n++ {
			if right(fresh[:n]) {
				return true
			}
		}
		return false
	})
	if came || err != nil {
		s.checked[who] += n
		return err
	}
	s.checked[who] += len(fresh)
	return s.unlike(w, who, "within "+longest+" "+wanted, fresh)
}

// unlike says what was wanted and what came.
func (s *scenario) unlike(w stage, who, wanted string, fresh []fakewa.Message) error {
	got := count(len(fresh)) + ":\n" + describe(fresh)
	if len(fresh) == 0 {
		got = "nothing" + s.whyNothing(w)
	}
	if !strings.HasSuffix(wanted, "\n") {
		wanted += ", "
	}
	return fmt.Errorf("%s: wanted %sgot %s", who, wanted, got)
}

// whyNothing says what the bot's last call to the Graph API has to do with it that
// nothing came.
func (s *scenario) whyNothing(w stage) string {
	calls := w.Requests()
	if len(calls) == 0 {
		if s.live != nil {
			return "; the bot has not called the Graph API at " + s.live.Addr()
		}
		return "; the bot has not called the Graph API"
	}
	switch last := calls[len(calls)-1]; {
	case last.Error != nil:
		return fmt.Sprintf("; the bot's last call was refused with %d: %s", last.Status, last.Error)
	case last.Failed != 0:
		return fmt.Sprintf("; WhatsApp accepted the bot's last message, and could not deliver it: code %d", last.Failed)
	}
	return ""
}

// describe writes messages with their times, a line each and more for those of several
// lines.
func describe(messages []fakewa.Message) string {
	var lines []string
	for _, m := range messages {
		lines = append(lines, indented(m.At.Format("15:04:05.999")+" "+m.String()))
	}
	return strings.Join(lines, "\n")
}

// indent is how much further lines of an error stand in.
const indent = "    "

func indented(text string) string { return indent + strings.ReplaceAll(text, "\n", "\n"+indent) }
