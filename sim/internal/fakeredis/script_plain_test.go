package fakeredis

import "testing"

// TestPlainScripts tells scripts that leave their state as it was from those that could
// change it.
func TestPlainScripts(t *testing.T) {
	for text, want := range map[string]bool{
		"return redis.call('GET', KEYS[1])":                                                   true,
		"local call = redis.call return call('GET', ARGV[1])":                                 true,
		"local t = {} t.call = redis.call t.call('GET', 'a') return cjson.encode({1, 2})":     true,
		"local function f(n) return string.format('%d', n + math.floor(1.5)) end return f(1)": true,
		"for i = 1, 3 do local g = function() return redis.pcall('PING') end g() end":         true,
		"return pcall(redis.call, 'GET', 'a')":                                                true,
		"a = 1":                                                                               false,
		"tonumber = nil":                                                                      false,
		"redis.call = nil":                                                                    false,
		"local r = redis r.call = nil":                                                        false,
		"local f = function(r) r.x = 1 end f(redis)":                                          false,
		"(redis or 1).x = 1":                                                                  false,
		"local t = {redis} t[1].x = 1":                                                        false,
		"return string":                                                                       false,
		"local function f() return math end f().x = 1":                                        false,
		"_G.x = 1":               false,
		"rawset(_G, 'x', 1)":     false,
		"getmetatable('').x = 1": false,
		"return other":           false,
		"return (":               false,
	} {
		if got := plainScript(text) != nil; got != want {
			t.Errorf("%s: plain is %t", text, got)
		}
	}
}
