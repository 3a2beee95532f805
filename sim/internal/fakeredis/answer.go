package fakeredis

import (
	"bytes"
	"strconv"
	"strings"
)

// Answers matches what Redis sends to one connection with the commands that it answers.
// The zero value is ready to use.
type Answers struct {
	asked   []int  // for each command that is not answered yet
	partial []byte // of an answer whose end has not come
	listens bool   // to a channel: some arrays are no answers
}

// Asked notes that a command reaches Redis. Its number is given back with the answer; 0: nobody
// wants that.
func (a *Answers) Asked(c Command, n int) {
	if name, _, _ := strings.Cut(c.Text, " "); strings.HasSuffix(name, "SUBSCRIBE") {
		a.listens = true // it is answered as a subscriber is, once for each channel
		return
	}
	a.asked = append(a.asked, n)
}

// Read calls answered for each answer that data completes, with its number and as redis-cli
// would write it. What Redis sends unasked, to a subscriber, is left out.
func (a *Answers) Read(data []byte, answered func(n int, answer string)) {
	a.partial = append(a.partial, data...)
	for {
		var text strings.Builder
		length := describeAnswer(&text, a.partial)
		if length == 0 {
			return
		}
		unasked := a.isUnasked()
		a.partial = a.partial[length:]
		if unasked || len(a.asked) == 0 {
			continue
		}
		n := a.asked[0]
		a.asked = a.asked[1:]
		if answer := text.String(); n > 0 && len(answer) > maxShown {
			answered(n, strings.ToValidUTF8(answer[:maxShown], "")+"…")
		} else if n > 0 {
			answered(n, answer)
		}
	}
}

// isUnasked tells whether what comes next is no answer to a command.
func (a *Answers) isUnasked() bool {
	if a.partial[0] == '>' || !a.listens || a.partial[0] != '*' {
		return a.partial[0] == '>'
	}
	lines := bytes.SplitN(a.partial, []byte("\r\n"), 4) // the array's length, a text's length, the text
	return len(lines) > 2 && unasked[string(lines[2])]
}

// unasked are the first words of what a subscriber gets.
var unasked = map[string]bool{
	"message": true, "pmessage": true, "subscribe": true, "psubscribe": true, "unsubscribe": true, "punsubscribe": true,
}

// describeAnswer writes the answer with which b begins, and returns its length, which is 0 if
// its end is missing.
func describeAnswer(text *strings.Builder, b []byte) (length int) {
	write := func(s string) {
		if text.Len() <= maxShown {
			text.WriteString(s)
		}
	}
	end := bytes.Index(b, []byte("\r\n"))
	if end < 1 {
		return 0
	}
	line := string(b[1:end])
	length = end + 2
	switch b[0] {
	case '+':
		write(line)
	case '-', '!':
		write("(error) " + line)
	case ':', '(':
		write("(integer) " + line)
	case '_':
		write("(nil)")
	case ',':
		write("(double) " + line)
	case '#':
		write(map[string]string{"t": "(true)", "f": "(false)"}[line])
	case '$', '=':
		n, err := strconv.Atoi(line)
		switch {
		case err != nil || n < 0:
			write("(nil)")
		case len(b) < length+n+2:
			return 0
		default:
			write(strconv.Quote(string(b[length : length+min(n, maxShown)])))
			length += n + 2
		}
	case '*', '%', '~', '>':
		n, err := strconv.Atoi(line)
		if err != nil || n < 0 {
			write("(nil)")
			break
		}
		if b[0] == '%' {
			n *= 2
		}
		write("[")
		for i := range n {
			if i > 0 {
				write(", ")
			}
			one := describeAnswer(text, b[length:])
			if one == 0 {
				return 0
			}
			length += one
		}
		write("]")
	}
	return length
}
