package stacktest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/redistest"
)

// Node is one process of a Redis Cluster or of a Sentinel set-up.
type Node struct {
	*Process
	Client *redis.Client
	addr   string
}

// startNode starts redis-server with a configuration file of these lines, as a server
// or, with "--sentinel", as a Sentinel.
func startNode(t testing.TB, addr string, lines []string, args ...string) *Node {
	t.Helper()
	path := redistest.Path(t)
	dir := t.TempDir()
	lines = append([]string{"bind 127.0.0.1", "port " + port(addr), "dir " + dir, "logfile " + filepath.Join(dir, "log")}, lines...)
	conf := filepath.Join(dir, "redis.conf")
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := &Node{addr: addr, Process: StartProcess(t, exec.Command(path, append([]string{conf}, args...)...), NewLog(t))}
	if !awaitRedis(n.Process, addr) {
		text, _ := os.ReadFile(filepath.Join(dir, "log")) // what there is of it
		t.Fatalf("redis-server on %s does not answer\n%s", addr, text)
	}
	n.Client = redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { n.Client.Close() })
	return n
}

func port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// Do runs a command that must succeed.
func (n *Node) Do(args ...any) string {
	n.t.Helper()
	answer, err := n.Client.Do(n.t.Context(), args...).Text()
	if err != nil {
		n.t.Fatalf("%s: %v: %v", n.addr, args, err)
	}
	return answer
}

// Info returns a field of INFO, or "" if there is none or no answer.
func (n *Node) Info(section, field string) string {
	text, _ := n.Client.Info(n.t.Context(), section).Result()
	return infoField(text, field)
}

// IsMaster tells whether the node is a master that answers.
func (n *Node) IsMaster() bool { return n.Alive() && n.Info("replication", "role") == "master" }

// Keys returns what the node holds in a database; replicas hold it too.
func (n *Node) Keys(db int) []string {
	n.t.Helper()
	var keys *redis.StringSliceCmd
	_, err := n.Client.TxPipelined(n.t.Context(), func(p redis.Pipeliner) error {
		if db != 0 {
			p.Do(n.t.Context(), "SELECT", db)
		}
		keys = p.Keys(n.t.Context(), "*")
		if db != 0 {
			p.Do(n.t.Context(), "SELECT", 0)
		}
		return nil
	})
	if err != nil {
		n.t.Fatalf("%s: %v", n.addr, err)
	}
	return keys.Val()
}

// Group is the Redis servers of a Cluster, or those that Sentinels watch.
type Group struct {
	Nodes    []*Node // that hold data
	Replicas int     // of each master

	env     string         // the bot's variable
	timers  int            // database of the triggers
	trigger *regexp.Regexp // a trigger's key, with the user
}

// Env is the bot's variable that names the servers.
func (g *Group) Env() string { return g.env }

// Left is like [Redis.Left], of all nodes that are alive.
func (g *Group) Left() (keys []string) {
	for _, n := range g.Nodes {
		if !n.Alive() {
			continue
		}
		for _, db := range slices.Compact([]int{0, g.timers}) {
			for _, key := range n.Keys(db) {
				if !staysAWhile.MatchString(key) {
					keys = append(keys, fmt.Sprintf("%s %d %s", n.addr, db, key))
				}
			}
		}
	}
	return keys
}

// Triggers returns on which master the trigger of each user is.
func (g *Group) Triggers() map[string]*Node {
	where := make(map[string]*Node)
	for _, n := range g.Nodes {
		if !n.IsMaster() {
			continue
		}
		for _, key := range n.Keys(g.timers) {
			if match := g.trigger.FindStringSubmatch(key); match != nil {
				where[match[1]] = n
			}
		}
	}
	return where
}
