package fakeredis

import (
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// timeless are common commands that neither ask for a TTL nor set one: it makes no
// difference to them that the move of TTLs was put off. The true ones change no key and
// no subscription either.
var timeless = map[string]bool{
	"AUTH": true, "CLIENT": true, "ECHO": true, "EXISTS": true, "GET": true, "GETRANGE": true, "HELLO": true, "HEXISTS": true,
	"HGET": true, "HGETALL": true, "HKEYS": true, "HLEN": true, "HMGET": true, "HSCAN": true, "HSTRLEN": true, "HVALS": true, "INFO": true, "KEYS": true, "LINDEX": true, "LLEN": true, "LRANGE": true,
	"MGET": true, "PING": true, "SCAN": true, "SCARD": true, "SELECT": true, "SISMEMBER": true, "SMEMBERS": true, "STRLEN": true,
	"TIME": true, "TYPE": true, "ZCARD": true, "ZCOUNT": true, "ZRANGE": true, "ZRANGEBYSCORE": true, "ZSCAN": true, "ZSCORE": true,

	"APPEND": false, "CONFIG": false, "DECR": false, "DEL": false, "DISCARD": false, "HDEL": false, "HINCRBY": false, "HINCRBYFLOAT": false, "HMSET": false, "HSET": false, "HSETNX": false,
	"INCR": false, "INCRBY": false, "LPOP": false, "LPUSH": false, "LREM": false, "LTRIM": false, "MULTI": false, "PERSIST": false,
	"PSUBSCRIBE": false, "PUBLISH": false, "PUNSUBSCRIBE": false, "RPOP": false, "RPUSH": false, "SADD": false, "SETNX": false,
	"SETRANGE": false, "SREM": false, "SUBSCRIBE": false, "UNLINK": false, "UNSUBSCRIBE": false, "ZADD": false, "ZINCRBY": false, "ZREM": false,
	"ZREMRANGEBYRANK": false, "ZREMRANGEBYSCORE": false,
}

// asksTTL are the commands that only ask for a TTL.
var asksTTL = map[string]bool{"TTL": true, "PTTL": true, "EXPIRETIME": true, "PEXPIRETIME": true}

// setsTTL are the commands that set the TTL of the key that they name first. The true
// ones can be delayed.
var setsTTL = map[string]bool{
	"SET": true, "PEXPIRE": true, "PEXPIREAT": true, "PSETEX": true,
	"EXPIRE": false, "EXPIREAT": false, "GETEX": false, "SETEX": false,
}

// onlyReads tells whether a command changes no key and no subscription. The commands of a
// script come to the hook by themselves.
func onlyReads(command string) bool {
	return timeless[command] || asksTTL[command] || command == "EVAL" || command == "EVALSHA"
}

// prepare makes ready for a command, which may change its arguments. Within a script it
// moves no TTL: runScript has, if the script needs it.
func (r *Redis) prepare(c *server.Peer, command string, args []string) {
	if _, indifferent := timeless[command]; indifferent || command == "EVAL" || command == "EVALSHA" {
		return
	}
	is, ok := connectionOf(c)
	if !is.script {
		r.still.Lock()
		defer r.still.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	x := &r.expiries
	delayable, sets := setsTTL[command]
	switch {
	case ok && !is.script && !is.plain && command != "EXEC": // a transaction: it waits for EXEC
		return
	case asksTTL[command]:
	case ok && sets && len(args) > 0:
		x.dirty = append(x.dirty, place{is.db, args[0]})
		if lag := r.at.Sub(r.moved); delayable && lag%time.Millisecond == 0 {
			delay(command, args, lag, r.at)
			return
		}
	default:
		x.all = true
		x.ofField = x.ofField || strings.HasPrefix(command, "H")
	}
	if !is.script {
		r.moveTTLs()
	}
}

// prepareScript is prepare for all commands of a script; nil: one that is not known.
func (r *Redis) prepareScript(s *script) {
	r.still.Lock()
	defer r.still.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if s == nil || !s.delayable || r.at.Sub(r.moved)%time.Millisecond != 0 && !s.timeless {
		r.moveTTLs()
	}
}

// delay adds what the move of TTLs was put off by to a TTL that a command sets: both will
// be moved together. A time that has passed stays as it is.
func delay(command string, args []string, lag time.Duration, now time.Time) {
	add := func(i int, unit, after int64) {
		if i >= len(args) {
			return
		}
		const most = 1 << 50 // beyond it, miniredis says what is wrong
		if n, err := strconv.ParseInt(args[i], 10, 64); err == nil && n < most && n*unit > after {
			args[i] = strconv.FormatInt(n*unit+lag.Milliseconds(), 10)
			if unit > 1 {
				args[i-1] = "P" + strings.Replace(strings.ToUpper(args[i-1]), "E", "", 1)
			}
		}
	}
	switch command {
	case "PEXPIRE", "PSETEX":
		add(1, 1, 0)
	case "PEXPIREAT":
		add(1, 1, now.UnixMilli())
	case "SET":
		for i := 2; i < len(args); i++ {
			switch strings.ToUpper(args[i]) {
			case "EX":
				add(i+1, 1000, 0)
			case "PX":
				add(i+1, 1, 0)
			case "EXAT":
				add(i+1, 1000, now.UnixMilli())
			case "PXAT":
				add(i+1, 1, now.UnixMilli())
			default:
				continue
			}
			i++
		}
	}
}
