package stacktest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// historyLine is one message as a history lists it.
type historyLine struct{ number, clock, text string }

var historyHead = regexp.MustCompile(`^📬 Message History \((\d+) messages?\)\n\n⏰ You were inactive for (.+?)\. `)

// historyLines returns the messages that a history, or a part of one, lists.
func historyLines(history string) (lines []historyLine) {
	for line := range strings.Lines(history) {
		number, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ". [")
		clock, text, listed := strings.Cut(rest, "] ")
		if ok && listed && number != "" && strings.Trim(number, "0123456789") == "" {
			lines = append(lines, historyLine{number, clock, text})
		}
	}
	return lines
}

// malformed tells what is wrong with the form of a history's first part.
func malformed(history string, lines []historyLine, silence time.Duration) string {
	head := historyHead.FindStringSubmatch(history)
	if head == nil {
		return "it has another head"
	}
	if want := plural(int(silence.Seconds()), "second"); head[2] != want {
		return fmt.Sprintf("its head says %q, want %q", head[2], want)
	}
	if n, _ := strconv.Atoi(head[1]); n < len(lines) || n > len(lines) && strings.Contains(history, "✨ Session Complete!") {
		return fmt.Sprintf("its head says %d messages, and it lists %d", n, len(lines))
	}
	for i, line := range lines {
		if line.number != strconv.Itoa(i+1) {
			return fmt.Sprintf("message %d has number %s", i+1, line.number)
		}
	}
	return ""
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
