package fakeredis

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// script is a Lua script that was compiled. All worlds share it.
type script struct {
	text, sha string
	proto     *lua.FunctionProto
	timeless  bool // its commands neither ask for a TTL nor set one
	delayable bool // nor do they set one that cannot be delayed
}

// compiled holds the plain scripts of the process by their text; nil: one that is
// not plain.
var compiled sync.Map // string → *script

// plainScript compiles a script, unless it was compiled before. It returns nil for
// one that a prepared state cannot run; miniredis runs that, or says what is wrong
// with it.
func plainScript(text string) *script {
	if s, ok := compiled.Load(text); ok {
		return s.(*script)
	}
	var s *script
	if chunk, err := parse.Parse(strings.NewReader(text), "<string>"); err == nil {
		if proto, err := lua.Compile(chunk, ""); err == nil && isPlain(proto) {
			sum := sha1.Sum([]byte(text))
			s = &script{text: text, sha: hex.EncodeToString(sum[:]), proto: proto}
			s.timeless = commandsAre(proto, func(name string) bool { _, ok := timeless[name]; return ok })
			s.delayable = commandsAre(proto, func(name string) bool { _, ok := timeless[name]; return ok || setsTTL[name] })
		}
	}
	compiled.Store(text, s)
	return s
}

var (
	// plainGlobals are those that change nothing in a Lua state but the tables and
	// functions that they are given.
	plainGlobals = []string{"assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "select", "tonumber", "tostring", "type", "unpack", "xpcall", "KEYS", "ARGV"}
	// libraries are tables of such functions.
	libraries = []string{"string", "table", "math", "redis", "server", "cjson", "os"}
)

// isPlain tells whether a function cannot change the state in which it runs, so that
// another script can run there after it: it sets no global, reads none but those
// above, and takes of a library only what is in it, never the table itself.
func isPlain(f *lua.FunctionProto) bool {
	for i, instruction := range f.Code {
		switch opcode(instruction) {
		case lua.OP_SETGLOBAL:
			return false
		case lua.OP_GETGLOBAL:
			name := f.Constants[instruction&0x3ffff].String()
			if slices.Contains(libraries, name) && i+1 < len(f.Code) && takesField(f.Code[i+1], register(instruction)) {
				continue
			}
			if !slices.Contains(plainGlobals, name) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(f.FunctionPrototypes, func(inner *lua.FunctionProto) bool { return !isPlain(inner) })
}

// takesField tells whether an instruction replaces the table in a register by one of
// its fields.
func takesField(instruction uint32, table uint32) bool {
	code := opcode(instruction)
	return (code == lua.OP_GETTABLE || code == lua.OP_GETTABLEKS) && register(instruction) == table && instruction&0x1ff == table
}

// opcode and register take an instruction apart: six bits say what it does, the next
// eight to which register.
func opcode(instruction uint32) int      { return int(instruction >> 26) }
func register(instruction uint32) uint32 { return instruction >> 18 & 0xff }

// commandsAre tells whether all commands of a function are known to be such: each is a call
// of redis.call or redis.pcall with a constant name.
func commandsAre(f *lua.FunctionProto, such func(name string) bool) bool {
	for i, instruction := range f.Code {
		if opcode(instruction) != lua.OP_GETGLOBAL {
			continue
		}
		switch f.Constants[instruction&0x3ffff].String() {
		case "redis", "server":
			if name, ok := calledWith(f, i+1, register(instruction)); !ok || !such(strings.ToUpper(name)) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(f.FunctionPrototypes, func(inner *lua.FunctionProto) bool { return !commandsAre(inner, such) })
}

// calledWith returns the first argument with which a function is called that the instruction
// at i takes from a table into a register: a constant, which the next instruction loads. It
// is the function that is called if the next to use its register is a call.
func calledWith(f *lua.FunctionProto, i int, function uint32) (name string, ok bool) {
	if i+2 >= len(f.Code) || opcode(f.Code[i+1]) != lua.OP_LOADK || register(f.Code[i+1]) != function+1 {
		return "", false
	}
	for _, instruction := range f.Code[i+2:] {
		if register(instruction) == function {
			code := opcode(instruction)
			return f.Constants[f.Code[i+1]&0x3ffff].String(), code == lua.OP_CALL || code == lua.OP_TAILCALL
		}
	}
	return "", false
}
