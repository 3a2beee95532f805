package steps

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
)

func (s *scenario) receivedSteps() []step {
	return append(s.lastSteps(), []step{
		{`{who} receives:`, "Ana receives:", "The last message is exactly the doc string that follows. Buttons are lines like [1] Pizza  [2] Pasta.", func(who string, text *godog.DocString) error {
			return s.receivesLast(who, s.exactly(text.Content))
		}},
		{`{who} receives a text without {text}`, `Ana receives a text without "Welcome"`, "There is a last message, and it does not have these words in it.", func(who, part string) error {
			return s.receives(who, fmt.Sprintf("a last message without %q", part), lastOf(func(m fakewa.Message) bool { return !s.has(m.String(), part) }))
		}},
		{`{who} receives nothing`, "Ana receives nothing", "There is no message.", func(who string) error {
			return s.receives(who, "nothing", func(fresh []fakewa.Message) bool { return len(fresh) == 0 })
		}},
		{`{who} does not receive {text}`, `Ana does not receive "goodbye"`, "No message has these words in it.", func(who, part string) error {
			return s.receives(who, fmt.Sprintf("no message with %q", part), func(fresh []fakewa.Message) bool {
				return !slices.ContainsFunc(fresh, func(m fakewa.Message) bool { return s.has(m.String(), part) })
			})
		}},
		{`{who} receives (\d+) messages?`, "Ana receives 2 messages", "There are so many messages.", func(who string, n int) error {
			return s.receives(who, count(n), func(fresh []fakewa.Message) bool { return len(fresh) == n })
		}},
		{`{who} receives exactly:`, "Ana receives exactly:", "A table with the columns at and with follows: these messages and no others, each at this time of day (to the millisecond) with these words in it.", s.receivesExactly},
		{`{who} receives (\d+) texts of at most (\d+) characters, and between them:`, "Ana receives 2 texts of at most 4096 characters, and between them:", "So many texts, which together hold the lines of the doc string in order; <100 characters> stands for what \"says 100 characters\" sends.", s.receivesBetween},
		{`the bot calls the API (\d+) times?`, "the bot calls the API 2 times", "So many calls of the bot since the last step that asked.", s.apiCalls},
		{`(\d+) users receive {text}`, `50 users receive "hello"`, "The last message of User1, User2 and so on to this number is exactly this.", func(n int, text string) error {
			return each(n, func(who string) error { return s.receivesLast(who, s.exactly(text)) })
		}},
		{`(\d+) users receive a text with {text}`, `50 users receive a text with "stored"`, "The last message of each of them has these words in it.", func(n int, part string) error {
			return each(n, func(who string) error { return s.receivesLast(who, s.with(part)) })
		}},
		{`the report card is clean`, "the report card is clean", "The bot has done nothing so far that production would punish; else the step says what.", func() error {
			w, err := s.world()
			if err != nil {
				return err
			}
			if card := w.Report(); card.Err() != nil {
				return errors.New(card.String())
			}
			return nil
		}},
	}...)
}

func count(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}

// apiCalls wants so many calls of the bot since a step last asked.
func (s *scenario) apiCalls(want int) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	var got int
	s.eventually(func() bool {
		got = len(w.Requests()) - s.calls
		return got == want
	})
	s.calls += got
	if got != want {
		return fmt.Errorf("wanted %d calls of the API, got %d", want, got)
	}
	return nil
}

// receivesExactly wants the messages that the table lists, and no others: at this time
// of day, to the millisecond, and with these words in it.
func (s *scenario) receivesExactly(who string, table *godog.Table) error {
	rows, err := columns(table, "at", "with")
	if err != nil {
		return err
	}
	var wanted strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&wanted, "    %s with %q\n", row[0], row[1])
	}
	return s.receives(who, count(len(rows))+":\n"+wanted.String(), func(fresh []fakewa.Message) bool {
		if len(fresh) != len(rows) {
			return false
		}
		for i, row := range rows {
			if !s.has(fresh[i].String(), row[1]) || !s.at(fresh[i].At, row[0]) {
				return false
			}
		}
		return true
	})
}

// at tells whether something was at a time of day: exactly, or with a running bot
// within the tolerance.
func (s *scenario) at(t time.Time, clock string) bool {
	if s.live == nil {
		return t.Format("15:04:05.999") == clock
	}
	want, err := time.Parse("15:04:05.999", clock)
	if err != nil {
		return false
	}
	midnight := t.Truncate(24 * time.Hour)
	off := t.Sub(midnight.Add(want.Sub(want.Truncate(24 * time.Hour))))
	return off.Abs() <= s.live.cfg.Tolerance
}

// receivesBetween wants a text in n parts, which hold the lines of a doc string
// in its order.
func (s *scenario) receivesBetween(who string, n, most int, lines *godog.DocString) error {
	wanted := fmt.Sprintf("%d texts of at most %d characters with these lines:\n%s\n", n, most, indented(lines.Content))
	return s.receives(who, wanted, func(fresh []fakewa.Message) bool {
		var all strings.Builder
		for _, m := range fresh {
			if len(utf16.Encode([]rune(m.String()))) > most {
				return false
			}
			all.WriteString(m.String())
		}
		rest, found := all.String(), len(fresh) == n
		for line := range strings.Lines(lines.Content) {
			var before bool
			_, rest, before = strings.Cut(rest, expand(strings.TrimSpace(line)))
			found = found && before
		}
		return found
	})
}

// columns returns the cells of a table's rows in the order of the wanted names.
func columns(table *godog.Table, names ...string) (rows [][]string, err error) {
	for n, row := range table.Rows {
		cells := make([]string, len(names))
		for i, cell := range row.Cells {
			if i >= len(names) || n == 0 && cell.Value != names[i] {
				return nil, fmt.Errorf("the table's columns must be: %s", strings.Join(names, ", "))
			}
			cells[i] = cell.Value
		}
		if n > 0 {
			rows = append(rows, cells)
		}
	}
	return rows, nil
}

// digits returns a text of n characters that shows when some are missing.
func digits(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d ", i)
	}
	return b.String()[:n]
}

var charactersOf = regexp.MustCompile(`<(\d+) characters>`)

// expand puts the text of "Ana says 100 characters" in the place of
// "<100 characters>".
func expand(line string) string {
	return charactersOf.ReplaceAllStringFunc(line, func(s string) string {
		n, _ := strconv.Atoi(charactersOf.FindStringSubmatch(s)[1])
		return digits(n)
	})
}
