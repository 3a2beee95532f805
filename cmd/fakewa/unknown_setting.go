package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// unknown returns the error for a setting that does not exist.
func unknown(flags *flag.FlagSet, name string) error {
	var known []string
	flags.VisitAll(func(f *flag.Flag) {
		if f.Name != "config" {
			known = append(known, f.Name)
		}
	})
	nearest := slices.MinFunc(known, func(a, b string) int { return edits(name, a) - edits(name, b) })
	guess := "."
	if edits(name, nearest) <= 1+len(name)/4 {
		guess = fmt.Sprintf(": did you mean %q?", nearest)
	}
	return fmt.Errorf("%q is not a setting%s Settings are %s", name, guess, strings.Join(known, ", "))
}

// edits returns how many letters must be added, left out or changed to turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // edits from the a so far to each start of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
