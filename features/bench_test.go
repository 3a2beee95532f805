package features_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/features"
	"wappasim/sim"
)

// BenchmarkEmptyBubble is the part of the other benchmarks that no world can save.
func BenchmarkEmptyBubble(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		synctest.Test(new(testing.T), func(*testing.T) {})
	}
}

func begin(b *testing.B, f sim.Factory) *sim.World {
	b.Helper()
	w, err := sim.New(f)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkScenario is a whole scenario in a world of its own: three messages,
// 15 seconds, the history.
func BenchmarkScenario(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := begin(b, features.Bot(nil))
		for _, text := range []string{"Hello there!", "How are you?", "See you later!"} {
			must(b, w.Say("Ana", text))
		}
		must(b, w.Wait(15*time.Second))
		if inbox := w.Inbox("Ana"); len(inbox) != 4 || !strings.HasPrefix(inbox[3].Text, "📬 Message History (3 messages)") {
			b.Fatalf("got %d messages", len(inbox))
		}
		must(b, w.Close())
	}
}

// deaf is a bot that does nothing.
type deaf struct{}

func (deaf) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (deaf) Run(ctx context.Context) error                { <-ctx.Done(); return nil }

// BenchmarkWait15s lets 15 seconds pass in which nothing happens.
func BenchmarkWait15s(b *testing.B) {
	for name, f := range map[string]sim.Factory{
		"subscribed": features.Bot(nil),
		"deaf":       func(sim.Env) (sim.App, error) { return deaf{}, nil },
	} {
		b.Run(name, func(b *testing.B) {
			w := begin(b, f)
			b.ReportAllocs()
			for b.Loop() {
				must(b, w.Wait(15*time.Second))
			}
			must(b, w.Close())
		})
	}
}

// BenchmarkUsers has 100 and 1,000 users in one world send three messages each, a
// millisecond apart, and receive their history.
func BenchmarkUsers(b *testing.B) {
	for _, users := range []int{100, 1000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := begin(b, features.Bot(nil))
				for n := range 3 {
					for user := range users {
						must(b, w.Say(fmt.Sprintf("+1555%07d", user), fmt.Sprint("message ", n)))
						must(b, w.Wait(time.Millisecond))
					}
				}
				must(b, w.Wait(15*time.Second))
				if got := len(w.Sent()); got != 4*users {
					b.Fatalf("got %d messages", got)
				}
				must(b, w.Close())
			}
		})
	}
}

// BenchmarkExplore plays runs of 3 users and 20 events on two replicas of the
// bot, and of the small bot of the planted faults: without faults or properties,
// with faults, and with both. One operation is one seed; worlds run side by side
// on all processors.
func BenchmarkExplore(b *testing.B) {
	plain := plantedWorkload // its people write texts, as in each version that compare.sh builds
	plain.Faults, plain.Settle = nil, 0
	for name, bot := range map[string]struct {
		factory    sim.Factory
		fault      []sim.FaultKind
		properties []sim.Property
	}{
		"bot":     {features.Bot(nil), sim.AllFaults, properties()},
		"planted": {newPlanted(none), plantedWorkload.Faults, plantedProperties()},
	} {
		faulty := plain
		faulty.Faults = bot.fault
		for _, part := range []struct {
			name       string
			workload   sim.Workload
			properties []sim.Property
		}{
			{"plain", plain, nil},
			{"faults", faulty, nil},
			{"properties", faulty, bot.properties},
		} {
			b.Run(name+"/"+part.name, func(b *testing.B) {
				b.ReportAllocs()
				if _, err := sim.Explore(bot.factory, sim.Seeds(uint64(b.N)), part.workload, part.properties...); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "seeds/s")
			})
		}
	}
}
