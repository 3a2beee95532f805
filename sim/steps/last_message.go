package steps

import (
	"fmt"
	"regexp"

	"wappasim/fakewa"
)

// wanted is what the last message should be: in words, and as a check.
type wanted struct {
	words string
	holds func(fakewa.Message) bool
}

// lastSteps are the ways to say in a line what the last message is: now, or within some
// time.
func (s *scenario) lastSteps() (steps []step) {
	const within = " within {time}"
	for _, one := range []struct {
		pattern, example, meaning string
		want                      func(text string) (wanted, error)
	}{
		{`{text}`, `"hello"`, "The last message is exactly this. What is not a text is written as the chat shows it.", func(text string) (wanted, error) { return s.exactly(text), nil }},
		{`a text with {text}`, `a text with "stored"`, "The last message has these words in it.", func(part string) (wanted, error) { return s.with(part), nil }},
		{`a text that matches {text}`, `a text that matches "order [0-9]+"`, "The last message matches a regular expression of Go somewhere.", matching},
		{`a message of the type {text}`, `a message of the type "image"`, "The last message is of this type of WhatsApp's: text, image, interactive, template, …", func(kind string) (wanted, error) { return typed(kind), nil }},
	} {
		now := func(who, text string) error {
			want, err := one.want(text)
			if err != nil {
				return err
			}
			return s.receivesLast(who, want)
		}
		later := func(who, text, longest string) error {
			want, err := one.want(text)
			if err != nil {
				return err
			}
			return s.receivesWithin(who, want.words, lastOf(want.holds), longest)
		}
		steps = append(steps,
			step{"{who} receives " + one.pattern, "Ana receives " + one.example, one.meaning, now},
			step{"{who} receives " + one.pattern + within, "Ana receives " + one.example + " within 10 seconds", "Time passes until such a message has come, but so long at most.", later})
	}
	return append(steps, step{`{who} receives a message of the type {text} with {text}`, `Ana receives a message of the type "image" with "my cat"`, "The last message is of this type, and has these words in it.", func(who, kind, part string) error {
		want, with := typed(kind), s.with(part)
		return s.receivesLast(who, wanted{want.words + fmt.Sprintf(" with %q", part), func(m fakewa.Message) bool { return want.holds(m) && with.holds(m) }})
	}})
}

// receivesLast wants something of the last message of a person.
func (s *scenario) receivesLast(who string, want wanted) error {
	return s.receives(who, want.words, lastOf(want.holds))
}

// lastOf wants a last message of which something holds.
func lastOf(holds func(fakewa.Message) bool) func([]fakewa.Message) bool {
	return func(fresh []fakewa.Message) bool { return len(fresh) > 0 && holds(fresh[len(fresh)-1]) }
}

func (s *scenario) exactly(text string) wanted {
	return wanted{"this last message:\n" + indented(text) + "\n", func(m fakewa.Message) bool { return s.is(m.String(), text) }}
}

func (s *scenario) with(part string) wanted {
	return wanted{fmt.Sprintf("a last message with %q", part), func(m fakewa.Message) bool { return s.has(m.String(), part) }}
}

func matching(expression string) (wanted, error) {
	like, err := regexp.Compile(expression)
	if err != nil {
		return wanted{}, fmt.Errorf("%q is not a regular expression: %w", expression, err)
	}
	return wanted{fmt.Sprintf("a last message that matches %q", expression), func(m fakewa.Message) bool { return like.MatchString(m.String()) }}, nil
}

func typed(kind string) wanted {
	return wanted{fmt.Sprintf("a last message of the type %q", kind), func(m fakewa.Message) bool { return m.Type == kind }}
}
