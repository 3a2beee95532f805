package fakeredis

import (
	"strconv"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2/server"
)

// scripts are those that clients have loaded. miniredis makes a Lua state with all
// libraries for each run of a script, which costs many times what most scripts do. So
// plain ones run here, in states that are prepared once. All others are miniredis'
// own, as all in transactions are: it is given the scripts when it needs them.
type scripts struct {
	giving sync.Mutex   // held while miniredis is given scripts
	giver  *server.Peer // which loads them

	mu     sync.Mutex         // guards what follows
	kept   map[string]*script // by SHA1: miniredis does not know them
	queued bool               // a transaction has had a command about scripts
}

// runScript carries out a command about scripts, or EXEC. If it is not done,
// miniredis is to do it.
func (r *Redis) runScript(c *server.Peer, command string, args []string) (done bool) {
	is, ok := connectionOf(c)
	defer func() {
		if !done && !is.script { // in a script it is done
			r.prepareScript(nil)
		}
	}()
	if c == r.scripts.giver {
		return false
	}
	if !ok || is.script {
		return false
	}
	about := command != "EXEC"
	switch {
	case !is.plain:
		r.scripts.mu.Lock()
		r.scripts.queued = r.scripts.queued || about
		needed := r.scripts.queued
		r.scripts.mu.Unlock()
		if needed {
			r.giveScripts()
		}
		return false
	case command == "EVAL" && len(args) > 1:
		running := plainScript(args[0])
		done, ok = r.runPlain(c, is.db, running, args[1:])
		if ok {
			r.keep(running)
		}
		return done
	case command == "EVALSHA" && len(args) > 1:
		running := r.keptScript(args[0])
		if done, _ = r.runPlain(c, is.db, running, args[1:]); !done && running != nil { // miniredis says what is wrong
			r.server.Dispatch(c, append([]string{"EVAL", running.text}, args[1:]...))
			done = true
		}
		return done
	case command == "SCRIPT" && len(args) == 2 && strings.EqualFold(args[0], "LOAD"):
		if loaded := plainScript(args[1]); loaded != nil {
			r.keep(loaded)
			c.WriteBulk(loaded.sha)
			return true
		}
	case about:
		r.giveScripts()
	}
	return false
}

func (r *Redis) keep(s *script) {
	r.scripts.mu.Lock()
	defer r.scripts.mu.Unlock()
	r.scripts.kept[s.sha] = s
}

func (r *Redis) keptScript(sha string) *script {
	r.scripts.mu.Lock()
	defer r.scripts.mu.Unlock()
	return r.scripts.kept[sha]
}

// giveScripts gives miniredis all scripts, which it then runs itself: until they are
// loaded again, since miniredis may forget them.
func (r *Redis) giveScripts() {
	r.scripts.giving.Lock()
	defer r.scripts.giving.Unlock()
	r.scripts.mu.Lock()
	kept := r.scripts.kept
	r.scripts.kept = make(map[string]*script)
	r.scripts.mu.Unlock()
	for _, s := range kept {
		r.server.Dispatch(r.scripts.giver, []string{"SCRIPT", "LOAD", s.text})
	}
}

// runPlain runs a script with the arguments that follow it in EVAL. It is not done if
// there is no script, or the number of keys is wrong; it is not ok if the script fails.
func (r *Redis) runPlain(c *server.Peer, db int, running *script, args []string) (done, ok bool) {
	keys, err := strconv.Atoi(args[0])
	if running == nil || err != nil || keys < 0 || keys > len(args)-1 {
		return false, false
	}
	r.prepareScript(running)
	state := states.Get().(*scriptState)
	r.still.Lock()
	defer r.still.Unlock()
	r.mini.Lock()
	defer r.mini.Unlock()
	return true, state.run(r.server, c, db, running, args[1:1+keys], args[1+keys:])
}
