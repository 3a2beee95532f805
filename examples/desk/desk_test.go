package desk

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"wappasim/examples/internal/explore"
	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// The people of the desk: of five, the first two are agents.
const cleo, dan = "+15550000001", "+15550000002"

func isAgent(number string) bool { return number == cleo || number == dan }

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), env.Redis.Simple(), env.Logger, cleo, dan)
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

func templates(c *fakewa.Config) {
	c.Templates = []fakewa.Template{{Name: "case", Language: "en", Category: "UTILITY", Components: json.RawMessage(
		`[{"type":"BODY","text":"Case {{1}} has news: {{2}} - thank you.","example":{"body_text":[["1","hello"]]}}]`)}}
}

var workload = sim.Workload{
	Users: 4, Events: 24, Faults: sim.AllFaults, Settle: 90 * time.Minute,
	Options: []sim.Option{sim.WhatsApp(templates)},
	People: []people.Person{
		people.Mix(people.Tapper, people.Tapper, people.Anybody), people.Mix(people.Tapper, people.Tapper, people.Anybody),
		people.Writer, people.Returner(2*time.Hour, people.Anybody),
	},
}

// properties are those of any bot, but that an agent may get a user's words.
func properties() []sim.Property {
	own := []sim.Property{explore.SaidOnce(), sim.Within24Hours(), sim.Reacted(), sim.Answered(), sim.NoLeaks()}
	return append(own, explore.NotRefused(), ownCase(), oneAgent(), sim.Reaches("Agent: "))
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// TestFindsTwoAgents plants that a case which somebody has can be taken.
func TestFindsTwoAgents(t *testing.T) {
	bot := planted(func(b *Bot) { b.free = func(*ticket) bool { return true } })
	explore.Finds(t, oneAgent().Name, 5, bot, workload, properties()...)
}

// TestFindsWrongUser plants that an agent's words go to the user who came last, if the
// agent has any case.
func TestFindsWrongUser(t *testing.T) {
	bot := planted(func(b *Bot) {
		of := b.of
		b.of = func(d *desk, agent string) *ticket {
			if of(d, agent) == nil {
				return nil
			}
			return d.Cases[len(d.Cases)-1]
		}
	})
	explore.Finds(t, ownCase().Name, 5, bot, workload, properties()...)
}

var (
	opened = regexp.MustCompile(`^You have case (\d+)\.`)
	yours  = regexp.MustCompile(`^Case (\d+)(?:: | has news: )it is yours:`)
)

// ownCase is that a user's words go to agents only, and an agent's words only to the users
// whose cases the agent has had.
func ownCase() sim.Property {
	type said struct{ who, words string }
	return sim.Property{Name: "everybody's words go where they belong", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		var all []said
		user := make(map[string]string) // of a case
		had := make(map[string]bool)    // agent and user
		var taken []said                // agent and case
		for _, e := range t.Events() {
			if e.What == trace.Says && e.Words() != "" {
				all = append(all, said{e.Who, e.Words()})
			}
			if e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			if m := opened.FindStringSubmatch(e.Text); m != nil {
				user[m[1]] = e.To
			}
			if m := yours.FindStringSubmatch(e.Text); m != nil {
				taken = append(taken, said{e.To, m[1]})
			}
		}
		for _, s := range taken {
			had[s.who+" "+user[s.words]] = true
		}
		for _, e := range t.Events() {
			if e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			for _, s := range all {
				switch {
				case s.who == e.To || !strings.Contains(e.Text, s.words):
				case isAgent(s.who) && had[s.who+" "+e.To]:
				case !isAgent(s.who) && isAgent(e.To):
				default:
					found = append(found, sim.Violation{At: e.At, Why: fmt.Sprintf("event %d: %s gets %q, which %s has written", e.N, e.To, e.Text, s.who)})
				}
			}
		}
		return found
	}}
}

// oneAgent is that no two agents get one case.
func oneAgent() sim.Property {
	return sim.Property{Name: "a case has one agent", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		first := make(map[string]trace.Event)
		for _, e := range t.Events() {
			m := yours.FindStringSubmatch(e.Text)
			if m == nil || e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			if before, ok := first[m[1]]; ok && before.To != e.To {
				found = append(found, sim.Violation{At: before.At, Until: e.At, Why: fmt.Sprintf("events %d and %d: case %s is that of two agents", before.N, e.N, m[1])})
			}
			first[m[1]] = e
		}
		return found
	}}
}
