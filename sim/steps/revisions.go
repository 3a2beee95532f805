package steps

import (
	"wappasim/fakewa"
	"wappasim/fakewa/revision"
	"wappasim/sim"
	"wappasim/sim/people"
)

// revisionSteps are what people do to messages that they have sent.
func (s *scenario) revisionSteps() []step {
	return []step{
		{`{who} edits {text} to {text}`, `Ana edits "one" to "two"`, "Gives the person's latest message with these words others: a text, or a caption. It fails after 15 minutes, as on a phone.", func(who, of, words string) error {
			return s.revise(who, people.Edit(of, words))
		}},
		{`{who} deletes {text}`, `Ana deletes "one"`, "Deletes the person's latest message with these words, for everyone. It fails after two days, as on a phone.", func(who, of string) error {
			return s.revise(who, people.Delete(of))
		}},
	}
}

// revise has a person edit or delete a message.
func (s *scenario) revise(who string, act people.Act) error {
	s.last = who
	if s.beside {
		return s.take(sim.Step{Who: who, Act: act})
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	all := w.Conversation(who)
	id, err := revision.Find(all, act.Of)
	if err != nil {
		return err
	}
	var content fakewa.Content
	if act.Kind == people.Deletes {
		content, err = revision.Delete(all, w.Now(), id)
	} else {
		content, err = revision.Edit(all, w.Now(), id, act.Words)
	}
	if err != nil {
		return err
	}
	return s.sent(w.Send(sim.Message{Who: who, Content: content}))
}
