// Package talk writes what was said for people to read.
//
//	fmt.Println(talk.Line("bot", m)) // 09:00:00 bot: hello
package talk

import (
	"strings"
	"time"

	"wappasim/fakewa"
)

// Line writes a message with its time and who said it. Further lines of it are indented
// as far, and one says if it could not be delivered or has not arrived.
func Line(who string, m fakewa.Message) string {
	head := m.At.Format(time.TimeOnly) + " " + who + ": "
	lines := strings.Split(m.String(), "\n")
	switch {
	case m.Error != nil:
		lines = append(lines, "✗ not delivered: "+m.Error.Error())
	case m.Direction == fakewa.Out && m.Status == "sent" && m.Type != "reaction":
		lines = append(lines, "✗ not arrived: the phone is off, or has blocked the business")
	}
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" {
			lines[i] = strings.Repeat(" ", len([]rune(head))) + lines[i]
		}
	}
	return head + strings.Join(lines, "\n")
}
