// Package stacktest runs the commands of this project as processes, beside real Redis
// servers, and judges what the users got. It is for the tests in cmd.
//
//	server := stacktest.StartRedis(t)
//	f := stacktest.NewFleet(t, stacktest.FleetConfig{Redis: server, Replicas: 2})
//	f.Start()
//	f.Speak()  // users write, beside the test
//	f.Settle() // waits for the histories, stops the bots, and wants the ledger balanced
//
// A [Fleet] is several replicas of the bot, the fake, a balancer and a [Ledger]. The
// ledger notes what the test itself sees: what users wrote, when it was acknowledged,
// what came back, and which faults a replica met.
//
// Nothing here depends on the speed of the machine. Tests wait for events; what they
// wait for fails only after [Limit], with what is known. Where a bound on time is part
// of a guarantee, the ledger takes it from the times at which it saw the commands.
package stacktest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// Full is whether the environment asks for all variants of each kind of trial, and
// for more users.
var Full = os.Getenv("WAPPASIM_TESTS") == "full"

// Limit is how long a test waits for one thing. It is a safety net: what is waited for
// usually takes seconds.
const Limit = 3 * time.Minute

// Main runs the tests of a package, and removes what was built for them. Unless
// -parallel says otherwise, more tests run side by side than there are processors:
// most of them wait for timers.
func Main(m *testing.M, leftOut string) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	sideBySide := "24"
	if Full {
		sideBySide = "8"
	}
	if !asked {
		_ = flag.Set("test.parallel", sideBySide) // it is a number
	}
	if !Full {
		fmt.Println(leftOut)
	}
	code := m.Run()
	removeCommands()
	os.Exit(code)
}

// OneOf returns the first of some variants in a quick run, and all of them in a full one.
func OneOf[T any](variants ...T) []T {
	if Full {
		return variants
	}
	return variants[:1]
}

// Trial is a subtest that runs beside others.
type Trial struct {
	Name string
	Run  func(t *testing.T)
}

// Run runs trials side by side, beside the other tests.
func Run(t *testing.T, trials ...Trial) {
	t.Parallel()
	for _, trial := range trials {
		t.Run(trial.Name, func(t *testing.T) {
			t.Parallel()
			trial.Run(t)
		})
	}
}

// Eventually waits until something holds. If it does not within [Limit], the test
// fails with what dump says.
func Eventually(t testing.TB, what string, holds func() bool, dump ...func() string) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) < Limit {
			continue
		}
		text := fmt.Sprintf("waited %s for %s; this process itself was late by up to %s", Limit, what, Late(began, time.Now()).Round(time.Millisecond))
		for _, d := range dump {
			text += "\n" + d()
		}
		t.Fatal(text)
	}
}

// UpTo draws a time below a bound.
func UpTo(random *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(max(most, 1))))
}
