package booking

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cucumber/godog"
	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/explore"
	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/sim"
	"wappasim/sim/flows"
	"wappasim/sim/people"
	"wappasim/sim/steps"
	"wappasim/sim/trace"
)

// key is that of the endpoint. No trace depends on it.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// published gives the account the flow, and the public key of the endpoint.
func published(c *fakewa.Config) {
	der, err := x509.MarshalPKIXPublicKey(&key().PublicKey)
	if err != nil {
		panic(err)
	}
	c.Flows = flow.NewAccount(flow.Flow{Name: Flow, EndpointURI: "http://bot/flow", Definition: Definition})
	if err := c.Flows.SetPublicKey(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))); err != nil {
		panic(err)
	}
}

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), key(), env.Redis.Simple(), env.Logger)
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

func TestFeatures(t *testing.T) {
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { steps.Register(sc, planted(nil), sim.WhatsApp(published)) },
		Options:             &godog.Options{Format: "progress", Output: t.Output(), Strict: true, TestingT: t, Paths: []string{"features"}},
	}
	if suite.Run() != 0 {
		t.Error("scenarios fail")
	}
}

// workload is people who mostly fill in flows, and choose the same tables often.
var workload = sim.Workload{
	Users: 4, Events: 30, Faults: sim.AllFaults, Settle: 10 * time.Minute,
	People: []people.Person{people.Filler}, Options: []sim.Option{sim.WhatsApp(published)},
}

func properties() []sim.Property {
	return append(sim.AnyBot(), explore.NotRefused(), explore.EachAnswered(), bookedOnce())
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// TestReached proves that explorations get to the end of the flow.
func TestReached(t *testing.T) {
	calm := workload
	calm.Faults = nil
	if _, err := sim.Explore(planted(nil), sim.Seeds(20), calm, append(properties(), sim.Reaches("Booked: At the window"))...); err != nil {
		t.Error(err)
	}
}

// TestFindsRace plants a table that is looked at before it is taken, and not again when it is
// booked: of two who ask at once, both get it.
func TestFindsRace(t *testing.T) {
	bot := planted(func(b *Bot) {
		b.hold = func(ctx context.Context, key, token string) (bool, error) {
			switch holder, err := b.redis.Get(ctx, key).Result(); {
			case err == nil:
				return holder == token, nil
			case err != redis.Nil:
				return false, err
			}
			return true, b.redis.Set(ctx, key, token, b.holding).Err()
		}
		b.book = func(ctx context.Context, key, token string) (bool, error) {
			return true, b.redis.Set(ctx, key, token, 0).Err()
		}
	})
	explore.Finds(t, bookedOnce().Name, 10, bot, eager, properties()...)
}

// eager is people who fill in flows at once.
var eager = sim.Workload{
	Users: 4, Events: 40, Longest: time.Second, Latency: 20 * time.Millisecond, Settle: 10 * time.Minute,
	People: []people.Person{people.Filler}, Options: []sim.Option{sim.WhatsApp(published)},
}

// bookedOnce is that no table is booked twice.
func bookedOnce() sim.Property {
	return sim.Property{Name: "no table is booked twice", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		first := make(map[string]trace.Event)
		for _, e := range t.Events() {
			if e.What != trace.Calls || len(e.IDs) == 0 || !strings.HasPrefix(e.Text, "Booked: ") {
				continue
			}
			if before, ok := first[e.Text]; ok && before.To != e.To {
				found = append(found, sim.Violation{At: before.At, Until: e.At, Why: fmt.Sprintf("events %d and %d: %s and %s have it: %s", before.N, e.N, before.To, e.To, e.Text)})
			}
			first[e.Text] = e
		}
		return found
	}}
}

// TestInGo fills in the flow in Go.
func TestInGo(t *testing.T) {
	w, err := sim.New(planted(nil), sim.Test(t), sim.WhatsApp(published), sim.Latency(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(time.Second); err != nil {
		t.Fatal(err)
	}
	began := w.Now()
	fill := func() error {
		form, err := flows.Open(w, "Ana", "Book a table")
		if err != nil {
			return err
		}
		if err := form.Fill("Day", "2026-02-14"); err != nil {
			return err
		}
		if err := form.Fill("Table", "At the door"); err != nil {
			return err
		}
		if err := form.Press("Continue"); err != nil {
			return err
		}
		if err := form.Fill("Your name", "Ana"); err != nil {
			return err
		}
		return form.Press("")
	}
	if err := fill(); err != nil {
		t.Fatal(err)
	}
	if took := w.Now().Sub(began); took <= 0 || took > time.Second {
		t.Errorf("it took %s of virtual time", took)
	}
	if err := w.Wait(time.Second); err != nil {
		t.Fatal(err)
	}
	inbox := w.Inbox("Ana")
	if last := inbox[len(inbox)-1]; last.Text != "Booked: At the door on 2026-02-14." {
		t.Errorf("got %v", inbox)
	}
}
