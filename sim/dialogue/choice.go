package dialogue

import (
	"regexp"

	"wappasim/sim/trace"
)

// marker is the number in front of what can be tapped, in a line that begins with one:
// the readable form of a message has them, "[1] Pizza  [2] Pasta".
var marker = regexp.MustCompile(`(?:^|  )\[\d+\] `)

// single is the readable form of a message with one thing to tap that has no title.
var single = regexp.MustCompile(`(?m)^\[(?:send_location|address_message|catalog_message|product [^\]]*)\]$`)

// markers returns where the markers of a line are, each from its begin to its end.
func markers(line string) [][]int {
	if len(line) < 4 || line[0] != '[' || line[1] < '0' || line[1] > '9' {
		return nil
	}
	if at := marker.FindAllStringIndex(line, -1); len(at) > 0 && at[0][0] == 0 {
		return at
	}
	return nil
}

var offered = regexp.MustCompile(`(?m)^\[\d+\] `)

// offers tells whether a message of the bot has something to tap. A text never has,
// whatever it looks like.
func offers(e *trace.Event) bool {
	return e.Type != "text" && (offered.MatchString(e.Text) || single.MatchString(e.Text))
}
