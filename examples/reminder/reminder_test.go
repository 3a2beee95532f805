package reminder

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

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), env.Redis.Simple(), env.Logger)
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

// templates are those of the account: Meta has not approved the second one yet.
func templates(c *fakewa.Config) {
	body := json.RawMessage(`[{"type":"BODY","text":"You wanted to be reminded of {{1}}, {{2}} ago.","example":{"body_text":[["the oven","1h"]]}}]`)
	c.Templates = []fakewa.Template{
		{Name: "reminder", Language: "en", Category: "UTILITY", Components: body},
		{Name: "reminder_friendly", Language: "en", Category: "UTILITY", Components: body, Status: "PENDING"},
	}
}

// asker asks in words for a reminder, soon or later.
func asker(m people.Moment) people.Act {
	in := []string{"2 minutes", "1 hour", "23 hours", "26 hours"}
	return people.Say("Remind me in " + in[m.Rand.IntN(len(in))] + " of " + m.Words)
}

var workload = sim.Workload{
	People:  []people.Person{people.Returner(25*time.Hour, people.Mix(people.Anybody, asker)), people.Mix(people.Anybody, asker)},
	Options: []sim.Option{sim.WhatsApp(templates)},
	Faults:  sim.AllFaults, Users: 2, Events: 12, Settle: 25 * time.Hour,
}

func properties() []sim.Property {
	any := []sim.Property{explore.SaidOnce(), sim.OwnWords(), sim.Within24Hours(), sim.Reacted(), sim.Answered(), sim.NoLeaks()}
	return append(any, explore.NotRefused(), inTime(),
		sim.Sometimes("a template reminds", func(t *trace.Trace) bool {
			for _, e := range t.Events() {
				if e.What == trace.Calls && e.Type == "template" && len(e.IDs) > 0 {
					return true
				}
			}
			return false
		}))
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// TestFindsTemplateWithoutApproval plants a template that Meta has not approved.
func TestFindsTemplateWithoutApproval(t *testing.T) {
	bot := planted(func(b *Bot) { b.template = "reminder_friendly" })
	explore.Finds(t, explore.NotRefused().Name, 5, bot, workload, properties()...)
}

var promised = regexp.MustCompile(`^I will remind you in (\S+) of "(.*)"\.$`)

// inTime is that who was promised a reminder gets it then, and not before; after the
// last start of a replica, if no replica ran then. The promise may have come late, and so
// may the reminder, by what faults take.
func inTime() sim.Property {
	const slack = 15 * time.Minute
	return sim.Property{Name: "reminders come in time", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		var reminders []trace.Event
		var started time.Time
		for _, e := range t.Events() {
			if e.What == trace.Calls && len(e.IDs) > 0 && (e.Type == "template" || strings.HasPrefix(e.Text, "⏰")) {
				reminders = append(reminders, e)
			}
			if e.What == trace.Starts {
				started = e.At
			}
		}
		end := t.Events()[len(t.Events())-1].At
		for _, e := range t.Events() {
			promise := promised.FindStringSubmatch(e.Text)
			if promise == nil || e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			after, _ := time.ParseDuration(promise[1]) // the bot writes durations
			due, came := e.At.Add(after), false
			latest := due
			if started.After(due) {
				latest = started
			}
			latest = latest.Add(slack)
			for _, r := range reminders {
				came = came || r.To == e.To && strings.Contains(r.Text, promise[2]) && r.At.After(due.Add(-slack)) && r.At.Before(latest)
			}
			if !came && latest.Before(end) {
				found = append(found, sim.Violation{At: e.At, Until: latest, Why: fmt.Sprintf("event %d: %s is not reminded at %s: %s", e.N, e.To, due.Format(time.DateTime), e.Text)})
			}
		}
		return found
	}}
}
