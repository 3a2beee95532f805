package main

import (
	"flag"
	"fmt"
	"strings"

	"wappasim/internal/edits"
)

// guess returns which flag may be meant by the one of an error, or "".
func guess(flags *flag.FlagSet, err error) string {
	name, undefined := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !undefined {
		return ""
	}
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
	nearest := edits.Nearest(name, known)
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("did you mean -%s? ", nearest)
}

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
