package fakeredis

import (
	"bufio"
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// blocked is a command that waits until there is something to take. In miniredis, who gets
// it of several that wait is up to Go's scheduler; here it is who waits longest.
type blocked struct {
	peer    *server.Peer
	context any // miniredis' of the peer, when it began to wait
	command []string
	answer  chan string // what it got, of one element; closed: nothing comes any more
}

// blocking holds the commands that take something, or wait for it, and which of their
// arguments is the timeout, in seconds. XREADGROUP has an option for it. XREAD takes nothing
// away, so that its order is no matter.
var blocking = map[string]func(args []string) string{
	"BLPOP": lastOf, "BRPOP": lastOf, "BRPOPLPUSH": lastOf, "BLMOVE": lastOf, "BZPOPMIN": lastOf, "BZPOPMAX": lastOf,
	"BZMPOP": func(args []string) string { return args[0] },
}

func lastOf(args []string) string { return args[len(args)-1] }

// blocks tells whether a command waits, and how long; 0 is for ever. One that is wrong
// does not wait.
func blocks(command string, args []string) (timeout time.Duration, ok bool) {
	if of := blocking[command]; of != nil && len(args) > 0 {
		seconds, err := strconv.ParseFloat(of(args), 64)
		return time.Duration(seconds*1e6) * time.Microsecond, err == nil
	}
	if command != "XREADGROUP" {
		return 0, false
	}
	options, _, _ := strings.Cut(strings.ToUpper(strings.Join(args[min(3, len(args)):], " ")), "STREAMS")
	_, after, ok := strings.Cut(" "+options, " BLOCK ")
	first, _, _ := strings.Cut(after, " ")
	milliseconds, err := strconv.Atoi(first)
	return time.Duration(milliseconds) * time.Millisecond, ok && err == nil
}

// waitsInside tells whether miniredis may wait while it carries out a command.
func waitsInside(args []string) bool {
	return strings.EqualFold(args[0], "XREAD") && slices.ContainsFunc(args, func(arg string) bool { return strings.EqualFold(arg, "BLOCK") })
}

// nothing is what miniredis answers when a command has waited in vain.
const nothing = "*-1\r\n"

// block carries out a command that may wait, and tells whether it did: miniredis carries out
// the others, which are wrong, or stand in a transaction or a script.
func (r *Redis) block(peer *server.Peer, command string, args []string) (done bool) {
	timeout, ok := blocks(command, args)
	if !ok || timeout < 0 {
		return false
	}
	b := &blocked{peer, copied(peer.Ctx), append([]string{command}, args...), make(chan string, 1)}
	answer, ok := r.try(b)
	if !ok {
		return false
	}
	if answer != nothing {
		peer.WriteRaw(answer)
		return true
	}
	r.mu.Lock()
	over := r.over
	if !over {
		r.blocked = append(r.blocked, b)
	}
	r.mu.Unlock()
	if over {
		return true
	}
	var expired <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		expired = timer.C
	}
	r.turn.Unlock()
	select {
	case answer, ok = <-b.answer:
	case <-expired:
		if r.leave(b) {
			break
		}
		answer, ok = <-b.answer // it came at the same instant
	}
	r.turn.Lock()
	if ok {
		peer.WriteRaw(answer)
	}
	return true
}

// try carries a command out as if in a transaction, where it does not wait: the answer is
// nothing if it would. Ok is false if miniredis must carry it out.
func (r *Redis) try(b *blocked) (answer string, ok bool) {
	r.note(&server.Peer{Ctx: b.context}, b.command[0], b.command[1:])
	var written bytes.Buffer
	peer := server.NewPeer(bufio.NewWriter(&written))
	peer.Ctx, peer.Resp3 = copied(b.context), b.peer.Resp3
	r.mu.Lock()
	r.trying[peer] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.trying, peer)
		r.mu.Unlock()
	}()
	do := func(command ...string) string {
		written.Reset()
		r.mini.Server().Dispatch(peer, command)
		peer.Flush()
		return written.String()
	}
	if do("UNWATCH") != "+OK\r\n" || do("MULTI") != "+OK\r\n" || do(b.command...) != "+QUEUED\r\n" {
		return "", false
	}
	return strings.CutPrefix(do("EXEC"), "*1\r\n")
}

// copied returns a copy of miniredis' context of a peer: it says which database is
// selected, and what it is asked meanwhile must not change it.
func copied(context any) any {
	if context == nil {
		return nil
	}
	c := reflect.New(reflect.TypeOf(context).Elem())
	c.Elem().Set(reflect.ValueOf(context).Elem())
	return c.Interface()
}

// leave ends the wait of a command, and tells whether it waited.
func (r *Redis) leave(b *blocked) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.blocked, b)
	if i >= 0 {
		r.blocked = slices.Delete(r.blocked, i, i+1)
	}
	return i >= 0
}

// Serve has one command that waits take what has come since, the one that waits longest,
// and tells whether there was one. Call it while the bot is idle, until there is none.
func (r *Redis) Serve() (served bool) {
	if !r.turn.TryLock() {
		return false
	}
	defer r.turn.Unlock()
	r.mu.Lock()
	waiting := slices.Clone(r.blocked)
	if !r.changed {
		waiting = nil
	}
	r.mu.Unlock()
	for _, b := range waiting {
		if b.peer.Closed() {
			if r.leave(b) {
				close(b.answer)
			}
			continue
		}
		if answer, ok := r.try(b); ok && answer != nothing && r.leave(b) {
			b.answer <- answer
			r.mu.Lock()
			r.expiries.all = true // what it took may have had a TTL
			r.mu.Unlock()
			return true
		}
	}
	r.mu.Lock()
	r.changed = false
	r.mu.Unlock()
	return false
}

// unblock ends the waits of all commands.
func (r *Redis) unblock() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	for _, b := range r.blocked {
		close(b.answer)
	}
	r.blocked = nil
}
