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

	"wappasim/sim/internal/stacks"
)

// seedVariable is the environment variable that replays one seed.
const seedVariable = "SIM_SEED"

// Seeds returns the seeds from 1 to n, or only the one in the environment variable
// SIM_SEED, which replays a failure. Explore and Check refuse a SIM_SEED that is not
// a number.
func Seeds(n uint64) iter.Seq[uint64] {
	first, last := uint64(1), n
	if seed, err := namedSeed(); err == nil && seed != nil {
		first, last = *seed, *seed
	}
	return func(yield func(uint64) bool) {
		for seed := first; seed <= last && seed >= first; seed++ {
			if !yield(seed) {
				return
			}
		}
	}
}

// namedSeed returns the seed in the environment; nil: there is none.
func namedSeed() (*uint64, error) {
	text := os.Getenv(seedVariable)
	if text == "" {
		return nil, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("sim: %s is %q: want the number of a seed", seedVariable, text)
	}
	return &seed, nil
}

// replayCommand returns the command that replays a seed of the test that runs, with %d for
// the seed.
func replayCommand() string {
	if test := testCommand(); test != "" {
		return seedVariable + "=%d " + test
	}
	return seedVariable + "=%d, where sim.Seeds chooses them"
}

// testCommand returns the command for the test that runs; "": none does.
func testCommand() string {
	pkg, test, ok := stacks.RunningTest()
	if !ok {
		return ""
	}
	return fmt.Sprintf("go test -count=1 -run '^%s$' %s", test, pkg)
}

// failedFirst puts the seeds that failed before, in the SeedFile, before the others.
func (s Workload) failedFirst(seeds iter.Seq[uint64]) (iter.Seq[uint64], error) {
	if named, _ := namedSeed(); s.SeedFile == "" || named != nil {
		return seeds, nil
	}
	failed, err := s.failedSeeds()
	if err != nil {
		return nil, err
	}
	return func(yield func(uint64) bool) {
		for _, seed := range failed {
			if !yield(seed) {
				return
			}
		}
		seeds(yield)
	}, nil
}

// failedSeeds reads the SeedFile: a seed in each line, and the property that it
// violated.
func (s Workload) failedSeeds() (seeds []uint64, err error) {
	file, err := os.Open(s.SeedFile)
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
			return nil, fmt.Errorf("sim: %s: %q is not the number of a seed", s.SeedFile, word)
		}
		seeds = append(seeds, seed)
	}
	return seeds, nil
}

// addSeeds adds the seeds of failures to the SeedFile.
func (s Workload) addSeeds(failures []*Failure) error {
	if s.SeedFile == "" {
		return nil
	}
	known, err := s.failedSeeds()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.SeedFile), 0o755); err != nil {
		return fmt.Errorf("sim: write the seeds that failed: %w", err)
	}
	file, err := os.OpenFile(s.SeedFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("sim: write the seeds that failed: %w", err)
	}
	for _, f := range failures {
		new := true
		for _, seed := range known {
			new = new && seed != f.Seed
		}
		if new {
			known = append(known, f.Seed)
			_, err = fmt.Fprintf(file, "%d %s\n", f.Seed, f.Property)
		}
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("sim: write the seeds that failed: %w", err)
	}
	return nil
}
