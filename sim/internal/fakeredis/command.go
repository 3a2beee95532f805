package fakeredis

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// CommandReader finds the commands in what a client sends: each is a RESP array
// of bulk strings. The zero value is ready to use.
type CommandReader struct {
	partial []byte // of a command whose end has not come
}

// Command is one that is complete, and where it stands in the data read last.
type Command struct {
	Text       string // as a trace shows it
	All        string // with all arguments
	Start, End int
	Greeting   bool // that a client sends when it has made a connection
}

// Read returns the commands that data completes.
func (r *CommandReader) Read(data []byte) (commands []Command) {
	before := len(r.partial)
	all := data
	if before > 0 {
		all = append(r.partial, data...)
	}
	at := 0
	for {
		args, n := parseCommand(all[at:])
		if n == 0 {
			break
		}
		c := Command{Start: max(0, at-before), End: at + n - before, Greeting: isGreeting(args)}
		if !c.Greeting {
			c.Text, c.All = describeCommand(args), string(bytes.Join(args, []byte(" ")))
		}
		commands = append(commands, c)
		at += n
	}
	r.partial = append([]byte(nil), all[at:]...)
	return commands
}

// parseCommand returns the arguments of the command with which b begins and its
// length, which is 0 if its end is missing.
func parseCommand(b []byte) (args [][]byte, n int) {
	count, n := parseLength(b, '*')
	if n == 0 {
		return nil, 0
	}
	for range count {
		length, m := parseLength(b[n:], '$')
		if m == 0 || len(b) < n+m+length+2 {
			return nil, 0
		}
		args = append(args, b[n+m:n+m+length])
		n += m + length + 2
	}
	return args, n
}

// parseLength reads a line like "$12": the number, and the length of the line.
func parseLength(b []byte, kind byte) (number, n int) {
	end := bytes.Index(b, []byte("\r\n"))
	if end < 2 || b[0] != kind {
		return 0, 0
	}
	number, err := strconv.Atoi(string(b[1:end]))
	if err != nil {
		return 0, 0
	}
	return number, end + 2
}

// IsGreeting tells whether data begins with a command that a client sends when it
// has made a connection.
func IsGreeting(data []byte) bool {
	args, _ := parseCommand(data) // none of a command that is written in pieces
	return len(args) > 0 && isGreeting(args)
}

func isGreeting(args [][]byte) bool {
	if len(args) == 0 {
		return true
	}
	switch strings.ToUpper(string(args[0])) {
	case "HELLO", "CLIENT", "SELECT", "AUTH":
		return true
	}
	return false
}

// maxShown is how much of a command a trace shows, in bytes.
const maxShown = 160

func describeCommand(args [][]byte) string {
	var b strings.Builder
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch name := strings.ToUpper(string(args[0])); {
		case i == 0:
			b.WriteString(name)
		case i == 1 && name == "EVAL": // the script's text says little
			fmt.Fprintf(&b, "<script of %d bytes>", len(arg))
		case i == 1 && name == "EVALSHA":
			b.Write(arg[:min(len(arg), 8)])
		default:
			b.Write(arg)
		}
		if b.Len() > maxShown {
			return strings.ToValidUTF8(b.String()[:maxShown], "") + "…"
		}
	}
	return b.String()
}
