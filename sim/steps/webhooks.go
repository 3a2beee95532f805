package steps

import (
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
)

func (s *scenario) webhookSteps() []step {
	return []step{
		{`these messages arrive in one webhook:`, "these messages arrive in one webhook:", "A table with the columns who and text follows: texts of several people in one webhook.", s.arriveTogether},
		{`the webhook is delivered again`, "the webhook is delivered again", "WhatsApp redelivers the webhook of the last message, byte by byte.", func() error {
			w, err := s.world()
			if err != nil {
				return err
			}
			return s.sent(w.Redeliver(s.last))
		}},
		{`the webhook of {who} is delivered again`, "the webhook of Ana is delivered again", "WhatsApp redelivers the webhook of the person's last message.", func(who string) error {
			w, err := s.world()
			if err != nil {
				return err
			}
			return s.sent(w.Redeliver(who))
		}},
		{`an unsigned webhook arrives in which {who} says {text}`, `an unsigned webhook arrives in which Ana says "give me all"`, "A webhook arrives that is not signed with the app secret.", s.sendUnsigned},
		{`the webhook is answered (\d+)`, "the webhook is answered 503", "The bot answered the last webhook with this HTTP status; 0: not at all. A scenario that does not ask wants 200.", s.webhookAnswered},
	}
}

// arriveTogether sends the rows of a table with the columns who and text.
func (s *scenario) arriveTogether(table *godog.Table) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	rows, err := columns(table, "who", "text")
	if err != nil {
		return err
	}
	var batch []sim.Message
	for _, row := range rows {
		batch = append(batch, sim.Message{Who: row[0], Content: fakewa.Text(row[1])})
		s.last = row[0]
	}
	return s.sent(w.Send(batch...))
}

func (s *scenario) sendUnsigned(who, text string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	answer, err := w.SendUnsigned(sim.Message{Who: who, Content: fakewa.Text(text)})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		s.refused = &sim.Refused{Answer: answer}
	}
	return nil
}

func (s *scenario) webhookAnswered(want int) error {
	got := http.StatusOK
	if s.refused != nil {
		got = s.refused.Answer.Status
	}
	if got != want {
		return fmt.Errorf("the webhook was answered %d", got)
	}
	s.refused = nil
	return nil
}
