package stacktest

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wappasim/bot/redistest"
)

// nodeTimeout is after how many milliseconds of silence a node counts as failed: long
// enough that a busy machine does not look like one.
const nodeTimeout = "4000"

// clusterAddrs returns addresses whose port + 10000 is free too: there the nodes of a
// Cluster talk to each other.
func clusterAddrs(t testing.TB, n int) (addrs []string) {
	t.Helper()
	for range 1000 {
		if len(addrs) == n {
			return addrs
		}
		addr := redistest.FreeAddr(t)
		number, _ := strconv.Atoi(port(addr))
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", number+10000)); err == nil {
			l.Close()
			addrs = append(addrs, addr)
		}
	}
	t.Fatal("no ports are free")
	return nil
}

// StartCluster starts three masters, each with one replica: the node three after it.
func StartCluster(t testing.TB) *Group {
	t.Helper()
	const masters, slots = 3, 16384
	var nodes []*Node
	var urls []string
	for _, addr := range clusterAddrs(t, 2*masters) {
		nodes = append(nodes, startNode(t, addr, []string{
			"save \"\"", "appendonly no", "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout " + nodeTimeout,
			"cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0",
		}))
	}
	for i, n := range nodes {
		n.Do("CLUSTER", "SET-CONFIG-EPOCH", i+1)
		if i < masters {
			n.Do("CLUSTER", "ADDSLOTSRANGE", i*slots/masters, (i+1)*slots/masters-1)
			urls = append(urls, "redis://"+n.addr)
		}
		if i > 0 {
			n.Do("CLUSTER", "MEET", "127.0.0.1", port(nodes[0].addr))
		}
	}
	everyNode := func(what string, holds func(*Node) bool) {
		t.Helper()
		Eventually(t, what, func() bool {
			for _, n := range nodes {
				if !holds(n) {
					return false
				}
			}
			return true
		})
	}
	everyNode("the nodes to know each other", func(n *Node) bool {
		known := n.Do("CLUSTER", "NODES")
		return strings.Count(known, " connected") == len(nodes) && !strings.Contains(known, "handshake")
	})
	for i, n := range nodes[masters:] {
		n.Do("CLUSTER", "REPLICATE", nodes[i].Do("CLUSTER", "MYID"))
	}
	everyNode("the cluster to be complete", func(n *Node) bool {
		return strings.Count(n.Do("CLUSTER", "NODES"), "slave ") == masters && strings.Contains(n.Do("CLUSTER", "INFO"), "cluster_state:ok")
	})
	for _, n := range nodes[:masters] {
		Eventually(t, "a replica to follow", func() bool { return strings.Contains(n.Info("replication", "slave0"), "state=online") })
	}
	return &Group{
		Nodes: nodes, Replicas: 1, env: "REDIS_URLS=" + strings.Join(urls, ","),
		trigger: regexp.MustCompile(`^\{wappa:\d+\}:EXPTRIGGER:user_inactivity:(\+\d+)$`),
	}
}

// StartSentinels starts one master with two replicas, and three Sentinels that watch
// them.
func StartSentinels(t testing.TB) *Group {
	t.Helper()
	var nodes, sentinels []*Node
	var urls []string
	for i := range 3 {
		lines := []string{"save \"\"", "appendonly no", "repl-diskless-sync-delay 0"}
		if i > 0 {
			lines = append(lines, "replicaof 127.0.0.1 "+port(nodes[0].addr))
		}
		nodes = append(nodes, startNode(t, redistest.FreeAddr(t), lines))
	}
	for _, replica := range []string{"slave0", "slave1"} {
		Eventually(t, "the replicas to follow", func() bool { return strings.Contains(nodes[0].Info("replication", replica), "state=online") })
	}
	for range 3 {
		s := startNode(t, redistest.FreeAddr(t), []string{
			"sentinel monitor mymaster 127.0.0.1 " + port(nodes[0].addr) + " 2", "sentinel down-after-milliseconds mymaster " + nodeTimeout,
			"sentinel failover-timeout mymaster 5000",
		}, "--sentinel")
		sentinels, urls = append(sentinels, s), append(urls, "redis://"+s.addr+"?master_name=mymaster")
	}
	for _, s := range sentinels {
		Eventually(t, "the Sentinels to know each other", func() bool {
			state := s.Info("sentinel", "master0")
			return strings.Contains(state, "status=ok") && strings.HasSuffix(state, "slaves=2,sentinels=3")
		})
	}
	return &Group{
		Nodes: nodes, Replicas: 2, env: "REDIS_URLS=" + strings.Join(urls, ","), timers: 3,
		trigger: regexp.MustCompile(`^wappa:EXPTRIGGER:user_inactivity:(\+\d+)$`),
	}
}
