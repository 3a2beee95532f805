// Package cmd_test runs the commands together, as processes over TCP.
package cmd_test

import (
	"testing"

	"wappasim/cmd/internal/stacktest"
)

func TestMain(m *testing.M) {
	stacktest.Main(m, "cmd: quick run: one trial of each kind, 40 users; WAPPASIM_TESTS=full runs every crash point, freeze and number of replicas, 200 users, and the soak")
}
