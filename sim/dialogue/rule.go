package dialogue

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Rule replaces what differs from run to run, so that two messages that say the same are
// one thing said. It is applied to each line by itself, as [regexp.Regexp.ReplaceAllString]
// is.
type Rule struct {
	Pattern *regexp.Regexp
	With    string
}

// Rules are those of a [Map] that has none of its own, in their order: dates and times
// become <time>; numbers, with their currency, phone numbers, and ids of eight or more
// hexadecimal digits become <number>.
//
// Two things need no rule. What people have written and the bot says to anybody
// afterwards becomes <text>, unless the bot had said it first; a single word only where it
// stands by itself: in quotes, in a line of its own, or from a colon to the end of a line.
// And the number in front of what can be tapped, as in "[1] Pizza", always stays.
var Rules = []Rule{
	{regexp.MustCompile(`(?i)\b(?:` + weekday + `)?(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}(?:st|nd|rd|th|\.)? ` + month + `(?:,? \d{4})?|` + month + ` \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b)(?:,?[T ](?:at )?` + clock + `)?`), "<time>"},
	{regexp.MustCompile(`(?i)\b(?:` + clock + `|\d{1,2} ?[ap]m\b)`), "<time>"},
	{regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8,}\b`), "<number>"},
	{regexp.MustCompile(`\+\d[\d ()-]{5,}\d|(?:[$€£¥] ?)?\+?\d+(?:[.,]\d+)*(?: ?[€£¥])?`), "<number>"},
}

const (
	weekday = `(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?,? `
	month   = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
	clock   = `\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m\b|z\b|[+-]\d{2}:?\d{2}\b)?`
)

// written stands for what a person has written.
const written = "<text>"

// normaliser applies rules. It remembers lines: a bot says the same ones most of the time.
type normaliser struct {
	rules []Rule

	mu    sync.Mutex // guards what follows
	lines map[string]string
}

// most is how many lines are remembered, before all are forgotten.
const most = 4096

// message returns a message without what differs from run to run. Lines that have become
// equal to the one before are left out: a list is the same with two rows and with three.
func (n *normaliser) message(text string, words []string) string {
	text = unquoted(text, words)
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		short := n.line(line)
		changed := short != line || strings.Contains(line, written)
		if !changed || len(kept) == 0 || kept[len(kept)-1] != short {
			kept = append(kept, short)
		}
	}
	return strings.Join(kept, "\n")
}

func (n *normaliser) line(line string) string {
	n.mu.Lock()
	short, ok := n.lines[line]
	n.mu.Unlock()
	if ok {
		return short
	}
	short = ruled(line, n.rules)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lines == nil || len(n.lines) >= most {
		n.lines = make(map[string]string)
	}
	n.lines[line] = short
	return short
}

// ruled applies rules to a line, but not to the numbers of what can be tapped.
func ruled(line string, rules []Rule) string {
	var b strings.Builder
	from := 0
	for _, at := range markers(line) {
		b.WriteString(apply(line[from:at[0]], rules))
		b.WriteString(line[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(apply(line[from:], rules))
	return b.String()
}

func apply(text string, rules []Rule) string {
	for _, r := range rules {
		text = r.Pattern.ReplaceAllString(text, r.With)
	}
	return text
}

// unquoted replaces the words that people have written, the longest first.
func unquoted(message string, words []string) string {
	var found []string
	for _, w := range words {
		if strings.Contains(message, w) {
			found = append(found, w)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	for _, w := range found {
		message = replaced(message, w)
	}
	return message
}

// replaced replaces a text where it is whole words, and one word only where it is by itself.
func replaced(message, text string) string {
	alone := !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsDigit(r) })
	var b strings.Builder
	from := 0
	for {
		i := strings.Index(message[from:], text)
		if i < 0 {
			break
		}
		begin, end := from+i, from+i+len(text)
		b.WriteString(message[from:begin])
		if whole(message[:begin], message[end:]) && (!alone || byItself(message[:begin], message[end:])) {
			b.WriteString(written)
		} else {
			b.WriteString(text)
		}
		from = end
	}
	b.WriteString(message[from:])
	return b.String()
}

// whole tells whether no word goes on from before to after a place.
func whole(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !word(last) && !word(next)
}

// byItself tells whether what is between before and after is quoted, or is a line, or the
// end of one after a colon.
func byItself(before, after string) bool {
	const open, close = "\"'“‘„«*_`", "\"'”’“»*_`"
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	if before != "" && after != "" && strings.ContainsRune(open, last) && strings.ContainsRune(close, next) {
		return true
	}
	begins := before == "" || last == '\n' || strings.HasSuffix(before, ": ")
	return begins && (after == "" || next == '\n')
}
