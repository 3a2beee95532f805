package chat

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/duration"
	"wappasim/sim/internal/person"
)

// scene is a talk so far, as the steps of a scenario.
type scene struct {
	began time.Time
	at    time.Time // until when the steps go
	steps []string  // with their doc strings
	heard map[string]int
}

// do writes down that something is done, and what the bot said before it.
func (c *Chat) do(step string) {
	c.listen() // so that the time which has passed stands before it
	c.scene.steps = append(c.scene.steps, "When "+step)
}

// listen writes down the time that has passed and what the bot has said.
func (c *Chat) listen() {
	s := &c.scene
	now := c.world.Now()
	if passed := now.Sub(s.at); passed > 0 {
		s.steps = append(s.steps, "When "+duration.Format(passed)+" pass")
		s.at = now
	}
	var users []string
	for _, m := range c.world.Sent() {
		if !slices.Contains(users, m.User) {
			users = append(users, m.User)
		}
	}
	for _, user := range users {
		inbox := c.world.Inbox(user) // without what has not arrived
		var texts []string
		for _, m := range inbox[min(s.heard[user], len(inbox)):] {
			texts = append(texts, m.String())
		}
		s.heard[user] = len(inbox)
		switch len(texts) {
		case 0:
		case 1:
			s.steps = append(s.steps, fmt.Sprintf("Then %s receives:\n%s", c.actor(user), docString(texts[0])))
		default:
			s.steps = append(s.steps, fmt.Sprintf("Then %s receives %d texts of at most 4096 characters, and between them:\n%s", c.actor(user), len(texts), docString(strings.Join(texts, "\n"))))
		}
	}
}

// save writes the talk so far as a scenario.
func (c *Chat) save(name string) error {
	if filepath.Ext(name) != ".feature" {
		return errUsage
	}
	c.listen()
	var b strings.Builder
	title := strings.TrimSuffix(filepath.Base(name), ".feature")
	fmt.Fprintf(&b, "Feature: %s\n\n  Scenario: %s\n    Given the time is %s\n", title, title, c.scene.began.Format(time.DateTime))
	for _, step := range c.named() {
		fmt.Fprintf(&b, "    %s\n", step)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	_, err = file.WriteString(b.String())
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	fmt.Fprintf(c.side, "saved as %s\n", name)
	return nil
}

// actor is how steps call a person until they are saved: by their number, marked.
func (c *Chat) actor(who string) string { return "\x00" + c.world.Number(who) + "\x00" }

var marked = regexp.MustCompile("\x00([^\x00]*)\x00")

// named returns the steps with people's names, if all have names that can stand in
// a scenario, or else with their numbers.
func (c *Chat) named() []string {
	names := make(map[string]string) // by number
	for _, who := range c.people {
		switch number := c.world.Number(who); {
		case person.Name.MatchString(who):
			names[number] = who
		case number != fakewa.Number(who):
			clear(names) // a name for the chat only: numbers go by the first appearance of names
			return c.replaced(names)
		}
	}
	return c.replaced(names)
}

func (c *Chat) replaced(names map[string]string) []string {
	steps := slices.Clone(c.scene.steps)
	for i, step := range steps {
		steps[i] = marked.ReplaceAllStringFunc(step, func(mark string) string {
			number := strings.Trim(mark, "\x00")
			return cmp.Or(names[number], number)
		})
	}
	return steps
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

// quote writes a text as it stands in a step.
func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }
