package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// quiet is that nobody is told "boom".
func quiet() sim.Property {
	return sim.Property{Name: "nothing goes off", Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, e := range t.Events() {
			if e.What == trace.Calls && e.Text == "boom" {
				found = append(found, sim.Violation{At: e.At, Why: "boom"})
			}
		}
		return found
	}}
}

// shrunk explores until something goes off, and returns what is left of it.
func shrunk(t *testing.T, bot sim.Factory, seed uint64, w sim.Workload) *sim.Failure {
	t.Helper()
	_, err := sim.Explore(bot, func(yield func(uint64) bool) { yield(seed) }, w, quiet())
	failure, _ := errors.AsType[*sim.Failure](err)
	if failure == nil && err != nil {
		t.Fatal(err)
	}
	return failure
}

// TestShrinkingLeavesImpossibleTapsOut leaves out the message whose answer offers a button:
// the tap goes with it.
func TestShrinkingLeavesImpossibleTapsOut(t *testing.T) {
	acts := func(m people.Moment) people.Act {
		switch {
		case len(m.Past) == 0:
			return people.Say(m.Words)
		case len(m.Past) < 3 && len(m.Offered()) > 0:
			return m.Tap(m.Offered()[0])
		}
		return people.Send(fakewa.Location(1, 2, "", ""))
	}
	bot := func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch {
			case strings.Contains(string(body), `"location"`):
				_ = sendText(env, ana, "boom")
			case strings.Contains(string(body), `"text"`):
				_ = sendBody(env, fmt.Sprintf(buttons, "Hungry?"))
			}
		}}, nil
	}
	failure := shrunk(t, bot, 1, sim.Workload{Users: 1, Events: 5, Longest: 10 * time.Second, People: []people.Person{acts}})
	if failure == nil || failure.Drawn != 5 || len(failure.Steps) != 1 || failure.Steps[0].Act.String() != "sends a location" {
		t.Errorf("got %v", failure)
	}
}

// TestShrinkingMakesFaultsSmaller has a bot that fails as soon as a call takes a second or
// a webhook comes twice; the faults are drawn longer, and of up to three.
func TestShrinkingMakesFaultsSmaller(t *testing.T) {
	bot := func(env sim.Env) (sim.App, error) {
		seen := make(map[string]bool)
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			for _, m := range heard(r) {
				began := time.Now()
				_ = sendText(env, m.from, "you said "+m.text)
				if time.Since(began) > time.Second || seen[m.text] {
					_ = sendText(env, m.from, "boom")
				}
				seen[m.text] = true
			}
		}}, nil
	}
	for _, kind := range []sim.FaultKind{sim.APISlow, sim.WebhooksTwice} {
		found := 0
		for seed := uint64(1); seed <= 10; seed++ {
			failure := shrunk(t, bot, seed, sim.Workload{
				Users: 1, Replicas: 1, Faults: []sim.FaultKind{kind}, People: []people.Person{people.Writer},
			})
			if failure == nil {
				continue
			}
			found++
			if len(failure.Steps) != 2 {
				t.Errorf("%s, seed %d: got %v", kind, seed, failure.Steps)
			}
			for _, step := range failure.Steps {
				if step.Who == "" && (step.Fault.N != 1 || step.Fault.By > 2*time.Second) {
					t.Errorf("%s, seed %d: got %v", kind, seed, failure.Steps)
				}
			}
		}
		if found < 3 {
			t.Errorf("%s: only %d seeds fail", kind, found)
		}
	}
}
