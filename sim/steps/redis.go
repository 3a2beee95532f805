package steps

import (
	"fmt"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"wappasim/sim"
)

func (s *scenario) registerRedis(sc *godog.ScenarioContext) {
	sc.Then(`^Redis holds "([^"]*)" in database (\d+) for (\S+ [a-z]+)$`, func(name string, db int, text string) error {
		d, err := sim.ParseDuration(text)
		if err != nil {
			return err
		}
		key, err := s.key(db, name)
		const slack = 10 * time.Millisecond // that nobody sees who asks Redis for the seconds
		if err == nil && key.TTL.Round(slack) != d {
			err = fmt.Errorf("%s has a TTL of %s", name, key.TTL)
		}
		return err
	})
	sc.Then(`^Redis holds "([^"]*)" in database (\d+) with:$`, func(name string, db int, text *godog.DocString) error {
		key, err := s.key(db, name)
		if err != nil {
			return err
		}
		for line := range strings.Lines(text.Content) {
			if !strings.Contains(key.Value, strings.TrimSpace(line)) {
				return fmt.Errorf("%s holds %s", name, key.Value)
			}
		}
		return nil
	})
	sc.Then(`^Redis keeps the unsent words of `+who+`: "([^"]*)"$`, func(who, text string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		for _, k := range w.Keys() {
			if strings.Contains(k.Name, w.Number(who)) && strings.Contains(k.Value, text) {
				return nil
			}
		}
		return fmt.Errorf("no key of %s holds %q", who, text)
	})
	sc.Then(`^Redis holds nothing of `+who+`$`, func(who string) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		for _, k := range w.Keys() {
			if strings.Contains(k.Name, w.Number(who)) {
				return fmt.Errorf("database %d holds %s: %s", k.DB, k.Name, k.Value)
			}
		}
		return nil
	})
}

func (s *scenario) key(db int, name string) (sim.Key, error) {
	w, err := s.world()
	if err != nil {
		return sim.Key{}, err
	}
	var names []string
	for _, k := range w.Keys() {
		if k.DB == db && k.Name == name {
			return k, nil
		}
		if k.DB == db {
			names = append(names, k.Name)
		}
	}
	return sim.Key{}, fmt.Errorf("database %d holds %q", db, names)
}
