package story

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/people"
)

// usual is when a world begins that does not say.
var usual = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// feature returns the scenario that fails as the story does.
func (s Story) feature() string {
	var b strings.Builder
	b.WriteString(comment("#", fmt.Sprintf("Seed %d breaks the property that %s:\n%s", s.Seed, s.Property, s.Why)))
	if s.Options {
		b.WriteString(comment("#", "The workload had options of its own. No step here sets them: add steps that do, if it passes without."))
	}
	fmt.Fprintf(&b, "Feature: Seed %d\n\n  Scenario: Seed %d breaks the property that %s\n", s.Seed, s.Seed, s.Property)
	word := "Given"
	line := func(format string, args ...any) {
		fmt.Fprintf(&b, "    %s %s\n", word, fmt.Sprintf(format, args...))
		word = "And"
	}
	if events := s.Trace.Events(); len(events) > 0 && !events[0].At.Equal(usual) {
		line("the time is %s", events[0].At.Format("2006-01-02 15:04:05.999999999"))
	}
	line("the seed is %d", s.Seed)
	line("the bot runs on %d replicas", s.Replicas)
	line("everything takes up to %s", duration(s.Latency))
	line("WhatsApp delivers again for %s", duration(s.Again))
	line("the people are %s", strings.Join(s.People, ", "))
	line("nobody waits for the bot")
	word = "When"
	now := time.Duration(-1)
	pass := func(at time.Duration) {
		if at != now {
			line("%s since the beginning", passed(at, "has passed", "have passed"))
		}
		now = at
	}
	for _, step := range s.Steps {
		pass(step.At)
		line("%s", step.Sentence())
	}
	pass(s.Until)
	line("all faults heal")
	line("%s", passed(s.Settle, "passes", "pass"))
	word = "Then"
	line("it holds that %s", s.Property)
	return b.String()
}

// Sentence returns the step as a scenario says it. A message for which there are no words is
// said with its content, as JSON in a doc string.
func (s Step) Sentence() string {
	switch {
	case s.Who == "":
		return s.Fault
	case s.Act.Kind == people.Sends && !worded(s.Act.Content):
		return fmt.Sprintf("%s sends the message:\n      \"\"\"\n      %s\n      \"\"\"", s.Who, quoted.Replace(encoded(s.Act.Content)))
	case s.ByID:
		s.Act.Offer.Title = s.Act.Offer.ID // which a step takes as well
	case s.Act.Kind == people.Reacts: // an emoji has parts that Go's %q would write in numbers
		return fmt.Sprintf(`%s reacts "%s"`, s.Who, s.Act.Emoji)
	}
	return s.Who + " " + s.Act.String()
}

// worded tells whether a step makes the same message from its words alone.
func worded(c fakewa.Content) bool {
	kind, _ := c["type"].(string)
	of, _ := c[kind].(map[string]any)
	text := func(name string) string { s, _ := of[name].(string); return s }
	for name := range of {
		if s := text(name); strconv.Quote(s) != `"`+s+`"` {
			return false // no step can say it
		}
	}
	voice, _ := of["voice"].(bool)
	for _, made := range []fakewa.Content{
		fakewa.Text(text("body")), fakewa.Image(text("caption")), fakewa.Video(text("caption")), fakewa.Document(text("filename"), text("caption")),
		fakewa.Sticker(), place(text("name"), text("address")),
	} {
		if encoded(made) == encoded(c) {
			return true
		}
	}
	return encoded(c) == encoded(fakewa.Audio()) && !voice || encoded(c) == encoded(fakewa.Voice())
}

// place is where everything is in scenarios.
func place(name, address string) fakewa.Content {
	return fakewa.Location(37.44, -122.16, name, address)
}

func encoded(c fakewa.Content) string {
	b, err := json.Marshal(c)
	if err != nil {
		return err.Error() // it was sent: it has been encoded before
	}
	return string(b)
}

// quoted keeps a quote in JSON from what Gherkin does to three of them in a doc string.
var quoted = strings.NewReplacer(`\\`, `\\`, `\"`, `\u0022`)

// duration writes a time as scenarios do, to the nanosecond.
func duration(d time.Duration) string {
	for _, u := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		switch {
		case d == u.length:
			return "1 " + u.name
		case d > u.length && d%u.length == 0:
			return fmt.Sprintf("%d %ss", d/u.length, u.name)
		}
	}
	whole, unit := time.Second, "seconds"
	if d < time.Second {
		whole, unit = time.Millisecond, "milliseconds"
	}
	digits := fmt.Sprintf("%d.%0*d", d/whole, len(strconv.Itoa(int(whole)))-1, d%whole) // a float would have others at its end
	return strings.TrimRight(strings.TrimRight(digits, "0"), ".") + " " + unit
}

// passed says that a time passes, in words for one unit and for several.
func passed(d time.Duration, one, more string) string {
	text := duration(d)
	if strings.HasPrefix(text, "1 ") {
		return text + " " + one
	}
	return text + " " + more
}
