package fakeredis_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alicebob/miniredis/v2"

	"wappasim/sim/internal/fakeredis"
)

// scripts are run one after another on one connection, with two keys and three
// arguments. What none may do is to change the state of the next.
var scripts = []string{
	"return 1", "return 1.9", "return -0.5", "return 1e20", "return 'text'", "return ''", "return nil", "return true", "return false", "return", "",
	"return {1, 2, {3, 'four', {true, false}}, 1.5}", "return {1, nil, 3}", "return {}", "return {a = 1}", "return {false, 2}", "return 1, 2",
	"return {err = 'MY error'}", "return {ok = 'fine'}", "return {1, {err = 'INNER x'}}", "return {1, {ok = 'inner'}}", "return {ok = 1}", "return {err = 'two\\r\\nlines'}",
	"return KEYS", "return ARGV", "return {KEYS[1], ARGV[3], KEYS[9]}", "return #KEYS + #ARGV", "KEYS[1] = 'other' return KEYS[1]", "return KEYS[1]",
	"return redis.call('SET', KEYS[1], ARGV[1])", "return redis.call('GET', KEYS[1])", "return redis.call('GET', 'missing')", "return redis.call('get', KEYS[1])",
	"return type(redis.call('GET', 'missing'))", "return redis.call('SET', KEYS[1], 'x', 'NX')", "return redis.call('INCRBY', 'n', 2)", "return redis.call('INCRBY', 'n', 2.5)",
	"redis.call('DEL', KEYS[2]) return redis.call('HSET', KEYS[2], 'a', 1, 'b', 'two')", "return redis.call('HGETALL', KEYS[2])", "return redis.call('HMGET', KEYS[2], 'a', 'none', 'b')",
	"local all = redis.call('HGETALL', KEYS[2]) local text = '' for i, v in ipairs(all) do text = text .. i .. v end return text",
	"return redis.call('RPUSH', 'list', 1, 'two', 3)", "return redis.call('LRANGE', 'list', 0, -1)", "return redis.call('ZADD', 'zset', 1.5, 'a', 2, 'b')", "return redis.call('ZRANGE', 'zset', 0, -1, 'WITHSCORES')",
	"return redis.call('ZSCORE', 'zset', 'a') + 1", "return redis.call('TIME')[1] + 0 > 0", "return redis.call('PTTL', KEYS[1])", "redis.call('PEXPIRE', KEYS[1], 1500) return redis.call('PTTL', KEYS[1])",
	"return redis.call('GET', KEYS[2])", "return redis.pcall('GET', KEYS[2])", "return redis.pcall('GET', KEYS[2])['err']", "return redis.call('NOSUCH', 1)", "return redis.pcall('NOSUCH', 1)", "return redis.call('GET')", "return redis.pcall('GET')",
	"return redis.call()", "return redis.pcall()", "return redis.call({})", "return redis.call('GET', {})", "return redis.pcall('GET', nil)", "return redis.call('GET', true)",
	"local ok, err = pcall(redis.call, 'GET', KEYS[2]) return {tostring(ok), type(err)}", "return pcall(error, 'mine')", "return {pcall(error, {code = 7})}", "error('mine')", "error('mine', 0)", "error()",
	"return redis.call('MULTI')", "return redis.pcall('MULTI')", "return redis.call('EVAL', 'return 1', 0)", "return redis.pcall('EVALSHA', 'x', 0)", "return redis.call('SUBSCRIBE', 'c')", "return redis.call('SCRIPT', 'FLUSH')", "return redis.call('WATCH', 'a')",
	"redis.call('SELECT', 4) return redis.call('SET', 'in4', ARGV[1])", "return redis.call('EXISTS', 'in4')", "redis.call('SELECT', 4) return redis.call('GET', 'in4')",
	"return redis.error_reply('MY words here')", "return redis.error_reply('WORD')", "return redis.error_reply('-DASH words')", "return redis.error_reply('')", "return redis.error_reply(1)", "return redis.error_reply()",
	"return redis.status_reply('FINE')", "return redis.status_reply({})", "return redis.sha1hex('')", "return redis.sha1hex('abc')", "return redis.sha1hex(12)", "return redis.sha1hex()", "return redis.sha1hex('a', 'b')",
	"return redis.log(redis.LOG_WARNING, 'x')", "return redis.log('x')", "return {redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING}", "return redis.replicate_commands()", "return redis.set_repl(3)", "return redis.set_repl()", "return redis.setresp(4)", "redis.setresp(3) return redis.call('HGETALL', KEYS[2])",
	"return cjson.encode({1, 'two', {a = 1.5}})", "return cjson.decode('{\"a\": [1, null, \"x\"]}').a", "return cjson.encode(cjson.decode(ARGV[3]))", "return cjson.decode('{')", "return os.clock()", "return os.time()", "return math.max(1, 7)", "return math.floor(7.7)", "return string.format('%d %s %5.2f', 7, 'x', 1.234)", "return ('x'):rep(3)", "return table.concat({1, 2, 3}, ',')",
	"local t = {} table.insert(t, 'a') table.insert(t, 'b') return table.remove(t)", "local t = {3, 1, 2} table.sort(t) return t", "return unpack({1, 2})", "return select('#', 1, nil, 3)", "return tonumber('0x10')", "return tostring(nil)", "return type(nil)", "return next({})", "return rawequal(1, 1)", "return string.gsub('hello', 'l', 'L')",
	"local function f(n) if n == 0 then return 0 end return n + f(n - 1) end return f(50)", "local function f(n) return f(n + 1) + 1 end return f(1)", "return unpack({}, 1, 1e7)", "local s = 0 for i = 1, 100 do s = s + i end return s",
	"return nosuch", "nosuch = 1", "return redis.nosuch", "return redis.nosuch()", "return nil + 1", "return {} .. 'x'", "return #nil", "x x", "return 'unfinished", "return (", "goto x",
	// These change the state in which they run.
	"tonumber = nil return 1", "return tonumber('7')", "string.format = nil return 1", "return string.format('%d', 7)", "redis.call = nil return 1", "return redis.call('PING')", "local r = redis r.mine = 7 return r.mine", "return redis.mine", "rawset(_G, 'leak', 7) return leak", "return leak", "_G.leak = 7", "return _G.leak",
	"getmetatable('').__index = nil return 1", "return ('x'):upper()", "setmetatable(_G, nil) other = 1 return other", "return other", "KEYS = {} return #KEYS", "return #KEYS", "setfenv(1, {}) return 1", "return loadstring('return 7')()", "return package.loaded.string.len('abc')", "package.loaded.table.concat = nil return 1", "return table.concat({'a', 'b'})",
	"for k in pairs(redis) do redis[k] = nil end return 1", "return type(redis.call)", "table.insert(string, 'x') return #string", "return #string", "local c = coroutine.wrap(function() coroutine.yield(7) end) return c()", "return require('string').len('ab')", "local t = setmetatable({}, {__index = function(t, k) return k < 4 and k or nil end}) return t",
	"local m = math m.floor = function() return 13 end return m.floor(1)", "return math.floor(1.5)", "local c = redis.call c('SET', 'aliased', 1) return c('GET', 'aliased')", "return (redis or {}).call('PING')", "function f() end", "local function f() tostring = 1 end f() return 1", "return tostring(7)",
}

// withoutTrace cuts off Lua's stack trace, which is of the state's own functions.
func withoutTrace(answer string) string {
	answer, _, _ = strings.Cut(answer, " stack traceback:")
	return answer
}

// all sends a command and returns everything that comes back.
func (c client) all(args ...string) string { return c.more(c.do(args...)) }

func (c client) more(line string) string {
	n := 0
	switch {
	case strings.HasPrefix(line, "*"):
		_, _ = fmt.Sscanf(line, "*%d", &n)
	case strings.HasPrefix(line, "$") && line != "$-1":
		return line + " " + c.line()
	}
	for range n {
		line += " (" + c.more(c.line()) + ")"
	}
	return line
}

// inPair hands over a client of a Redis of ours and one of a plain miniredis.
func inPair(t *testing.T, f func(ours, theirs client)) {
	synctest.Test(t, func(t *testing.T) {
		r, err := fakeredis.New(1, fakeredis.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		m := miniredis.NewMiniRedis()
		t.Cleanup(m.Close)
		conn, err := m.Dial()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		f(dial(t, r), client{t, conn, bufio.NewReader(io.Reader(conn)), nil})
	})
}

// TestScriptsAnswerAsMiniredis runs every script on a Redis of ours and on a plain
// miniredis, several times and in two orders: each time the answers are the same.
func TestScriptsAnswerAsMiniredis(t *testing.T) {
	inPair(t, func(ours, theirs client) {
		compare := func(command ...string) {
			t.Helper()
			if got, want := withoutTrace(ours.all(command...)), withoutTrace(theirs.all(command...)); got != want {
				t.Errorf("%.120q:\n got %s\nwant %s", command, got, want)
			}
		}
		arguments := []string{"2", "key", "hash", "one", "2", `{"a":[1,{"b":null}],"c":"x"}`}
		for _, db := range []string{"0", "3"} {
			compare("SELECT", db)
			for _, script := range scripts {
				compare(append([]string{"EVAL", script}, arguments...)...)
			}
			for i := range scripts {
				compare(append([]string{"EVAL", scripts[len(scripts)-1-i]}, arguments...)...)
			}
		}
	})
}

// TestScriptsAreLoadedAsInMiniredis has commands about scripts follow each other.
func TestScriptsAreLoadedAsInMiniredis(t *testing.T) {
	const one, failing = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "9851144f39f03a0d597a980c5aa79c80cb696891" // of the scripts below
	inPair(t, func(ours, theirs client) {
		for _, command := range []string{
			"EVALSHA " + one + " 0", "EVAL", "EVAL x", "EVALSHA", "SCRIPT", "SCRIPT LOAD", "SCRIPT NO", "SCRIPT EXISTS", "SCRIPT FLUSH NOW",
			"EVAL return_1 x", "EVAL return_1 -1", "EVAL return_1 2 a", "EVAL return_1 1 a", "EVALSHA " + one + " 0", "EVALSHA " + one + " x", "EVALSHA " + one + " 3 a", "SCRIPT EXISTS " + one + " other", "EVALSHA " + one + " 0",
			"SCRIPT FLUSH", "EVALSHA " + one + " 0", "SCRIPT EXISTS " + one, "SCRIPT LOAD return_1", "EVALSHA " + one + " 0", "SCRIPT LOAD return_(", "SCRIPT FLUSH ASYNC", "SCRIPT EXISTS " + one,
			"EVAL error('x') 0", "EVALSHA " + failing + " 0", "EVAL_RO return_redis.call('SET','a',1) 0", "EVAL_RO return_redis.call('GET','a') 0", "EVAL return_1 0", "EVALSHA_RO " + one + " 0",
			"MULTI", "EVAL return_redis.call('INCR','n') 0", "EVALSHA " + one + " 0", "SCRIPT FLUSH", "EVALSHA " + one + " 0", "EXEC", "EVALSHA " + one + " 0",
			"MULTI", "EVALSHA " + one + " 0", "DISCARD", "EVAL return_1 0", "MULTI", "EVALSHA " + one + " 0", "EVAL x", "EXEC", "EVALSHA " + one + " 0",
			"MULTI", "SELECT 5", "EXEC", "EVAL return_redis.call('SET','k','v') 0", "KEYS *", "SELECT 0", "KEYS *", "GET n",
			"SUBSCRIBE c", "EVAL return_1 0", "UNSUBSCRIBE c", "EVAL return_1 0", "eval return_1 0", "evalsha " + one + " 0",
		} {
			args := strings.Fields(command)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "return_", "return ")
			}
			if got, want := withoutTrace(ours.all(args...)), withoutTrace(theirs.all(args...)); got != want {
				t.Errorf("%s:\n got %s\nwant %s", command, got, want)
			}
		}
	})
}

// TestOneClientLoadsForAnother has a transaction of one client run what another has
// loaded after it was queued.
func TestOneClientLoadsForAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		first, second := dial(t, r), dial(t, r)
		first.all("MULTI")
		first.all("EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0")
		second.all("EVAL", "return 1", "0")
		if got := first.all("EXEC"); got != "*1 (:1)" {
			t.Errorf("got %s", got)
		}
	})
}
