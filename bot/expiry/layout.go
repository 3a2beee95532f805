package expiry

import (
	"fmt"
	"hash/fnv"
)

const (
	// DB is the Redis database of the triggers. A Redis Cluster has none but 0.
	DB = 3

	prefix = "wappa:"

	// Shards is the number of hash tags over which a Layout for a Redis Cluster
	// spreads the timers.
	Shards = 16
)

// Layout names the keys. The zero Layout is for one server, with the triggers in database
// 3. In a Redis Cluster everything is in database 0, and all keys of an identifier have
// the same hash tag, such as "{wappa:7}:".
type Layout struct {
	Cluster bool
}

// Prefix returns the beginning of the keys of an identifier.
func (l Layout) Prefix(identifier string) string { return l.shardPrefix(l.shard(identifier)) }

// Trigger returns the trigger key of a timer.
func (l Layout) Trigger(action, identifier string) string {
	return l.Prefix(identifier) + "EXPTRIGGER:" + action + ":" + identifier
}

// Deadlines returns the key of the sorted set of an action's timers, ordered by due time.
func (l Layout) Deadlines(action, identifier string) string {
	return l.Prefix(identifier) + "deadlines:" + action
}

// Leases returns the key of the sorted set of an action's open firings, ordered by when
// they may be claimed again.
func (l Layout) Leases(action, identifier string) string {
	return l.Prefix(identifier) + "leases:" + action
}

// Firing returns the key of a timer's open firing.
func (l Layout) Firing(action, identifier string) string {
	return l.Prefix(identifier) + "firing:" + action + ":" + identifier
}

// Parked returns the key of the hash of parked firings.
func (l Layout) Parked(identifier string) string { return l.Prefix(identifier) + "parked" }

// TriggerDB returns the database of the triggers as an argument of the scripts: empty if
// all keys are in the same database.
func (l Layout) TriggerDB() string {
	if l.Cluster {
		return ""
	}
	return fmt.Sprint(DB)
}

// Channel returns the channel on which Redis announces expired triggers.
func (l Layout) Channel() string {
	if l.Cluster {
		return "__keyevent@0__:expired"
	}
	return fmt.Sprintf("__keyevent@%d__:expired", DB)
}

func (l Layout) shards() int {
	if l.Cluster {
		return Shards
	}
	return 1
}

func (l Layout) shard(identifier string) int {
	if !l.Cluster {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(identifier)) // a hash never fails
	return int(h.Sum32() % Shards)
}

func (l Layout) shardPrefix(shard int) string {
	if !l.Cluster {
		return prefix
	}
	return fmt.Sprintf("{wappa:%d}:", shard)
}
