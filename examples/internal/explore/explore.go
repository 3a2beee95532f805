// Package explore is what the tests of the examples share: how a world's bot gets its
// account, and how explorations are made and judged.
package explore

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/examples/internal/cloudapi"
	"wappasim/sim"
	"wappasim/sim/trace"
)

// Account is the account of a world's bot.
func Account(env sim.Env) cloudapi.Account {
	return cloudapi.Account{
		HTTP: env.HTTP, GraphURL: env.GraphURL, PhoneNumberID: env.PhoneNumberID,
		Token: env.Token, AppSecret: env.AppSecret, VerifyToken: env.VerifyToken,
	}
}

// Clean plays 40 seeds, 500 with WAPPASIM_TESTS=full, or as many as WAPPASIM_SEEDS says,
// and wants nothing to be found; and some of them twice, and wants both runs to be the same.
func Clean(t *testing.T, f sim.Factory, w sim.Workload, properties ...sim.Property) {
	t.Helper()
	seeds := uint64(40)
	if os.Getenv("WAPPASIM_TESTS") == "full" {
		seeds = 500
	}
	if set := os.Getenv("WAPPASIM_SEEDS"); set != "" {
		n, err := strconv.ParseUint(set, 10, 32)
		if err != nil || n == 0 {
			t.Fatalf("WAPPASIM_SEEDS=%s: want a number of seeds from 1 on", set)
		}
		seeds = n
	}
	report, err := sim.Explore(f, sim.Seeds(seeds), w, properties...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
	if err := sim.Check(f, sim.Seeds(10), w); err != nil {
		t.Error(err)
	}
}

// Finds wants a planted fault to be found in 300 seeds, as a violation of a property, and
// shrunk to few steps; and the seed that is printed to do it again.
func Finds(t *testing.T, property string, most int, f sim.Factory, w sim.Workload, properties ...sim.Property) {
	t.Helper()
	_, err := sim.Explore(f, sim.Seeds(300), w, properties...)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok {
		t.Fatalf("it was not found: %v", err)
	}
	t.Log(failure)
	if failure.Property != property {
		t.Errorf("it breaks the property that %s; want %s", failure.Property, property)
	}
	if len(failure.Steps) > most {
		t.Errorf("it takes %d steps; want at most %d", len(failure.Steps), most)
	}
	t.Setenv("SIM_SEED", strconv.FormatUint(failure.Seed, 10))
	if _, again := sim.Explore(f, sim.Seeds(300), w, properties...); again == nil || again.Error() != err.Error() {
		t.Errorf("the replay is different: %v", again)
	}
}

// NotRefused is that WhatsApp refuses nothing for good.
func NotRefused() sim.Property {
	return sim.Property{Name: "nothing is refused for good", Check: func(t *trace.Trace) (found []sim.Violation) {
		for _, e := range t.Events() {
			if e.What == trace.Calls && e.Code != 0 && !cloudapi.ForNow(e.Code) {
				found = append(found, sim.Violation{At: e.At, Why: fmt.Sprintf("event %d: code %d for %q", e.N, e.Code, e.Text)})
			}
		}
		return found
	}}
}

// SaidOnce is [sim.SaidOnce], [UnlessAway].
func SaidOnce() sim.Property { return UnlessAway(sim.SaidOnce()) }

// UnlessAway is a property, but for what was sent before no replica ran for so long that
// WhatsApp gave up its statuses, after an hour, or was slow to deliver them again: no bot can
// know then that it was sent.
func UnlessAway(p sim.Property) sim.Property {
	const slow = 15 * time.Minute
	check := p.Check
	p.Check = func(t *trace.Trace) []sim.Violation {
		return slices.DeleteFunc(check(t), func(v sim.Violation) bool {
			var first, last time.Time // of the webhooks that found nobody
			for _, e := range t.Events() {
				if e.What == trace.Delivers && e.To == "nobody" && !e.At.Before(v.At) && e.At.Before(v.Until) {
					if last = e.At; first.IsZero() {
						first = e.At
					}
				}
			}
			return last.Sub(first) > slow
		})
	}
	return p
}

// EachAnswered is that whatever somebody sends, but a reaction, is answered in the end. A
// message that begins with one of some texts is no answer. An answer is taken for that of
// the last message: what is left open is then what a fault has taken away.
func EachAnswered(unprompted ...string) sim.Property {
	return sim.Property{Name: "every message is answered", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		open := make(map[string][]trace.Event) // that each user still waits for
		for _, e := range t.Events() {
			switch {
			case e.What == trace.Says && e.Type != "reaction":
				open[e.Who] = append(open[e.Who], e)
			case slices.ContainsFunc(unprompted, func(text string) bool { return strings.HasPrefix(e.Text, text) }):
			case e.What == trace.Calls && len(e.IDs) > 0 && len(open[e.To]) > 0:
				open[e.To] = open[e.To][:len(open[e.To])-1]
			}
		}
		for _, left := range open {
			for _, e := range left {
				found = append(found, sim.Violation{At: e.At, Until: t.Events()[len(t.Events())-1].At, Why: fmt.Sprintf("one of %s's messages was not answered", e.Who)})
			}
		}
		return found
	}}
}
