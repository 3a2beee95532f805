package fakeredis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wappasim/sim/internal/fakeredis"
)

// TestAnswersAreMatchedWithCommands reads the answers of a connection at once, and byte by
// byte: of every type, with a greeting, and between them what a subscriber gets.
func TestAnswersAreMatchedWithCommands(t *testing.T) {
	long := strings.Repeat("é", 100)
	type exchange struct{ command, reply, want string }
	for name, exchanges := range map[string][]exchange{
		"RESP 2": {
			{"", "+OK\r\n", ""},
			{"SET k v", "+OK\r\n", "OK"},
			{"INCR n", ":12\r\n", "(integer) 12"},
			{"GET k", "$5\r\na\r\nb\"\r\n", `"a\r\nb\""`},
			{"GET none", "$-1\r\n", "(nil)"},
			{"LRANGE l 0 -1", "*2\r\n$7\r\nmessage\r\n*-1\r\n", `["message", (nil)]`},
			{"EVALSHA 1234", "-NOSCRIPT No matching script.\r\n", "(error) NOSCRIPT No matching script."},
			{"SUBSCRIBE a b", "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n", ""},
			{"PING", "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n", `["pong", ""]`},
		},
		"RESP 3": {
			{"", "%1\r\n$5\r\nproto\r\n:3\r\n", ""},
			{"GET none", "_\r\n", "(nil)"},
			{"SUBSCRIBE a", ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n", ""},
			{"HGETALL h", ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n%1\r\n$1\r\na\r\n,1.5\r\n", `["a", (double) 1.5]`},
			{"SMEMBERS s", "~1\r\n#t\r\n", "[(true)]"},
			{"GET long", "$200\r\n" + long + "\r\n", `"` + long[:158] + "…"},
		},
	} {
		var want, got, pieces []string
		var atOnce, piecewise fakeredis.Answers
		for i, e := range exchanges {
			command, n := fakeredis.Command{Text: e.command}, i+1
			if e.command == "" {
				n = 0
			}
			if e.want != "" {
				want = append(want, fmt.Sprint(n, e.want))
			}
			atOnce.Asked(command, n)
			atOnce.Read([]byte(e.reply), func(n int, answer string) { got = append(got, fmt.Sprint(n, answer)) })
			piecewise.Asked(command, n)
			for i := range len(e.reply) {
				piecewise.Read([]byte(e.reply[i:i+1]), func(n int, answer string) { pieces = append(pieces, fmt.Sprint(n, answer)) })
			}
		}
		if !slices.Equal(got, want) || !slices.Equal(pieces, want) {
			t.Errorf("%s:\n%q\n%q\nwant\n%q", name, got, pieces, want)
		}
	}
}
