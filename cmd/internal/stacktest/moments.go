package stacktest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Moments of a message's way, at which a test can apply a fault to a replica. All but
// Sent are seen in the replica's commands to Redis, when Redis has carried out the
// command and the replica does not have the answer yet.
const (
	Stored  = "stored"  // the message is in Redis, and its webhook is not answered
	Claimed = "claimed" // the firing belongs to the replica, which does not know yet
	Begun   = "begun"   // a part of the history was begun, and is not sent
	Sent    = "sent"    // WhatsApp has accepted it, and the replica does not have the answer
	Marked  = "marked"  // Redis knows that it was sent, and the firing is open
)

// redisCommand is a command as its words, and when it was passed on to Redis.
type redisCommand struct {
	words []string
	at    time.Time
}

// readCommand reads an array of bulk strings, as clients write commands.
func readCommand(r *bufio.Reader) (command redisCommand, raw []byte, err error) {
	length := func(kind byte) (n int, err error) {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		raw = append(raw, line...)
		if line[0] != kind {
			return 0, fmt.Errorf("got %q in a command, want %q", line, kind)
		}
		return strconv.Atoi(string(bytes.TrimSpace(line[1:])))
	}
	words, err := length('*')
	for range words {
		n, err := length('$')
		if err != nil {
			return redisCommand{}, nil, err
		}
		at := len(raw)
		raw = append(raw, make([]byte, n+2)...)
		if _, err := io.ReadFull(r, raw[at:]); err != nil {
			return redisCommand{}, nil, err
		}
		command.words = append(command.words, string(raw[at:at+n]))
	}
	return command, raw, err
}

// script returns the keys and arguments of a script that has not failed.
func (c redisCommand) script(answer string) (keys, args []string, ok bool) {
	if len(c.words) < 3 || !strings.HasPrefix(strings.ToUpper(c.words[0]), "EVAL") || strings.HasPrefix(answer, "-") {
		return nil, nil, false
	}
	n, err := strconv.Atoi(c.words[2])
	if err != nil || n < 1 || len(c.words) < 3+n {
		return nil, nil, false
	}
	return c.words[3 : 3+n], c.words[3+n:], true
}

// moment tells what a command has done, by its keys and its answer.
func (c redisCommand) moment(answer string) string {
	keys, args, ok := c.script(answer)
	if !ok {
		return ""
	}
	has := func(kind string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, "wappa:"+kind+":") })
	}
	firing := has("firing")
	switch {
	case has("seen"):
		return Stored
	case has("deadlines") && firing && has("EXPTRIGGER") && strings.HasPrefix(keys[1], "wappa:leases:") && !strings.HasPrefix(answer, "*0"):
		return Claimed
	case has("batch") && has("user") && strings.Contains(answer, "send"):
		return Begun
	case has("batch") && firing && !has("user") && len(args) > 3 && args[3] == "sent":
		return Marked
	}
	return ""
}

// beginning is a command that begins a part of a user's history. Redis counts from the
// first one of an owner how long it waits for proof that the part was sent.
type beginning struct {
	replica           int
	user, owner, part string
	at                time.Time
}

// begins returns what a command of the moment Begun has begun.
func (c redisCommand) begins(replica int, answer string) beginning {
	_, args, _ := c.script(answer)
	b := beginning{replica: replica, at: c.at}
	if len(args) > 2 {
		b.user, b.owner = args[0], args[2]
	}
	if lines := strings.Split(answer, "\r\n"); len(lines) > 3 {
		b.part = lines[3] // *5, $4, send, :0
	}
	return b
}
