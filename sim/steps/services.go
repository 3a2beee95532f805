package steps

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/model"
)

func (s *scenario) serviceSteps() []step {
	return []step{
		{`the service (\S+) was called (\d+) times?`, "the service pay.example.com was called 2 times", "So many calls of the bot have reached the service in this scenario.", s.serviceCalled},
		{`the service (\S+) was not called`, "the service pay.example.com was not called", "No call has reached the service.", func(name string) error { return s.serviceCalled(name, 0) }},
		{`the service (\S+) was called with ([A-Z]+) (/\S*)`, "the service pay.example.com was called with POST /payments", "A call with this method and path has reached the service.", s.serviceCalledWith},
		{`the service (\S+) was sent:`, "the service pay.example.com was sent:", "The body of the last call has each line of the doc string in it.", s.serviceSent},
		{`there is a language model at (https?://\S+)`, "there is a language model at https://api.openai.com", "Puts a service with the chat completions of OpenAI's API there. It comes before what people do.", s.putModel},
		{`the language model answers "([^"]*)"`, `the language model answers "I do not know."`, "So it answers each question from now on.", func(answer string) error { return s.modelAnswers(answer, "") }},
		{`the language model answers "([^"]*)" to a question with "([^"]*)"`, `the language model answers "From nine to five." to a question with "opening hours"`, "So it answers each question from now on in which the user's last message has these words, in small or capital letters. Of several such steps the last one holds.", s.modelAnswers},
		{`the language model takes (\d+) requests? a minute`, "the language model takes 3 requests a minute", "It answers more with 429.", func(n int) error { return s.withModel(func(m *model.Model) { m.Limit(n) }) }},
		{`the next answer of the language model is (cut|malformed|too long|filtered)`, "the next answer of the language model is cut", "The connection breaks in the middle, or the JSON does, or the text ends there (finish_reason length), or there is no text (content_filter).", func(how string) error {
			return s.withModel(func(m *model.Model) { m.Fail(model.Failure(how), 1) })
		}},
		{`the language model was asked "([^"]*)"`, `the language model was asked "opening hours"`, "The last message of the user in the last question has these words in it.", s.modelAsked},
	}
}

// serviceCalls returns the calls to a service, which only a world has.
func (s *scenario) serviceCalls(name string) ([]sim.ServiceCall, error) {
	w, err := s.world()
	if err != nil {
		return nil, err
	}
	world, ok := w.(*sim.World)
	if !ok {
		return nil, skip("it %s", needsServices)
	}
	return world.ServiceCalls(name)
}

func (s *scenario) serviceCalled(name string, want int) error {
	calls, err := s.serviceCalls(name)
	if err == nil && len(calls) != want {
		err = fmt.Errorf("it was called %d times:\n%s", len(calls), listed(calls))
	}
	return err
}

func (s *scenario) serviceCalledWith(name, method, path string) error {
	calls, err := s.serviceCalls(name)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.Method == method && pathOf(c) == path {
			return nil
		}
	}
	return fmt.Errorf("it was called with:\n%s", listed(calls))
}

func (s *scenario) serviceSent(name string, lines *godog.DocString) error {
	calls, err := s.serviceCalls(name)
	if err != nil {
		return err
	}
	if len(calls) == 0 {
		return errors.New("it was not called")
	}
	last := calls[len(calls)-1].Body
	for line := range strings.Lines(lines.Content) {
		if line = strings.TrimSpace(line); !strings.Contains(last, line) {
			return fmt.Errorf("it was sent no %q:\n%s", line, last)
		}
	}
	return nil
}

// listed writes calls, each in a line.
func listed(calls []sim.ServiceCall) string {
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "  %s %s %s, answered %d\n", c.Who, c.Method, pathOf(c), c.Status)
	}
	return cmp.Or(b.String(), "  nothing\n")
}

// pathOf returns the path of a call; its query may hold secrets.
func pathOf(c sim.ServiceCall) string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return "" // it was called
	}
	return cmp.Or(u.Path, "/")
}

func (s *scenario) putModel(base string) error {
	if s.model != nil {
		return errors.New("there is a language model already")
	}
	m := model.New(model.Config{})
	if err := s.set(sim.Service(base, m)); err != nil {
		return err
	}
	s.model = m
	return nil
}

// withModel does something to the language model, if there is one.
func (s *scenario) withModel(do func(*model.Model)) error {
	if s.model == nil {
		return errors.New(`there is no language model: say first where, as in "there is a language model at https://api.openai.com"`)
	}
	do(s.model)
	return nil
}

// modelAnswers sets the answer to questions with these words; "": to all.
func (s *scenario) modelAnswers(answer, words string) error {
	return s.withModel(func(m *model.Model) {
		m.Add(model.Rule{Like: regexp.MustCompile("(?i)" + regexp.QuoteMeta(words)), Answers: []string{answer}})
	})
}

func (s *scenario) modelAsked(words string) (err error) {
	if _, err := s.world(); err != nil {
		return err
	}
	return cmp.Or(s.withModel(func(m *model.Model) {
		questions := m.Questions()
		if len(questions) == 0 {
			err = errors.New("it was asked nothing")
		} else if last := questions[len(questions)-1].Text; !strings.Contains(last, words) {
			err = fmt.Errorf("it was asked %q", last)
		}
	}), err)
}
