package steps

import (
	"fmt"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/duration"
)

func (s *scenario) redisSteps() []step {
	return []step{
		{`Redis holds {text} in database (\d+) for {time}`, `Redis holds "session:1" in database 0 for 15 seconds`, "There is a key with this name, and it expires in so long.", s.holdsFor},
		{`Redis holds {text} in database (\d+) with:`, `Redis holds "session:1" in database 0 with:`, "There is a key with this name, and its value has each line of the doc string in it.", s.holdsWith},
		{`Redis keeps the unsent words of {who}: {text}`, `Redis keeps the unsent words of Ana: "hello"`, "Some key with the person's number in its name has these words in its value.", s.keepsWords},
		{`Redis holds nothing of {who}`, "Redis holds nothing of Ana", "No key has the person's number in its name.", s.holdsNothing},
	}
}

func (s *scenario) holdsFor(name string, db int, text string) error {
	d, err := duration.Parse(text)
	if err != nil {
		return err
	}
	key, err := s.key(db, name)
	const slack = 10 * time.Millisecond // that nobody sees who asks Redis for the seconds
	if err == nil && key.TTL.Round(slack) != d {
		err = fmt.Errorf("%s has a TTL of %s", name, key.TTL)
	}
	return err
}

func (s *scenario) holdsWith(name string, db int, text *godog.DocString) error {
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
}

func (s *scenario) keepsWords(who, text string) error {
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
}

func (s *scenario) holdsNothing(who string) error {
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
}

// key returns a key of the world's Redis.
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
