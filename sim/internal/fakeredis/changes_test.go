package fakeredis_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/sim/internal/fakeredis"
)

// names writes the keys that may have changed as "db name=type".
func names(r *fakeredis.Redis) string {
	keys, all := r.Changed()
	var written []string
	for _, k := range keys {
		written = append(written, fmt.Sprintf("%d %s=%s", k.DB, k.Name, k.Type))
	}
	slices.Sort(written)
	if all {
		written = append(written, "all")
	}
	return strings.Join(written, " ")
}

// TestChangedNamesWhatCommandsChanged has commands of every kind change keys: what is not theirs
// is not read.
func TestChangedNamesWhatCommandsChanged(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		var heard answers
		c := r.Connect(&heard)
		defer c.Close()
		c.Do(command("SET", "other", "1"))
		if got := names(r); got != "0 other=string all" {
			t.Errorf("first: %s", got)
		}
		for _, step := range []struct{ commands, want string }{
			{"GET other", ""},
			{"SET a 1", "0 1= 0 a=string"},
			{"RENAME a b", "0 a= 0 b=string"},
			{"HSET h f v;RPUSH l x", "0 f= 0 h=hash 0 l=list 0 v= 0 x="},
			{"EVAL redis.call('SET','unnamed',1) 0", "0 1= 0 unnamed=string"},
			{"EVAL redis.call('SELECT',3)redis.call('SET','third',1) 0", "3 1= 3 third=string"},
			{"EVAL return{redis.call('DEL','unnamed'),redis.sha1hex('')} 0", "0 unnamed="},
			{"MULTI;SET t 1", ""},
			{"EXEC", "0 1= 0 t=string"},
			{"MULTI;SET never 1;DISCARD", ""},
			{"MULTI;SELECT 3;SET third 2;SELECT 0;EXEC", "0 b=string 0 h=hash 0 l=list 0 other=string 0 t=string 3 third=string all"},
			{"FLUSHDB", "3 third=string all"},
			{"SELECT 3", ""},
			{"MOVE third 0", "0 third=string all"},
		} {
			for one := range strings.SplitSeq(step.commands, ";") {
				c.Do(command(strings.Fields(one)...))
			}
			if got := names(r); got != step.want {
				t.Errorf("%s: %s, want %s", step.commands, got, step.want)
			}
		}
		if strings.Contains(heard.text, "\n-") {
			t.Errorf("it answers %q", heard.text)
		}
	})
}

// TestChangedNamesWhatChangesByItself has a key expire, a command take what it has waited for,
// and Redis put back.
func TestChangedNamesWhatChangesByItself(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		c, waits := dial(t, r), dial(t, r)
		c.do("SET", "timed", "1", "PX", "1500")
		r.Changed()
		time.Sleep(time.Second)
		if keys, _ := r.Changed(); len(keys) > 0 {
			t.Errorf("nothing has changed: %v", keys)
		}
		c.do("PEXPIRE", "timed", "1500")
		if keys, _ := r.Changed(); len(keys) == 0 || keys[slices.IndexFunc(keys, func(k fakeredis.Key) bool { return k.Name == "timed" })].TTL != 1500*time.Millisecond {
			t.Errorf("its TTL is another: %v", keys)
		}
		time.Sleep(time.Second)
		c.do("SET", "x", "1")
		r.Changed()
		time.Sleep(time.Second)
		r.CatchUp()
		if got := names(r); got != "0 timed=" {
			t.Errorf("after it has expired: %s", got)
		}
		waits.send("BLPOP queue 0")
		r.Changed()
		c.do("RPUSH", "queue", "first", "second")
		r.Changed()
		serve(r)
		if got := names(r); !strings.Contains(got, "0 queue=list") {
			t.Errorf("after one has taken from a queue: %s", got)
		}
		waits.bulk()
		r.Restore(fakeredis.Snapshot{})
		if got := names(r); got != "all" {
			t.Errorf("when Redis is empty: %s", got)
		}
	})
}

// TestChangedIsEnough draws commands, also of transactions and scripts, with time between them, and
// wants what Changed has told so far to be what Redis holds.
func TestChangedIsEnough(t *testing.T) {
	inBubble(t, func(t *testing.T, r *fakeredis.Redis) {
		var heard answers
		c := r.Connect(&heard)
		defer c.Close()
		told := make(map[string]fakeredis.Key)
		draw := rand.New(rand.NewPCG(3, 4))
		commands := strings.Split("SET k v,SET k w PX 700,SET k w EX 2,APPEND k x,DEL k l,RENAME k l,COPY k l,LPUSH l a b,LTRIM l 0 3,RPOPLPUSH l m,HSET h f v,HSET h f w g x,HDEL h f,ZADD z 1 a 2 b,ZINCRBY z 3 a,SADD s a b,SPOP s,SUNIONSTORE m s s,PEXPIRE h 1500,PERSIST k,MOVE k 3,SELECT 3,SELECT 0,FLUSHDB,SWAPDB 0 3,MULTI,EXEC,DISCARD,GETEX k PX 300,GETDEL k,BLPOP l 0.001,EVAL return{redis.call('SET','k',ARGV[1]),redis.call('PEXPIRE','k',900)} 0 v,EVAL redis.call('SELECT','3')redis.call('INCR','n') 0,XADD x * a b", ",")
		for n := range 6000 {
			if n == 4000 {
				commands = append(commands, "HEXPIRE h 1 FIELDS 1 g") // from then on, hashes change by themselves
			}
			one := commands[draw.IntN(len(commands))]
			c.Do(command(strings.Fields(one)...))
			if draw.IntN(3) == 0 {
				time.Sleep(time.Duration(draw.IntN(900)) * time.Millisecond)
			}
			changed, all := r.Changed()
			if all {
				clear(told)
			}
			for _, k := range changed {
				if name := fmt.Sprint(k.DB, " ", k.Name); k.Type == "" {
					delete(told, name)
				} else {
					k.TTL = time.Duration(time.Now().Add(k.TTL).UnixNano()) * time.Duration(min(1, k.TTL)) // when it expires; 0: never
					told[name] = k
				}
			}
			if draw.IntN(4) > 0 {
				continue // Keys moves TTLs
			}
			holds := make(map[string]fakeredis.Key)
			for _, k := range r.Keys() {
				k.TTL = time.Duration(time.Now().Add(k.TTL).UnixNano()) * time.Duration(min(1, k.TTL))
				holds[fmt.Sprint(k.DB, " ", k.Name)] = k
			}
			if !maps.Equal(told, holds) {
				t.Fatalf("after %s: told %+v, Redis holds %+v", one, told, holds)
			}
		}
	})
}
