package steps

import (
	"fmt"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/call"
	"wappasim/sim/duration"
)

// callSteps are about calls with the business.
func (s *scenario) callSteps() []step {
	return []step{
		{`the business takes calls`, "the business takes calls", "Calls are enabled, which they are not at first.", func() error {
			return s.meta(func(wa *fakewa.Server) error { wa.Calls.Enable(true); return nil })
		}},
		{`{who} calls the business`, "Ana calls the business", "It rings for 30 to 60 seconds, unless the bot answers.", s.calling(func(l *call.Line, user string) error {
			_, err := l.Dial(user)
			return err
		})},
		{`{who} picks up`, "Ana picks up", "The person answers a call of the business.", s.calling((*call.Line).PickUp)},
		{`{who} declines the call`, "Ana declines the call", "The person does not want to speak.", s.calling((*call.Line).Decline)},
		{`{who} hangs up`, "Ana hangs up", "The person ends the call.", s.calling((*call.Line).HangUp)},
		{`{who} allows calls for a week`, "Ana allows calls for a week", "Answers the last request of the business, or says so in its profile.", func(who string) error { return s.permits(who, true, false) }},
		{`{who} allows calls for good`, "Ana allows calls for good", "Answers the last request of the business, or says so in its profile.", func(who string) error { return s.permits(who, true, true) }},
		{`{who} refuses calls`, "Ana refuses calls", "Answers the last request of the business, or takes back what was allowed.", func(who string) error { return s.permits(who, false, false) }},
		{`the business asks {who} whether it may call`, "the business asks Ana whether it may call", "Sends a request, of which WhatsApp takes one in 24 hours and two in 7 days.", func(who string) error {
			return s.write(who, map[string]any{"type": "interactive", "interactive": map[string]any{
				"type": "call_permission_request", "body": map[string]string{"text": "May we call you?"},
				"action": map[string]string{"name": "call_permission_request"},
			}})
		}},
		{`the business calls {who}`, "the business calls Ana", "The business calls without its bot, which gets the webhooks all the same.", s.callOut},
		{`the call with {who} is (ringing|live|over)`, "the call with Ana is live", "Looks at the last call.", s.callIs},
		{`the call with {who} lasted {time}`, "the call with Ana lasted 2 minutes", "The last call is over and took so long from when it was answered, to the second; 0 seconds if it was not.", s.callLasted},
	}
}

// meta has something happen at Meta.
func (s *scenario) meta(f func(*fakewa.Server) error) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Meta(f)
}

// calling has a person do something with a call.
func (s *scenario) calling(do func(l *call.Line, user string) error) func(who string) error {
	return func(who string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		user := w.Number(who)
		return w.Meta(func(wa *fakewa.Server) error { return do(wa.Calls, user) })
	}
}

// permits has a person send whether the business may call.
func (s *scenario) permits(who string, allowed, permanent bool) error {
	var reply map[string]any
	err := s.calling(func(l *call.Line, user string) (err error) {
		if allowed {
			reply, err = l.Allow(user, permanent)
		} else {
			reply, err = l.Refuse(user)
		}
		return err
	})(who)
	if err != nil {
		return err
	}
	return s.send(who, reply)
}

func (s *scenario) callOut(who string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	return s.post("calls", map[string]any{
		"to": w.Number(who), "action": "connect", "session": map[string]string{"sdp_type": "offer", "sdp": "v=0\r\n"},
	})
}

// lastCall returns the last call with a person.
func (s *scenario) lastCall(who string) (c call.Call, err error) {
	found := false
	err = s.calling(func(l *call.Line, user string) error {
		c, found = l.Find(user)
		return nil
	})(who)
	if err == nil && !found {
		err = fmt.Errorf("there was no call with %s", who)
	}
	return c, err
}

func (s *scenario) callIs(who, state string) error {
	c, err := s.lastCall(who)
	if err == nil && string(c.State) != state {
		err = fmt.Errorf("the call with %s is %s", who, c.State)
	}
	return err
}

func (s *scenario) callLasted(who, long string) error {
	want, err := duration.Parse(long)
	if err != nil {
		return err
	}
	c, err := s.lastCall(who)
	if err != nil {
		return err
	}
	lasted := time.Duration(0)
	if !c.Answered.IsZero() {
		lasted = c.Ended.Sub(c.Answered)
	}
	if c.State != call.Over || lasted.Truncate(time.Second) != want {
		return fmt.Errorf("the call with %s is %s, and lasted %s", who, c.State, lasted)
	}
	return nil
}
