package fakeredis

import (
	"bufio"
	"bytes"
	"sync"

	luajson "github.com/alicebob/miniredis/v2/gopher-json"
	"github.com/alicebob/miniredis/v2/server"
	lua "github.com/yuin/gopher-lua"
)

// scriptState is a Lua state with the libraries of Redis in it. Plain scripts leave
// it as they found it, so it runs one after another, of any world.
type scriptState struct {
	lua *lua.LState
	ctx any // of commands that come from a script, as miniredis knows them

	// What follows is of one run.
	server  *server.Server
	running *script

	reply bytes.Buffer // of one command
	out   *bufio.Writer
	in    *bufio.Reader
}

// states are those that run no script at the moment.
var states = sync.Pool{New: func() any { return newScriptState() }}

func newScriptState() *scriptState {
	s := &scriptState{lua: lua.NewState(lua.Options{SkipOpenLibs: true}), ctx: newScriptContext()}
	s.out, s.in = bufio.NewWriter(&s.reply), bufio.NewReader(&s.reply)
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
		lua.StringLibName: lua.OpenString, lua.MathLibName: lua.OpenMath, "cjson": luajson.Loader,
	} {
		s.lua.Push(s.lua.NewFunction(open))
		s.lua.Push(lua.LString(name))
		s.lua.Call(1, 1)
		if name == "cjson" {
			s.lua.SetGlobal(name, s.lua.Get(-1))
		}
		s.lua.SetTop(0)
	}
	redis := s.lua.SetFuncs(s.lua.NewTable(), s.library())
	for level, name := range []string{"LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING"} {
		redis.RawSetString(name, lua.LNumber(level))
	}
	s.lua.SetGlobal("redis", redis)
	s.lua.SetGlobal("server", redis)
	s.lua.SetGlobal("os", s.lua.SetFuncs(s.lua.NewTable(), map[string]lua.LGFunction{"clock": func(l *lua.LState) int {
		l.Push(lua.LNumber(42)) // as miniredis has it: the same in every run
		return 1
	}}))
	return s
}

// run runs a script for a client whose database is db, writes the answer, and tells
// whether the script came to its end. The caller holds miniredis' lock, and must not use
// the state again.
func (s *scriptState) run(srv *server.Server, c *server.Peer, db int, running *script, keys, args []string) (ok bool) {
	s.server, s.running = srv, running
	s.selectDB(db)
	s.lua.SetGlobal("KEYS", s.list(keys))
	s.lua.SetGlobal("ARGV", s.list(args))
	s.lua.Push(s.lua.NewFunctionFromProto(running.proto))
	if err := s.lua.PCall(0, lua.MultRet, nil); err != nil {
		c.WriteError("ERR Error compiling script (new function): " + err.Error()) // the words of miniredis, for any error
		s.lua.Close()
		return false // and nobody uses the state again
	}
	s.write(c, s.lua.Get(1))
	s.lua.SetTop(0)
	s.server, s.running = nil, nil
	states.Put(s)
	return true
}

func (s *scriptState) list(values []string) *lua.LTable {
	list := s.lua.CreateTable(len(values), 0)
	for _, v := range values {
		list.Append(lua.LString(v))
	}
	return list
}
