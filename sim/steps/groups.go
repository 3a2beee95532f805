package steps

import (
	"fmt"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/fakewa/group"
)

// groupSteps are about groups of the business. A group is named by its subject.
func (s *scenario) groupSteps() []step {
	return []step{
		{`the business makes the group {text}`, `the business makes the group "Trip"`, "Who has its invite link can join.", func(subject string) error {
			return s.post("groups", map[string]any{"subject": subject})
		}},
		{`the business makes the group {text} that wants approval`, `the business makes the group "Trip" that wants approval`, "Who has its invite link can ask to join.", func(subject string) error {
			return s.post("groups", map[string]any{"subject": subject, "join_approval_mode": "approval_required"})
		}},
		{`the business writes {text} to the group {text}`, `the business writes "hello" to the group "Trip"`, "Sends a text without the bot: each member receives it.", s.writeToGroup},
		{`the business removes {who} from the group {text}`, `the business removes Ana from the group "Trip"`, "They cannot join again.", func(who, subject string) error {
			return s.ofGroup(subject, "DELETE", "participants", func(g group.Group, user string) any {
				return map[string]any{"participants": []any{map[string]string{"user": user}}}
			}, who)
		}},
		{`the business lets {who} into the group {text}`, `the business lets Ana into the group "Trip"`, "Approves that the person joins.", func(who, subject string) error {
			return s.ofGroup(subject, "POST", "join_requests", func(g group.Group, user string) any {
				ids := []string{}
				for _, r := range g.Requests {
					if r.User == user {
						ids = append(ids, r.ID)
					}
				}
				return map[string]any{"join_requests": ids}
			}, who)
		}},
		{`{who} joins the group {text}`, `Ana joins the group "Trip"`, "Taps the invite link: the person is a member then, or has asked if the group wants approval.", s.grouping((*group.List).Join)},
		{`{who} leaves the group {text}`, `Ana leaves the group "Trip"`, "Or no longer asks to join.", s.grouping((*group.List).Leave)},
		{`{who} says {text} in the group {text}`, `Ana says "hello" in the group "Trip"`, "Sends a text to the group.", func(who, text, subject string) error {
			return s.speak(who, subject, fakewa.Text(text))
		}},
		{`{who} says in the group {text}:`, `Ana says in the group "Trip":`, "Sends a text to the group, which follows as a doc string.", func(who, subject string, text *godog.DocString) error {
			return s.speak(who, subject, fakewa.Text(text.Content))
		}},
		{`Meta suspends the group {text}`, `Meta suspends the group "Trip"`, "Nobody can send to it.", func(subject string) error {
			return s.meta(func(wa *fakewa.Server) error { return wa.Groups.Suspend(subject, true) })
		}},
		{`Meta clears the group {text}`, `Meta clears the group "Trip"`, "The group is suspended no longer.", func(subject string) error {
			return s.meta(func(wa *fakewa.Server) error { return wa.Groups.Suspend(subject, false) })
		}},
		{`the group {text} has (\d+) members?`, `the group "Trip" has 2 members`, "Beside the business.", func(subject string, want int) error {
			g, err := s.group(subject)
			if err == nil && len(g.Members) != want {
				err = fmt.Errorf("the group %q has the %d members %v", subject, len(g.Members), g.Members)
			}
			return err
		}},
	}
}

// group returns the group with a subject.
func (s *scenario) group(subject string) (g group.Group, err error) {
	err = s.meta(func(wa *fakewa.Server) error {
		found := false
		if g, found = wa.Groups.Find(subject); !found {
			return fmt.Errorf("there is no group %q", subject)
		}
		return nil
	})
	return g, err
}

// grouping has a person do something with a group.
func (s *scenario) grouping(do func(l *group.List, subject, user string) error) func(who, subject string) error {
	return func(who, subject string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		user := w.Number(who)
		return w.Meta(func(wa *fakewa.Server) error { return do(wa.Groups, subject, user) })
	}
}

// speak has a person send something to a group.
func (s *scenario) speak(who, subject string, content fakewa.Content) error {
	var message map[string]any
	err := s.grouping(func(l *group.List, subject, user string) (err error) {
		message, err = l.Speak(subject, user, content)
		return err
	})(who, subject)
	if err != nil {
		return err
	}
	return s.send(who, message)
}

func (s *scenario) writeToGroup(text, subject string) error {
	g, err := s.group(subject)
	if err != nil {
		return err
	}
	message := textMessage(text)
	message["recipient_type"], message["to"] = "group", g.ID
	return s.post("messages", message)
}

// ofGroup calls an edge of a group about a person.
func (s *scenario) ofGroup(subject, method, edge string, body func(g group.Group, user string) any, who string) error {
	g, err := s.group(subject)
	if err != nil {
		return err
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	content := body(g, w.Number(who)).(map[string]any)
	content["messaging_product"] = "whatsapp"
	return s.call(method, "/"+g.ID+"/"+edge, content)
}
