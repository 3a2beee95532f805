package fakeredis

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CommandReader finds the commands in what a client sends: each is a RESP array
// of bulk strings. The zero value is ready to use.
type CommandReader struct {
	partial []byte    // of a command whose end has not come
	found   []Command // by the last Read; kept, as text, for its memory
	text    []byte
}

// Command is one that is complete.
type Command struct {
	Args     []string
	Text     string // as a trace shows it
	Greeting bool   // a client sends it when it has made a connection
}

// All returns the command with all arguments.
func (c Command) All() string { return strings.Join(c.Args, " ") }

// Read returns the commands that data completes. They are valid until the next Read.
func (r *CommandReader) Read(data []byte) []Command {
	r.found = r.found[:0]
	if len(r.partial) > 0 {
		data = append(r.partial, data...)
	}
	for {
		args, n := parseCommand(data)
		if n == 0 {
			break
		}
		data = data[n:]
		if len(args) == 0 {
			continue
		}
		c := Command{Args: args, Greeting: isGreeting(args[0])}
		if !c.Greeting {
			r.text = appendCommand(r.text[:0], args)
			c.Text = string(r.text)
		}
		r.found = append(r.found, c)
	}
	r.partial = bytes.Clone(data)
	return r.found
}

// parseCommand returns the arguments of the command with which b begins and its
// length, which is 0 if its end is missing.
func parseCommand(b []byte) (args []string, n int) {
	count, start := parseLength(b, '*')
	if start == 0 {
		return nil, 0
	}
	n = start
	for range count {
		_, end := parseBulk(b[n:])
		if end == 0 {
			return nil, 0
		}
		n += end
	}
	all := string(b[:n])
	args = make([]string, 0, max(count, 0))
	for at := start; at < n; {
		begin, end := parseBulk(b[at:])
		args = append(args, all[at+begin:at+end-2])
		at += end
	}
	return args, n
}

// parseBulk finds the bulk string with which b begins: where its bytes begin, and where
// the line after them ends, which is 0 if that is missing.
func parseBulk(b []byte) (begin, end int) {
	length, begin := parseLength(b, '$')
	if begin == 0 || length < 0 || len(b) < begin+length+2 {
		return 0, 0
	}
	return begin, begin + length + 2
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
	_, at := parseLength(data, '*')
	begin, end := parseBulk(data[at:])
	if end == 0 || !isGreeting(string(data[at+begin:at+end-2])) {
		return false
	}
	_, n := parseCommand(data)
	return n > 0 // it is not written in pieces
}

func isGreeting(name string) bool {
	return slices.ContainsFunc([]string{"HELLO", "CLIENT", "SELECT", "AUTH"}, func(g string) bool { return strings.EqualFold(name, g) })
}

// maxShown is how much of a command a trace shows, in bytes.
const maxShown = 160

// appendCommand appends a command as a trace shows it.
func appendCommand(b []byte, args []string) []byte {
	name := strings.ToUpper(args[0])
	for i, arg := range args {
		if i > 0 {
			b = append(b, ' ')
		}
		switch {
		case i == 0:
			b = append(b, name...)
		case i == 1 && name == "EVAL": // the script's text says little
			b = fmt.Appendf(b, "<script of %d bytes>", len(arg))
		case i == 1 && name == "EVALSHA":
			b = append(b, arg[:min(len(arg), 8)]...)
		default:
			b = append(b, arg...)
		}
		if len(b) > maxShown {
			return append(bytes.ToValidUTF8(b[:maxShown], nil), "…"...)
		}
	}
	return b
}
