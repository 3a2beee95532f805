package menu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/examples/internal/outbox"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), env.Redis.Simple(), env.Logger)
		b.Ready, b.Cooking = "hello_world", 20*time.Second
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

var workload = sim.Workload{Faults: sim.AllFaults, Settle: 10 * time.Minute}

func properties() []sim.Property {
	return append(sim.AnyBot(), explore.NotRefused(), explore.EachAnswered(), asTapped(), numbered())
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// hungry is somebody who orders much.
var hungry = sim.Workload{Users: 1, People: []people.Person{people.Mix(people.Tapper, orders)}, Longest: time.Second, Settle: 10 * time.Minute}

// orders taps a size, if one is offered: twice at once, sometimes.
func orders(m people.Moment) people.Act {
	for _, o := range m.Offered() {
		if strings.HasPrefix(o.ID, "size:") {
			return m.Tap(o)
		}
	}
	return people.Tapper(m)
}

func TestExploreHungry(t *testing.T) { explore.Clean(t, planted(nil), hungry, properties()...) }

// TestFindsSharedID plants a button id that two menus share.
func TestFindsSharedID(t *testing.T) {
	bot := planted(func(b *Bot) {
		b.card = []page{
			{"Pizza", []cloudapi.Option{{ID: "c", Title: "Capricciosa"}, {ID: "f", Title: "Funghi"}}},
			{"Pasta", []cloudapi.Option{{ID: "c", Title: "Carbonara"}, {ID: "a", Title: "Arrabbiata"}}},
		}
	})
	explore.Finds(t, asTapped().Name, 5, bot, workload, properties()...)
}

// TestFindsLostDish plants a cart that is read before it is changed: what a tap on another
// replica has put into it meanwhile is overwritten.
func TestFindsLostDish(t *testing.T) {
	bot := func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), env.Redis.Simple(), env.Logger)
		client := redis.NewClient(env.Redis.Simple())
		b.change = func(ctx context.Context, box *outbox.Box, m cloudapi.Message, name string, change func(*cart) []outbox.Message) error {
			before, err := client.Get(ctx, name).Result()
			if err != nil && err != redis.Nil {
				return err
			}
			return outbox.Change(ctx, box, m, name, func(c *cart) []outbox.Message {
				*c = cart{}
				_ = json.Unmarshal([]byte(before), c) // "" is a new cart
				return change(c)
			})
		}
		return reader{b, client}, nil
	}
	explore.Finds(t, numbered().Name, 6, bot, hungry, properties()...)
}

// reader is a bot with a client of its own.
type reader struct {
	*Bot
	client *redis.Client
}

func (r reader) Close() error { return errors.Join(r.Bot.Close(), r.client.Close()) }

// calm is without faults: after a crash an answer may take longer than the minute that
// NoDeadEnd gives.
var calm = sim.Workload{Events: 40, Settle: 10 * time.Minute}

func TestExploreCalm(t *testing.T) {
	explore.Clean(t, planted(nil), calm, append(properties(), sim.NoDeadEnd(), sim.Reaches("is number 1 in order 1"))...)
}

// TestFindsDeadEnd plants a size, three levels down, after which nothing comes.
func TestFindsDeadEnd(t *testing.T) {
	bot := planted(func(b *Bot) {
		b.change = func(ctx context.Context, box *outbox.Box, m cloudapi.Message, name string, change func(*cart) []outbox.Message) error {
			return outbox.Change(ctx, box, m, name, func(c *cart) []outbox.Message {
				if m.Tapped == "size:chinotto:Large" {
					return nil
				}
				return change(c)
			})
		}
	})
	explore.Finds(t, sim.NoDeadEnd().Name, 5, bot, calm, sim.NoDeadEnd())
}

// asTapped is that a tap on a dish is answered with the sizes of that dish.
func asTapped() sim.Property {
	return sim.Property{Name: "what is tapped is answered", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		type dish struct{ user, title string }
		var tapped []trace.Event
		answers := make(map[dish]int)
		for _, e := range t.Events() {
			title, _, size := strings.Cut(e.Text, ": which size?")
			switch {
			case e.What == trace.Says && e.Type == "interactive":
				tapped = append(tapped, e)
			case e.What == trace.Calls && len(e.IDs) > 0 && size:
				answers[dish{e.To, title}]++
			}
		}
		for _, e := range tapped {
			title := strings.TrimSuffix(strings.TrimPrefix(e.Text, "[tap "), "]")
			if d := (dish{e.Who, title}); isDish[title] {
				if answers[d]--; answers[d] < 0 {
					found = append(found, sim.Violation{At: e.At, Until: t.Events()[len(t.Events())-1].At, Why: fmt.Sprintf("event %d: %s taps %s and gets no sizes of it", e.N, e.Who, title)})
				}
			}
		}
		return found
	}}
}

var isDish = map[string]bool{
	"Margherita": true, "Funghi": true, "Capricciosa": true, "Carbonara": true, "Arrabbiata": true, "Water": true, "Chinotto": true,
}

// numbered is that no two dishes of an order have the same number: none is lost.
func numbered() sim.Property {
	number := regexp.MustCompile(`is number \d+ in order \d+`)
	return sim.Property{Name: "no dish is lost", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		last := make(map[string]trace.Event)
		for _, e := range t.Events() {
			if n := number.FindString(e.Text); n != "" && e.What == trace.Calls && len(e.IDs) > 0 {
				if before, ok := last[e.To+n]; ok {
					found = append(found, sim.Violation{At: before.At, Until: e.At, Why: fmt.Sprintf("events %d and %d: two dishes of %s have one number: %q, %q", before.N, e.N, e.To, before.Text, e.Text)})
				}
				last[e.To+n] = e
			}
		}
		return found
	}}
}
