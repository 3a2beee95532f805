package chat

import (
	"regexp"
	"slices"
	"strings"

	"wappasim/sim"
)

// completion is what Tab offers for what was typed.
type completion struct {
	offers []offer
	at     int // the one that is in the input; -1: none, there was more that they share
}

// offer is one way to go on.
type offer struct {
	line string // the whole line, or as far as the next blank of a sentence
	show string
}

func (c *completion) end() { *c = completion{} }

// lines shows what is offered, in two rows at most.
func (c *completion) lines(width int) []string {
	if len(c.offers) < 2 {
		return nil
	}
	var shown []string
	for i := range c.offers { // from the one that is in the input
		shown = append(shown, c.offers[(max(c.at, 0)+i)%len(c.offers)].show)
	}
	lines := wrapped(visible(strings.Join(shown, "  │  ")), width)
	if len(lines) > 2 {
		lines = append(lines[:1], cut(lines[1]+" …", width))
	}
	for i, line := range lines {
		lines[i] = faint.Render(line)
	}
	return lines
}

// complete goes on with what was typed, as far as everything that is offered agrees, and then
// with one after another.
func (s *screen) complete(by int) {
	c := &s.completion
	if len(c.offers) == 0 {
		typed := s.input.Value()
		c.offers, c.at = s.offers(typed), -1
		if len(c.offers) == 0 {
			return
		}
		shared := c.offers[0].line
		for _, o := range c.offers[1:] {
			for !strings.HasPrefix(o.line, shared) {
				runes := []rune(shared)
				shared = string(runes[:len(runes)-1])
			}
		}
		if len(shared) > len(typed) || len(c.offers) == 1 {
			s.input.SetValue(shared)
			s.input.MoveToEnd()
			if len(c.offers) == 1 {
				c.end()
			}
			return
		}
	}
	if c.at += by; c.at < 0 {
		c.at = len(c.offers) - 1
	}
	c.at %= len(c.offers)
	s.input.SetValue(c.offers[c.at].line)
	s.input.MoveToEnd()
}

// offers returns the ways to go on from a line.
func (s *screen) offers(typed string) (offers []offer) {
	word, rest, argument := strings.Cut(typed, " ")
	add := func(lines ...string) {
		for _, line := range lines {
			if !strings.HasPrefix(line, typed) {
				continue
			}
			if o := (offer{line, strings.TrimPrefix(line, word+" ")}); !slices.Contains(offers, o) {
				offers = append(offers, o)
			}
		}
	}
	switch {
	case !strings.HasPrefix(typed, "/"):
	case !argument:
		for _, command := range commands() {
			if command.arguments == "" {
				add(command.name)
			} else {
				add(command.name + " ")
			}
		}
		add("/pause")
	case word == "/fault":
		return faultOffers(rest)
	case word == "/as":
		for _, who := range append(slices.Clone(s.now.people), "Ana", "Ben", "Eva") {
			add("/as " + who)
		}
	case word == "/tap":
		for _, title := range s.now.titles {
			add("/tap " + title)
		}
	case word == "/phone":
		add("/phone on", "/phone off")
	case word == "/wait":
		add("/wait 1s", "/wait 15s", "/wait 1m", "/wait 1h", "/wait 24h")
	}
	return offers
}

// faultOffers returns the sentences that what was typed begins, or else those with its words.
func faultOffers(typed string) (begun []offer) {
	var about []offer
	words := strings.Fields(strings.ToLower(typed))
	for _, sentence := range sentences() {
		if line, fits := goOn(typed, sentence); fits {
			begun = append(begun, offer{"/fault " + line, sentence})
		}
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(strings.ToLower(sentence), word) }) {
			literal, _, _ := strings.Cut(sentence, "{")
			about = append(about, offer{"/fault " + literal, sentence})
		}
	}
	if len(begun) == 0 {
		return about
	}
	return begun
}

// sentences returns those of faults, with every point and kind of service written out.
func sentences() (all []string) {
	for _, sentence := range sim.FaultSentences() {
		switch {
		case strings.Contains(sentence, "{point}"):
			for _, when := range []string{"before", "after"} {
				for _, what := range []string{"Redis command", "API call", "service call"} {
					all = append(all, strings.Replace(sentence, "{point}", when+" "+what, 1))
				}
			}
		case strings.Contains(sentence, "{service}"):
			all = append(all, strings.Replace(sentence, "{service}", "any service", 1), strings.Replace(sentence, "{service}", "the service {name}", 1))
		default:
			all = append(all, sentence)
		}
	}
	return all
}

// words tells what can be typed into a blank so far.
var words = map[string]*regexp.Regexp{
	"n": number, "code": number, "replica": number, "by": length, "for": length,
	"like": regexp.MustCompile(`^"[^"]*"?$`),
	"name": regexp.MustCompile(`^\S+$`),
}

var (
	number = regexp.MustCompile(`^\d+$`)
	length = regexp.MustCompile(`^-?[\d.]+(?: [a-z]+ [\d.]+)*(?: [a-z]*)?$`)
)

// goOn returns what was typed of a sentence, with what follows until its next blank. The
// sentence fits if what was typed is a beginning of it, with words in the blanks.
func goOn(typed, sentence string) (line string, fits bool) {
	literal, after, blank := strings.Cut(sentence, "{")
	if strings.HasPrefix(literal, typed) {
		return literal, true
	}
	if !blank || !strings.HasPrefix(typed, literal) {
		return "", false
	}
	name, after, _ := strings.Cut(after, "}")
	rest := typed[len(literal):]
	for end := 1; end <= len(rest); end++ { // the shortest words that let the rest fit
		if end < len(rest) && rest[end] != ' ' || !words[name].MatchString(rest[:end]) {
			continue
		}
		if further, fits := goOn(rest[end:], after); fits {
			return literal + rest[:end] + further, true
		}
	}
	return "", false
}
