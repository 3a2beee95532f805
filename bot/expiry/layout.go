package expiry

import (
	"fmt"
	"hash/fnv"
)

const (
	// DB is the Redis database of the triggers. A Redis Cluster has none but 0.
	DB = 3

	prefix = "wappa:"

	// Shards is over how many hash tags a Layout for a Redis Cluster spreads
	// the timers.
	Shards = 16
)

// Layout says how keys are named. The zero Layout is that of one server, whose
// triggers are in database 3. In a Redis Cluster everything is in database 0, and
// what belongs to an identifier has a hash tag in common: "{wappa:7}:".
type Layout struct {
	Cluster bool
}

// Prefix is how the keys of an identifier begin.
func (l Layout) Prefix(identifier string) string { return l.shardPrefix(l.shard(identifier)) }

// Trigger returns the trigger key of a timer.
func (l Layout) Trigger(action, identifier string) string {
	return l.Prefix(identifier) + "EXPTRIGGER:" + action + ":" + identifier
}

// Deadlines returns the sorted set of an action's timers, by when they are due.
func (l Layout) Deadlines(action, identifier string) string {
	return l.Prefix(identifier) + "deadlines:" + action
}

// Leases returns the sorted set of an action's open firings, by when they may be
// claimed again.
func (l Layout) Leases(action, identifier string) string {
	return l.Prefix(identifier) + "leases:" + action
}

// Firing returns the key of a timer's open firing.
func (l Layout) Firing(action, identifier string) string {
	return l.Prefix(identifier) + "firing:" + action + ":" + identifier
}

// Parked returns the hash of what is parked.
func (l Layout) Parked(identifier string) string { return l.Prefix(identifier) + "parked" }

// TriggerDB is the database of the triggers as scripts are told it: empty where
// it is the one of everything else.
func (l Layout) TriggerDB() string {
	if l.Cluster {
		return ""
	}
	return fmt.Sprint(DB)
}

// Channel is where Redis announces the triggers that expired.
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
	_, _ = h.Write([]byte(identifier)) // a hash takes everything
	return int(h.Sum32() % Shards)
}

func (l Layout) shardPrefix(shard int) string {
	if !l.Cluster {
		return prefix
	}
	return fmt.Sprintf("{wappa:%d}:", shard)
}
