// Package scene writes a talk with a bot in a world down while it goes on, and then as a
// scenario or as a Go test, which pass.
//
//	s := scene.New(w)
//	err := s.Act(s.Actor("Ana")+` says "hello"`, `w.Say("`+s.Actor("Ana")+`", "hello")`, func() error { return w.Say("Ana", "hello") })
//	text := s.Feature("hello")
//
// The steps are those of sim/steps, which this package does not know.
package scene

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/duration"
	"wappasim/sim/internal/person"
)

// Scene is a talk so far. It is used by one goroutine at a time.
type Scene struct {
	world  *sim.World
	began  time.Time
	at     time.Time // until when the steps go
	steps  []step
	heard  map[string]int // messages of the bot, by number
	people []string       // as they were named
}

// step is a step of the scenario, and a statement of the Go test.
type step struct {
	text    string // with its doc string
	code    string // a call that returns an error, or "receives(…)"
	about   string // a comment behind the code, with its mark; "": there is none
	refused string // the status of the bot's answer to the webhook; "": 200
}

// New returns the scene of a world that has just begun.
func New(w *sim.World) *Scene {
	now := w.Now()
	return &Scene{world: w, began: now, at: now, heard: make(map[string]int)}
}

// Name notes that somebody is called so: a name that can stand in a scenario does, in the place
// of the number.
func (s *Scene) Name(who string) {
	if !slices.Contains(s.people, who) {
		s.people = append(s.people, who)
	}
}

// Actor is how steps and their code call a person until they are written: by number, marked.
func (s *Scene) Actor(who string) string { return "\x00" + s.world.Number(who) + "\x00" }

// Act does something and writes it down as a step and as the Go code that does it, unless it
// could not be done. What the bot said before comes before it. Without a step, Act only does it.
func (s *Scene) Act(text, code string, do func() error) error {
	if text == "" {
		return do()
	}
	s.Listen() // so that the time which has passed stands before it
	n := len(s.steps)
	s.steps = append(s.steps, step{text: "When " + text, code: code})
	err := do()
	if refused, ok := errors.AsType[*sim.Refused](err); ok {
		s.steps[n].refused = fmt.Sprint(refused.Answer.Status)
		s.steps = append(s.steps, step{text: fmt.Sprintf("Then the webhook is answered %d", refused.Answer.Status)})
	} else if err != nil {
		s.steps = s.steps[:n]
	}
	return err
}

// Note writes down, as a comment, that something was done for which there is no step.
func (s *Scene) Note(what string) {
	s.Listen()
	what = "# not in words of a scenario: " + strings.Join(strings.Fields(what), " ")
	s.steps = append(s.steps, step{text: what, code: "//" + what[1:]})
}

// Listen writes down the time that has passed and what the bot has said. Act and the others do
// so too.
func (s *Scene) Listen() {
	now := s.world.Now()
	if passed := now.Sub(s.at); passed > 0 {
		s.steps = append(s.steps, step{text: "When " + duration.Format(passed) + " pass", code: fmt.Sprintf("w.Wait(%d)", passed), about: " // " + passed.String()})
		s.at = now
	}
	var users []string
	for _, m := range s.world.Sent() {
		if !slices.Contains(users, m.User) {
			users = append(users, m.User)
		}
	}
	for _, user := range users {
		inbox := s.world.Inbox(user) // without what has not arrived
		var texts []string
		for _, m := range inbox[min(s.heard[user], len(inbox)):] {
			texts = append(texts, m.String())
		}
		s.heard[user] = len(inbox)
		if len(texts) == 0 {
			continue
		}
		heard := step{code: fmt.Sprintf("receives(%q, %s)", s.Actor(user), goList(texts))}
		if len(texts) == 1 {
			heard.text = fmt.Sprintf("Then %s receives:\n%s", s.Actor(user), docString(texts[0]))
		} else {
			heard.text = fmt.Sprintf("Then %s receives %d texts of at most 4096 characters, and between them:\n%s", s.Actor(user), len(texts), docString(strings.Join(texts, "\n")))
		}
		s.steps = append(s.steps, heard)
	}
}

// Feature returns the talk so far as a scenario, which begins with the given steps.
func (s *Scene) Feature(title string, given ...string) string {
	s.Listen()
	var b strings.Builder
	fmt.Fprintf(&b, "Feature: %s\n\n  Scenario: %s\n    Given the time is %s\n", title, title, s.began.Format(clock(s.began)))
	for _, line := range given {
		fmt.Fprintf(&b, "    And %s\n", line)
	}
	names := s.names()
	for _, step := range s.steps {
		fmt.Fprintf(&b, "    %s\n", named(step.text, names))
	}
	return b.String()
}

// clock is how a time is written: with a fraction if it has one.
func clock(t time.Time) string {
	if t.Nanosecond() > 0 {
		return "2006-01-02 15:04:05.999999999"
	}
	return time.DateTime
}

// Spoken returns who was named, in that order.
func (s *Scene) Spoken() []string { return slices.Clone(s.people) }

// People returns those who go by their names in the scenario, in the order of their numbers.
func (s *Scene) People() (all []string) {
	names := s.names()
	for _, who := range s.people {
		if names[s.world.Number(who)] == who {
			all = append(all, who)
		}
	}
	return all
}

// Plain returns a text with people's names, or their numbers, in the place of Actor's marks.
func (s *Scene) Plain(text string) string { return named(text, s.names()) }

var marked = regexp.MustCompile("(?:\x00|\\\\x00)([^\x00\\\\]*)(?:\x00|\\\\x00)") // also as %q writes it

// names returns people's names by number, if all have names that can stand in a scenario.
func (s *Scene) names() map[string]string {
	names := make(map[string]string)
	for _, who := range s.people {
		switch number := s.world.Number(who); {
		case person.Name.MatchString(who):
			names[number] = who
		case number != fakewa.Number(who): // a name for the talk only: numbers go by the first appearance of names
			return nil
		}
	}
	return names
}

// named puts people's names, or else their numbers, where they are marked.
func named(text string, names map[string]string) string {
	return marked.ReplaceAllStringFunc(text, func(mark string) string {
		number := marked.FindStringSubmatch(mark)[1]
		return cmp.Or(names[number], number)
	})
}

// docString writes a text as Gherkin's doc string, under a step.
func docString(text string) string {
	var b strings.Builder
	b.WriteString("      \"\"\"\n")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, `"""`, `\"\"\"`), "\n") {
		if line != "" {
			line = "      " + line
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("      \"\"\"")
	return b.String()
}

// Quote writes a text as it stands in a step.
func Quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

// Says writes that somebody says a text, as a step: of several lines, as a doc string.
func Says(who, text string) string {
	if strings.Contains(text, "\n") {
		return who + " says:\n" + docString(text)
	}
	return who + " says " + Quote(text)
}
