package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// keptFirst puts the seeds that failed before, in the file Keep, before others.
func (s Story) keptFirst(seeds iter.Seq[uint64]) (iter.Seq[uint64], error) {
	if named, _ := namedSeed(); s.Keep == "" || named != nil {
		return seeds, nil
	}
	kept, err := s.kept()
	if err != nil {
		return nil, err
	}
	return func(yield func(uint64) bool) {
		for _, seed := range kept {
			if !yield(seed) {
				return
			}
		}
		seeds(yield)
	}, nil
}

// kept reads the file: a seed in each line, and what it broke.
func (s Story) kept() (seeds []uint64, err error) {
	file, err := os.Open(s.Keep)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sim: read the seeds that failed: %w", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		word, _, _ := strings.Cut(lines.Text(), " ")
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		seed, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("sim: %s: %q is no seed", s.Keep, word)
		}
		seeds = append(seeds, seed)
	}
	return seeds, nil
}

// keep adds the seeds of failures to the file.
func (s Story) keep(failures []*Failure) error {
	if s.Keep == "" {
		return nil
	}
	known, err := s.kept()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.Keep), 0o755); err != nil {
		return fmt.Errorf("sim: keep the seeds that failed: %w", err)
	}
	file, err := os.OpenFile(s.Keep, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("sim: keep the seeds that failed: %w", err)
	}
	for _, f := range failures {
		new := true
		for _, seed := range known {
			new = new && seed != f.Seed
		}
		if new {
			known = append(known, f.Seed)
			_, err = fmt.Fprintf(file, "%d %s\n", f.Seed, f.Promise)
		}
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("sim: keep the seeds that failed: %w", err)
	}
	return nil
}
