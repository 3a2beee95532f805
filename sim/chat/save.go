package chat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"wappasim/fakewa"
	"wappasim/sim"
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
		s.steps = append(s.steps, "When "+sim.FormatDuration(passed)+" pass")
		s.at = now
	}
	fresh := make(map[string][]fakewa.Message)
	var users []string
	for _, m := range c.world.Sent() {
		if fresh[m.User] == nil {
			users = append(users, m.User)
		}
		fresh[m.User] = append(fresh[m.User], m)
	}
	for _, user := range users {
		all := fresh[user][s.heard[user]:]
		s.heard[user] += len(all)
		var texts []string
		for _, m := range all {
			if m.Error == nil { // else it has not arrived
				texts = append(texts, m.String())
			}
		}
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

// actor is how steps call a person until they are saved: by their number.
func (c *Chat) actor(who string) string { return c.world.Number(who) }

// named returns the steps with people's names, if all have names that can stand in
// a scenario.
func (c *Chat) named() []string {
	names := make(map[string]string) // by number
	for _, who := range c.people {
		switch number := c.world.Number(who); {
		case person.Name.MatchString(who):
			names[number] = who
		case number != fakewa.Number(who):
			return c.scene.steps // a name for the chat only: numbers go by the first appearance of names
		}
	}
	named := slices.Clone(c.scene.steps)
	for i, step := range named {
		word, rest, _ := strings.Cut(step, " ")
		if number, rest, ok := strings.Cut(rest, " "); ok && names[number] != "" {
			named[i] = word + " " + names[number] + " " + rest
		}
	}
	return named
}

// docString writes a text as Gherkin's doc string, under a step.
func docString(text string) string {
	var b strings.Builder
	b.WriteString("      \"\"\"\n")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, `"""`, `\"\"\"`), "\n") {
		b.WriteString(strings.TrimRightFunc("      "+line, unicode.IsSpace) + "\n")
	}
	b.WriteString("      \"\"\"")
	return b.String()
}

// quoted tells whether a text can stand between quotes in a step.
func quoted(text string) bool { return !strings.ContainsAny(text, "\"\\\n<>") }
