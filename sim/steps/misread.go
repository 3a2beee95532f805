package steps

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wappasim/internal/edits"
)

// Misread returns a warning for each line of a feature file that looks like a step, and
// that Gherkin reads as the description of a scenario: a keyword is misspelt or missing
// there, and the step is never played. Scenarios without steps, which fail, get one too.
// It fails if the file cannot be read.
func Misread(path string) (warnings []string, err error) {
	s, err := readSource(path)
	if err != nil {
		return nil, err
	}
	for _, d := range s.descriptions {
		n := d.head // lines count from 1: this is the one below the head
		for text := range strings.Lines(d.text) {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			for n < len(s.lines)-1 && strings.TrimSpace(s.lines[n]) != text {
				n++
			}
			if keyword, like := s.likeStep(text); like {
				warnings = append(warnings, fmt.Sprintf("%s:%d: %q is read as a description and never played: %s", path, n+1, text, advice(keyword)))
			}
			n++
		}
	}
	for _, empty := range s.empty {
		warnings = append(warnings, fmt.Sprintf("%s:%d: the scenario %q has no steps, and fails", path, empty.line, empty.name))
	}
	return warnings, nil
}

func advice(keyword string) string {
	if keyword == "" {
		return "a step begins with a keyword like Given, When or Then"
	}
	return fmt.Sprintf("did you mean %q?", keyword)
}

// likeStep tells whether a line of a description looks like a step, and which keyword may
// be meant, if any.
func (s *source) likeStep(line string) (keyword string, like bool) {
	word, rest, _ := strings.Cut(line, " ")
	const least = 4 // letters: shorter words are like too many others
	folded := strings.ToLower(word)
	for _, k := range s.keywords {
		if lower := strings.ToLower(k); utf8.RuneCountInString(lower) >= least && shuffled(folded) == shuffled(lower) {
			return k, true
		}
	}
	if keyword = edits.Nearest(word, s.keywords); keyword != "" && (known(rest) || nearest(rest) != "") {
		return keyword, true
	}
	return "", known(line) || known(rest)
}

// shuffled returns the letters of a word in order: the same for words whose letters have
// changed places.
func shuffled(word string) string {
	letters := []rune(word)
	slices.Sort(letters)
	return string(letters)
}
