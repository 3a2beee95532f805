package cmd_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// startSentinels starts one master with two replicas, and three Sentinels that
// watch over them.
func startSentinels(t *testing.T) (nodes, sentinels []*groupNode) {
	ports := groupPorts(t, 6)
	for i, port := range ports[:3] {
		lines := []string{"save \"\"", "appendonly no", "repl-diskless-sync-delay 0"}
		if i > 0 {
			lines = append(lines, fmt.Sprintf("replicaof 127.0.0.1 %d", ports[0]))
		}
		nodes = append(nodes, startGroupNode(t, port, lines))
	}
	for _, i := range []string{"slave0", "slave1"} {
		groupEventually(t, "the replicas to follow", func() bool { return strings.Contains(nodes[0].info("replication", i), "state=online") })
	}
	for _, port := range ports[3:] {
		sentinels = append(sentinels, startGroupNode(t, port, []string{
			fmt.Sprintf("sentinel monitor mymaster 127.0.0.1 %d 2", ports[0]), "sentinel down-after-milliseconds mymaster 2000",
			"sentinel failover-timeout mymaster 5000",
		}, "--sentinel"))
	}
	for _, s := range sentinels {
		groupEventually(t, "the Sentinels to know each other", func() bool {
			return strings.Contains(s.info("sentinel", "master0"), "status=ok") && strings.HasSuffix(s.info("sentinel", "master0"), "slaves=2,sentinels=3")
		})
	}
	return nodes, sentinels
}

// TestSentinel is the seed's flow with Sentinels, with a fail-over during it.
func TestSentinel(t *testing.T) {
	t.Parallel()
	nodes, sentinels := startSentinels(t)
	var urls []string
	for _, s := range sentinels {
		urls = append(urls, "redis://"+s.addr()+"?master_name=mymaster")
	}
	w := &groupWorld{
		t: t, nodes: nodes, urls: strings.Join(urls, ","), replicas: 2, keyDB: 3,
		key: regexp.MustCompile(`^wappa:EXPTRIGGER:user_inactivity:(\+\d+)$`),
	}
	w.start()
	if out := w.errand("-check"); strings.Count(out, "✅")+strings.Count(out, "⚠️") != 8 || !strings.Contains(out, "its event came") {
		t.Errorf("got %s", out)
	}
	where := w.quiet("calm")
	w.failover(where, nodes[0], func() bool { return nodes[1].isMaster() || nodes[2].isMaster() })
	for _, b := range w.bots {
		groupEventually(t, "a bot to hear Redis again", func() bool { return b.metric("wappa_listener_up") == 1 })
	}
	for user, n := range w.quiet("after") {
		if n == nodes[0] {
			t.Errorf("%s is on the master that was killed", user)
		}
	}
	if out := w.errand("-parked"); out != "0 parked\n" {
		t.Errorf("got %s", out)
	}
	w.stop()
}
