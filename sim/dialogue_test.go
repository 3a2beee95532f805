package sim_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/dialogue"
)

// page is what the menu bot says, and what can be tapped there: each choice is the id of
// the page that it leads to. A page with more than three choices is a list.
type page struct {
	text    string
	choices []string
}

// pages are three levels deep. The page "cancel" is missing: the bot has forgotten it.
var pages = map[string]page{
	"menu":   {"Welcome! What can we do for you?", []string{"pizza", "pasta", "orders", "help"}},
	"pizza":  {"One pizza is coming.", []string{"menu"}},
	"pasta":  {"Pasta is coming.", []string{"menu"}},
	"help":   {"Tap, or write to us.", []string{"menu"}},
	"orders": {"Your last order is number 17, of 10:30.", []string{"change", "repeat", "menu"}},
	"repeat": {"The same again.", []string{"menu"}},
	"change": {"What shall we change?", []string{"cancel", "pizza", "orders"}},
}

// menuBot shows the page that was tapped, and the menu for all else.
func menuBot(env sim.Env) (sim.App, error) {
	return app{serve: func(_ http.ResponseWriter, r *http.Request) {
		for _, from := range tapped(r) {
			if p, ok := pages[from.text]; ok {
				_ = sendBody(env, p.body(from.from))
			}
		}
	}}, nil
}

// body is the message of a page.
func (p page) body(to string) string {
	type m = map[string]any
	var rows, buttons []m
	for _, id := range p.choices {
		row := m{"id": id, "title": strings.ToUpper(id[:1]) + id[1:]}
		rows, buttons = append(rows, row), append(buttons, m{"type": "reply", "reply": row})
	}
	shown := m{"type": "button", "body": m{"text": p.text}, "action": m{"buttons": buttons}}
	if len(rows) > 3 {
		shown = m{"type": "list", "body": m{"text": p.text}, "action": m{"button": "Choose", "sections": []m{{"title": "All", "rows": rows}}}}
	}
	text, _ := json.Marshal(m{"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": shown})
	return string(text)
}

// tapped returns who has tapped which page; other messages ask for the menu.
func tapped(r *http.Request) (all []text) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From        string
						Interactive map[string]json.RawMessage
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook) // what is no webhook has no taps
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				id := struct{ ID string }{"menu"}
				for _, kind := range []string{"button_reply", "list_reply"} {
					_ = json.Unmarshal(m.Interactive[kind], &id) // the other one is missing
				}
				all = append(all, text{"+" + m.From, id.ID})
			}
		}
	}
	return all
}

// TestNoDeadEndSaysTheWayThere taps down to the page that the bot has forgotten.
func TestNoDeadEndSaysTheWayThere(t *testing.T) {
	w := world(t, menuBot)
	err := w.Say("Ana", "hello")
	for _, title := range []string{"Help", "Menu", "Orders", "Change", "Cancel"} {
		err = errors.Join(err, w.Tap("Ana", title))
	}
	if err := errors.Join(err, w.Wait(time.Minute)); err != nil {
		t.Fatal(err)
	}
	found := sim.NoDeadEnd().Check(w.Trace())
	way := `the way there: says "hello", [tap Orders], [tap Change], [tap Cancel]`
	if len(found) != 1 || !strings.HasSuffix(found[0].Why, way) || found[0].Until.Sub(found[0].At) != time.Minute {
		t.Errorf("got %+v, want one with %q", found, way)
	}
	if found := sim.NoDeadEnd("[tap cancel]").Check(w.Trace()); found != nil {
		t.Errorf("excepted: got %+v", found)
	}
	for text, want := range map[string]int{"What shall we change?": 0, "is coming": 1} {
		if found := sim.Reaches(text).Check(w.Trace()); len(found) != want {
			t.Errorf("reaches %q: got %+v", text, found)
		}
	}
	var m dialogue.Map
	m.Add(w.Trace())
	if got, want := m.Way("What shall we change?"), []string{`says "hello"`, "[tap Orders]", "[tap Change]"}; !slices.Equal(got, want) {
		t.Errorf("the way in the map: got %q, want %q", got, want)
	}
	if !slices.ContainsFunc(m.Once(), func(said string) bool {
		return strings.HasPrefix(said, "Your last order is number <number>, of <time>.\n[1] Change")
	}) {
		t.Errorf("once: got %q", m.Once())
	}
}

// TestNoDeadEndAtTheEndOfAWorld wants an act to be undecided until a minute has passed.
func TestNoDeadEndAtTheEndOfAWorld(t *testing.T) {
	w := world(t, of(app{}))
	if err := errors.Join(w.Say("Ana", "hello"), w.Wait(time.Minute-1)); err != nil {
		t.Fatal(err)
	}
	if found := sim.NoDeadEnd().Check(w.Trace()); found != nil {
		t.Errorf("too early: got %+v", found)
	}
	if err := w.Wait(1); err != nil {
		t.Fatal(err)
	}
	if found := sim.NoDeadEnd().Check(w.Trace()); len(found) != 1 {
		t.Errorf("after a minute: got %+v", found)
	}
}

// TestExplorationFindsADeadEnd explores the bot with the people of every workload.
func TestExplorationFindsADeadEnd(t *testing.T) {
	workload := sim.Workload{KeepGoing: true}
	report, err := sim.Explore(menuBot, sim.Seeds(60), workload, sim.NoDeadEnd(), sim.Reaches("The same again."))
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok || len(failure.Steps) != 4 || !strings.Contains(failure.Why, `"[tap Cancel]"; the way there: says "`) || !strings.HasSuffix(failure.Why, `", [tap Orders], [tap Change], [tap Cancel]`) {
		t.Fatalf("got %v", err)
	}
	if m := report.Map().String(); !strings.Contains(m, "[tap Cancel] ×") || !strings.Contains(m, "[1] Change  [2] Repeat  [3] Menu ×") {
		t.Errorf("the map is\n%s", m)
	}
	if way := report.Map().Way("The same again."); len(way) == 0 || way[len(way)-1] != "[tap Repeat]" {
		t.Errorf("got the way %q", way)
	}
	if _, err := sim.Explore(menuBot, sim.Seeds(60), workload, sim.NoDeadEnd("[tap Cancel]")); err != nil {
		t.Errorf("with the dead end excepted: %v", err)
	}
	if _, err := sim.Explore(menuBot, sim.Seeds(2), workload, sim.Reaches("Tea is coming.")); err == nil || !strings.Contains(err.Error(), `not in one of 2 runs: sometimes the bot says "Tea is coming."`) {
		t.Errorf("what is never said: got %v", err)
	}
}
