package features_test

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/bot"
	"wappasim/features"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

func properties() []sim.Property { return features.Properties(15*time.Second, "wappa:seen:") }

// TestExplore plays 500 seeds with all faults.
func TestExplore(t *testing.T) {
	workload := sim.Workload{Faults: sim.AllFaults, SeedFile: "testdata/explore.seeds"}
	rare := []sim.Property{
		sometimes("a history is sent after a replica restarted", sim.Restart),
		sometimes("a history is sent after Redis was away", sim.RedisDown),
		sim.Sometimes("a webhook is delivered again", func(t *trace.Trace) bool {
			return slices.ContainsFunc(t.Events(), func(e trace.Event) bool { return e.What == trace.Answers && e.Status == 503 })
		}),
	}
	report, err := sim.Explore(features.Bot(nil), sim.Seeds(500), workload, append(properties(), rare...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
}

// TestExploreWithEditors plays people who edit and delete what they have written.
func TestExploreWithEditors(t *testing.T) {
	workload := sim.Workload{Faults: sim.AllFaults, People: []people.Person{people.Editor, people.Mix(people.Editor, people.Anybody)}}
	rare := []sim.Property{
		sim.Sometimes("a history has what a message was edited to", func(t *trace.Trace) bool { return edited(t, false) }),
		sim.Sometimes("an edit is noted after the history of its message", func(t *trace.Trace) bool { return edited(t, true) }),
	}
	report, err := sim.Explore(features.Bot(nil), sim.Seeds(200), workload, append(properties(), rare...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
}

// edited tells whether a history has the words of an edit, and if late is set an earlier one
// those of the message.
func edited(t *trace.Trace, late bool) bool {
	events := t.Events()
	sent := func(to, words string) int {
		return slices.IndexFunc(events, func(e trace.Event) bool {
			return e.What == trace.Calls && e.To == to && len(e.IDs) > 0 && strings.Contains(e.Text, words)
		})
	}
	return slices.ContainsFunc(events, func(e trace.Event) bool {
		if e.What != trace.Says || e.Type != "edit" || e.Of == 0 {
			return false
		}
		before, after := sent(e.Who, events[e.Of-1].Words()), sent(e.Who, e.Words())
		return after >= 0 && (!late || before >= 0 && before < after)
	})
}

// TestExploreWithBatches plays a bot whose messages share their exchanges with Redis,
// as they do in production. It is chance which ones do, so these runs are not the same
// twice.
func TestExploreWithBatches(t *testing.T) {
	f := features.Bot(func(cfg *bot.Config) { cfg.BatchSize = 128 })
	workload := sim.Workload{Faults: sim.AllFaults, Users: 6, Events: 40, Longest: 5 * time.Second}
	if _, err := sim.Explore(f, sim.Seeds(50), workload, properties()...); err != nil {
		t.Fatal(err)
	}
}

// sometimes is that in one run a history is sent after a fault of a kind began.
func sometimes(name string, kind sim.FaultKind) sim.Property {
	return sim.Sometimes(name, func(t *trace.Trace) bool {
		began := false
		for _, e := range t.Events() {
			if e.What == trace.Injects {
				fault, err := sim.ParseFault(e.Text)
				began = began || err == nil && fault.Kind == kind
			}
			if began && e.What == trace.Calls && strings.Contains(e.Text, "Message History") && len(e.IDs) > 0 {
				return true
			}
		}
		return false
	})
}

// TestFixedSeeds plays the seeds of testdata/fixed.seeds, under which earlier versions
// of the bot violated a property.
func TestFixedSeeds(t *testing.T) {
	file, err := os.Open("testdata/fixed.seeds")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	played := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		number, kind, ok := strings.Cut(lines.Text(), " | ")
		if !ok {
			continue
		}
		seed, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		kind, anybody := strings.CutSuffix(kind, " | anybody")
		workload := sim.Workload{Faults: sim.AllFaults}
		if !anybody {
			workload.People = []people.Person{people.Writer}
		}
		if kind != "all" {
			workload.Faults = []sim.FaultKind{sim.FaultKind(kind)}
		}
		only := func(yield func(uint64) bool) { yield(seed) }
		if _, err := sim.Explore(features.Bot(nil), only, workload, properties()...); err != nil {
			t.Errorf("%s: %v", lines.Text(), err)
		}
		played++
	}
	if played < 7 {
		t.Errorf("only %d seeds were played", played)
	}
}

// TestEqualSeedsHaveEqualTraces plays each seed twice, with all faults.
func TestEqualSeedsHaveEqualTraces(t *testing.T) {
	for name, f := range map[string]sim.Factory{"bot": features.Bot(nil), "planted": newPlanted(none)} {
		if err := sim.Check(f, sim.Seeds(50), sim.Workload{Faults: sim.AllFaults}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
