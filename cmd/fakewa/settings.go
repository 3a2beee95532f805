package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"time"

	"wappasim/fakewa"
)

// settings are the values of the flags and of the settings file.
type settings struct {
	fake       fakewa.Config   // the first business
	businesses []fakewa.Config // further ones
	start      time.Time       // at which the clock stands still; zero: it runs
	addr       string
	tls        bool
	proxy      string   // address; "": none
	caDir      string   // "": in the user's cache folder
	hosts      []string // further names of this server, for the control API
	file       string   // of settings; "": none

	origin map[string]string // where a setting of the file is, "fakewa.yaml:3: webhook", by its name
}

// platform makes the fake that the settings describe.
func (s settings) platform() (*fakewa.Platform, error) {
	if !s.start.IsZero() {
		s.fake.Clock = fakewa.StillClock(s.start)
	}
	s.fake.Seed = cmp.Or(s.fake.Seed, rand.Uint64())
	p, err := fakewa.NewPlatform(s.fake)
	if err != nil {
		return nil, err
	}
	for _, b := range s.businesses {
		b.BaseURL, b.Seed = cmp.Or(b.BaseURL, s.fake.BaseURL), cmp.Or(b.Seed, s.fake.Seed)
		if _, err := p.Add(b); err != nil {
			p.Close()
			return nil, err
		}
	}
	return p, nil
}

// readSettings reads the flags and the settings file that they name. An error is one line.
// With flag.ErrHelp the help has been printed.
func readSettings(args []string, help io.Writer) (settings, error) {
	s := settings{origin: make(map[string]string)}
	flags := s.flags()
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(help)
		flags.Usage()
		return s, err
	case err != nil:
		return s, fmt.Errorf("%w: %s-help lists the flags", err, guess(flags, err))
	case flags.NArg() > 0:
		return s, fmt.Errorf("%q is one argument too many: fakewa has flags only; -help lists them", flags.Arg(0))
	}
	if s.file != "" {
		if err := s.readFile(flags); err != nil {
			return s, err
		}
	}
	if u, err := url.Parse(s.fake.WebhookURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return s, fmt.Errorf("%s is %q: want a URL like http://127.0.0.1:8000/webhook", s.name("webhook"), s.fake.WebhookURL)
	}
	return s, nil
}

// name returns what an error calls a setting: the place where the user set it.
func (s *settings) name(setting string) string {
	if place, ok := s.origin[setting]; ok {
		return place
	}
	return "-" + setting
}
