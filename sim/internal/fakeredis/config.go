package fakeredis

import (
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// eventFlags are those of notify-keyspace-events in Redis 7.0, in the order in
// which Redis writes them; "A" stands for the first ten.
const eventFlags = "g$lshzxetd" + "KEmn"

// config answers CONFIG GET and SET for notify-keyspace-events.
func (r *Redis) config(c *server.Peer, _ string, args []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	const name = "notify-keyspace-events"
	switch {
	case len(args) == 2 && strings.EqualFold(args[0], "GET"):
		if args[1] != name && args[1] != "*" {
			c.WriteMapLen(0)
			return
		}
		c.WriteMapLen(1)
		c.WriteBulk(name)
		c.WriteBulk(r.flags)
	case len(args) == 3 && strings.EqualFold(args[0], "SET") && args[1] == name:
		flags, ok := normalize(args[2])
		if ok && r.refused {
			r.wanted = flags
			c.WriteError("ERR unknown subcommand 'SET'. Try CONFIG HELP.")
			return
		}
		if !ok {
			c.WriteError("ERR CONFIG SET failed (possibly related to argument '" + name + "') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
			return
		}
		r.flags = flags
		c.WriteOK()
	default:
		c.WriteError("ERR this Redis knows CONFIG GET and SET of " + name + " only")
	}
}

// normalize writes flags as Redis does: "Ex" becomes "xE".
func normalize(given string) (flags string, ok bool) {
	const all = "g$lshzxetd"
	given = strings.ReplaceAll(given, "A", all)
	if strings.Trim(given, eventFlags) != "" {
		return "", false
	}
	for _, f := range eventFlags {
		if strings.ContainsRune(given, f) {
			flags += string(f)
		}
	}
	return strings.Replace(flags, all, "A", 1), true
}

// DisableEvents turns expiry events off and refuses CONFIG SET.
func (r *Redis) DisableEvents() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.refused {
		r.refused, r.watched = true, nil
		r.wanted, r.flags = r.flags, ""
	}
}

// EnableEvents sets expiry events as they were before DisableEvents, or as a
// client has wanted to set them since.
func (r *Redis) EnableEvents() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused {
		r.refused, r.watched = false, nil
		r.flags = r.wanted
	}
}
