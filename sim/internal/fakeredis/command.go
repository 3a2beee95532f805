package fakeredis

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// CommandReader finds the commands in what a client sends: each is a RESP array
// of bulk strings. The zero value is ready to use.
type CommandReader struct {
	partial []byte // of a command whose end has not come

	found []Command // by the last Read; kept, as what follows, for its memory
	args  [][]byte
	text  []byte
}

// Command is one that is complete, and where it stands in the data read last. It is
// valid until the next Read.
type Command struct {
	Text       string // as a trace shows it
	Start, End int
	sent       []byte
}

// All returns the command with all arguments.
func (c Command) All() string {
	args, _ := parseCommand(nil, c.sent)
	return string(bytes.Join(args, []byte(" ")))
}

// Read returns the commands that data completes. Those of a greeting are left out.
func (r *CommandReader) Read(data []byte) []Command {
	r.found = r.found[:0]
	before := len(r.partial)
	all := data
	if before > 0 {
		all = append(r.partial, data...)
	}
	at := 0
	for {
		args, n := parseCommand(r.args[:0], all[at:])
		if n == 0 {
			break
		}
		if r.args = args; !isGreeting(args) {
			r.text = appendCommand(r.text[:0], args)
			r.found = append(r.found, Command{string(r.text), max(0, at-before), at + n - before, all[at : at+n]})
		}
		at += n
	}
	r.partial = bytes.Clone(all[at:])
	return r.found
}

// parseCommand appends the arguments of the command with which b begins, and returns
// its length, which is 0 if its end is missing.
func parseCommand(args [][]byte, b []byte) (_ [][]byte, n int) {
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
	_, n := parseLength(data, '*')
	length, m := parseLength(data[n:], '$')
	if m == 0 || len(data) < n+m+length || !isGreeting([][]byte{data[n+m : n+m+length]}) {
		return false
	}
	_, n = parseCommand(nil, data)
	return n > 0 // it is not written in pieces
}

func isGreeting(args [][]byte) bool {
	return len(args) == 0 || slices.ContainsFunc(greetings, func(name []byte) bool { return bytes.EqualFold(args[0], name) })
}

var greetings = [][]byte{[]byte("HELLO"), []byte("CLIENT"), []byte("SELECT"), []byte("AUTH")}

// maxShown is how much of a command a trace shows, in bytes.
const maxShown = 160

// appendCommand appends a command as a trace shows it.
func appendCommand(b []byte, args [][]byte) []byte {
	name := bytes.ToUpper(args[0])
	for i, arg := range args {
		if i > 0 {
			b = append(b, ' ')
		}
		switch {
		case i == 0:
			b = append(b, name...)
		case i == 1 && string(name) == "EVAL": // the script's text says little
			b = fmt.Appendf(b, "<script of %d bytes>", len(arg))
		case i == 1 && string(name) == "EVALSHA":
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
