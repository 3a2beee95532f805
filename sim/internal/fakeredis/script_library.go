package fakeredis

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
	lua "github.com/yuin/gopher-lua"
)

// library is what a script finds in the table redis. It does what miniredis' own
// does, with the same errors.
func (s *scriptState) library() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"call":  func(l *lua.LState) int { return s.call(l, false) },
		"pcall": func(l *lua.LState) int { return s.call(l, true) },
		"error_reply": func(l *lua.LState) int {
			code, rest, more := strings.Cut(text(l), " ")
			code = strings.TrimPrefix(code, "-")
			if !more {
				code, rest = "ERR", code
			}
			return reply(l, "err", code+" "+rest)
		},
		"status_reply": func(l *lua.LState) int { return reply(l, "ok", text(l)) },
		"sha1hex": func(l *lua.LState) int {
			if l.GetTop() != 1 {
				l.Error(lua.LString("wrong number of arguments"), 1)
			}
			sum := sha1.Sum([]byte(lua.LVAsString(l.Get(1))))
			l.Push(lua.LString(hex.EncodeToString(sum[:])))
			return 1
		},
		"log": func(l *lua.LState) int {
			l.CheckInt(1)
			l.CheckString(2)
			return 0
		},
		"replicate_commands": func(l *lua.LState) int {
			l.Push(lua.LTrue)
			return 1
		},
		"set_repl": func(l *lua.LState) int {
			if l.GetTop() != 1 {
				l.Error(lua.LString("wrong number of arguments"), 1)
			}
			return 1
		},
		"setresp": func(l *lua.LState) int {
			if level := l.CheckInt(1); level != 2 && level != 3 {
				l.Error(lua.LString("RESP version must be 2 or 3"), 1)
			}
			return 0 // miniredis answers commands of a script as RESP 2
		},
	}
}

// text returns the first argument, which must be a string.
func text(l *lua.LState) string {
	s, ok := l.Get(1).(lua.LString)
	if !ok {
		l.Error(lua.LString("wrong number or type of arguments"), 1)
	}
	return string(s)
}

// reply returns a table with one field: an error or a status.
func reply(l *lua.LState, field, text string) int {
	l.Push(table(l, field, text))
	return 1
}

func table(l *lua.LState, field, text string) *lua.LTable {
	t := l.NewTable()
	t.RawSetString(field, lua.LString(text))
	return t
}

// raise ends the script with an error.
func raise(l *lua.LState, text string) int {
	l.Error(lua.LString(text), 1)
	return 0
}

// call carries out a command of the script and returns its answer. An error ends the
// script, or is returned to it: redis.call and redis.pcall.
func (s *scriptState) call(l *lua.LState, protected bool) int {
	if l.GetTop() == 0 {
		return raise(l, "Please specify at least one argument for this redis lib call script: "+s.running.sha+", &c.")
	}
	args := make([]string, l.GetTop())
	for i := range args {
		switch arg := l.Get(i + 1).(type) {
		case lua.LNumber:
			args[i] = arg.String()
		case lua.LString:
			args[i] = string(arg)
		default:
			return raise(l, "Lua redis lib command arguments must be strings or integers script: "+s.running.sha+", &c.")
		}
	}
	answer, err := s.command(args)
	if err == nil {
		l.Push(toLua(l, answer))
		return 1
	}
	unknown := strings.Contains(err.Error(), "ERR unknown command")
	switch {
	case unknown && protected:
		return reply(l, "err", "ERR Unknown Redis command called from script")
	case unknown:
		return raise(l, "Unknown Redis command called from script script: "+s.running.sha+", &c.")
	}
	why := strings.ReplaceAll(err.Error(), contextSHA, s.running.sha)
	if protected {
		return reply(l, "err", why)
	}
	return raise(l, why)
}

// command carries out a command and returns the answer.
func (s *scriptState) command(args []string) (answer any, err error) {
	s.reply.Reset()
	s.out.Reset(&s.reply)
	s.in.Reset(&s.reply)
	peer := server.NewPeer(s.out)
	peer.Ctx = s.ctx
	s.server.Dispatch(peer, args)
	peer.Flush()
	return server.ParseReply(s.in)
}

// toLua turns an answer of Redis into a Lua value.
func toLua(l *lua.LState, answer any) lua.LValue {
	switch a := answer.(type) {
	case int:
		return lua.LNumber(a)
	case string:
		return lua.LString(a)
	case server.Simple:
		return table(l, "ok", string(a))
	case []any:
		t := l.CreateTable(len(a), 0)
		for _, e := range a {
			t.Append(toLua(l, e))
		}
		return t
	}
	return lua.LFalse // nil
}

// write writes a Lua value as an answer of Redis.
func (s *scriptState) write(c *server.Peer, value lua.LValue) {
	switch v := value.(type) {
	case lua.LBool:
		if v {
			c.WriteInt(1)
			return
		}
	case lua.LNumber:
		c.WriteInt(int(v))
		return
	case lua.LString:
		c.WriteBulk(string(v))
		return
	case *lua.LTable:
		if err := v.RawGetString("err"); err != lua.LNil {
			c.WriteError(err.String())
			return
		}
		if ok := v.RawGetString("ok"); ok != lua.LNil {
			c.WriteInline(ok.String())
			return
		}
		n := 0
		for v.RawGetInt(n+1) != lua.LNil {
			n++
		}
		c.WriteLen(n)
		for i := range n {
			s.write(c, v.RawGetInt(i+1))
		}
		return
	}
	c.WriteNull()
}
