package cmd_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// startCluster starts three masters, each with one replica: the node three after it.
func startCluster(t *testing.T) (nodes []*groupNode) {
	const masters, slots = 3, 16384
	for _, port := range groupPorts(t, 2*masters) {
		nodes = append(nodes, startGroupNode(t, port, []string{
			"save \"\"", "appendonly no", "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 2000",
			"cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0",
		}))
	}
	for i, n := range nodes {
		n.do("CLUSTER", "SET-CONFIG-EPOCH", i+1)
		if i < masters {
			n.do("CLUSTER", "ADDSLOTSRANGE", i*slots/masters, (i+1)*slots/masters-1)
		}
		if i > 0 {
			n.do("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
		}
	}
	everyNode := func(what string, done func(*groupNode) bool) {
		t.Helper()
		groupEventually(t, what, func() bool {
			for _, n := range nodes {
				if !done(n) {
					return false
				}
			}
			return true
		})
	}
	everyNode("the nodes to know each other", func(n *groupNode) bool {
		return strings.Count(n.do("CLUSTER", "NODES"), " connected") == len(nodes) && !strings.Contains(n.do("CLUSTER", "NODES"), "handshake")
	})
	for i, n := range nodes[masters:] {
		n.do("CLUSTER", "REPLICATE", nodes[i].do("CLUSTER", "MYID"))
	}
	everyNode("the cluster to be complete", func(n *groupNode) bool {
		return strings.Count(n.do("CLUSTER", "NODES"), "slave ") == masters && strings.Contains(n.do("CLUSTER", "INFO"), "cluster_state:ok")
	})
	for _, n := range nodes[:masters] {
		groupEventually(t, "a replica to follow", func() bool { return strings.Contains(n.info("replication", "slave0"), "state=online") })
	}
	return nodes
}

// TestCluster is the seed's flow on a Redis Cluster, with a fail-over during it.
func TestCluster(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	var urls []string
	for _, n := range nodes[:3] {
		urls = append(urls, "redis://"+n.addr())
	}
	w := &groupWorld{
		t: t, nodes: nodes, urls: strings.Join(urls, ","), replicas: 1,
		key: regexp.MustCompile(`^\{wappa:\d+\}:EXPTRIGGER:user_inactivity:(\+\d+)$`),
	}
	w.start()
	if out := w.errand("-check"); strings.Count(out, "✅")+strings.Count(out, "⚠️") != 8 || !strings.Contains(out, "its event came") {
		t.Errorf("got %s", out)
	}
	where := w.quiet("calm")
	users := make(map[*groupNode]int)
	for _, n := range where {
		users[n]++
	}
	for i, n := range nodes[:3] {
		if users[n] == 0 {
			t.Errorf("master %d has no users", i)
		}
	}
	w.failover(where, nodes[1], func() bool {
		for _, n := range nodes {
			if n.alive() && !strings.Contains(n.do("CLUSTER", "INFO"), "cluster_state:ok") {
				return false
			}
		}
		return nodes[4].isMaster()
	})
	for _, b := range w.bots {
		groupEventually(t, "a bot to hear Redis again", func() bool { return b.metric("wappa_listener_up") == 1 })
	}
	for user, n := range w.quiet("after") {
		if before := where[user]; before != n && (before != nodes[1] || n != nodes[4]) {
			t.Errorf("%s was on %s, and is on %s", user, before.addr(), n.addr())
		}
	}
	if out := w.errand("-parked"); out != "0 parked\n" {
		t.Errorf("got %s", out)
	}
	w.stop()
	if t.Failed() {
		for i, n := range nodes {
			t.Log(fmt.Sprint("node ", i, " ", n.addr()))
		}
	}
}
