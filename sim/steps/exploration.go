package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/duration"
	"wappasim/sim/people"
)

// explorationSteps are those with which a run of an exploration is told, so that it happens
// again.
func (s *scenario) explorationSteps() []step {
	return []step{
		{`everything takes up to {time}`, "everything takes up to 5 milliseconds", "Each Redis command, call and webhook takes as long as the seed draws. It comes first.", func(text string) error {
			d, err := duration.Parse(text)
			if err != nil {
				return err
			}
			return s.set(sim.Latency(d))
		}},
		{`the people are (.+)`, "the people are Ana, Ben, Cleo", "Their numbers are +15550000001 and so on. It comes first.", func(names string) error {
			s.people = strings.Split(names, ", ")
			return s.set()
		}},
		{`nobody waits for the bot`, "nobody waits for the bot", "What people do, and what goes wrong, begins, and the next step does not wait for its effects.", func() error {
			s.beside = true
			return nil
		}},
		{`{time} ha(?:s|ve) passed since the beginning`, "8.395 seconds have passed since the beginning", "Time passes until so long after the beginning, if that has not come.", s.passSince},
		{`{who} sends the message:`, "Ana sends the message:", "Sends a message of any type: a doc string follows with its JSON, as in a webhook but without from, id and timestamp.", func(who string, text *godog.DocString) error {
			var content fakewa.Content
			if err := json.Unmarshal([]byte(text.Content), &content); err != nil {
				return fmt.Errorf("the message is not a JSON object: %w", err)
			}
			return s.send(who, content)
		}},
		{`{who} taps {text}, which (\d+) later messages? offers? too`, `Ana taps "Pizza", which 1 later message offers too`, "Taps the button or row of an older message: so many that came later have one that looks the same.", s.tapOlder},
		{`it holds that (.+)`, "it holds that nothing is said twice", "Ends the scenario's world, and checks a property of the bot, which the program knows by its name.", s.holds},
	}
}

// aWorld returns the world that some steps need.
func (s *scenario) aWorld() (*sim.World, error) {
	begun, err := s.world()
	if err != nil {
		return nil, err
	}
	w, ok := begun.(*sim.World)
	if !ok {
		return nil, errors.New("this step needs a world")
	}
	return w, nil
}

// take lets a step of a run happen, and does not wait for it.
func (s *scenario) take(step sim.Step) error {
	w, err := s.aWorld()
	if err != nil {
		return err
	}
	return w.Take(step)
}

func (s *scenario) passSince(text string) error {
	d, err := duration.Parse(text)
	if err != nil {
		return err
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	if until := s.began.Add(d); until.After(w.Now()) {
		return w.WaitUntil(until)
	}
	return nil
}

// tapOlder taps what an older message offers.
func (s *scenario) tapOlder(who, choice string, later int) error {
	w, err := s.aWorld()
	if err != nil {
		return err
	}
	left, seen := later, make(map[people.Offer]int)
	for _, m := range slices.Backward(w.Inbox(who)) {
		for _, c := range m.Choices {
			offer := people.Offer{Title: c.Title, ID: c.ID}
			if !c.Sends() || c.Title != choice && c.ID != choice {
				continue
			}
			if left == 0 {
				err := w.Take(sim.Step{Who: who, Act: people.Act{Kind: people.Taps, Offer: offer, Later: seen[offer]}})
				if err == nil && !s.beside {
					err = w.Wait(0)
				}
				return err
			}
			left--
			seen[offer]++
			break
		}
	}
	return fmt.Errorf("%d messages to %s offer %q: want more than %d", later-left, who, choice, later)
}

// holds checks a property at the end.
func (s *scenario) holds(name string) error {
	w, err := s.aWorld()
	if err != nil {
		return err
	}
	known := []string{"the bot keeps running"}
	if name == known[0] {
		return w.Judge()
	}
	for _, p := range s.properties() {
		if known = append(known, p.Name); p.Name == name {
			return w.Judge(p)
		}
	}
	return fmt.Errorf("no property is named %q: want one of %q", name, known)
}
