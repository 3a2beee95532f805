package main

import (
	"flag"
	"fmt"
	"strings"

	"wappasim/internal/edits"
)

// unknown returns the error for a setting that does not exist.
func unknown(flags *flag.FlagSet, name string) error {
	var known []string
	flags.VisitAll(func(f *flag.Flag) {
		if f.Name != "config" {
			known = append(known, f.Name)
		}
	})
	guess := "."
	if nearest := edits.Nearest(name, known); nearest != "" {
		guess = fmt.Sprintf(": did you mean %q?", nearest)
	}
	return fmt.Errorf("%q is not a setting%s Settings are %s", name, guess, strings.Join(known, ", "))
}
