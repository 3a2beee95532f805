package cli

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

func (c *call) explore(args []string) error {
	var workload sim.Workload
	seeds := c.flags.Uint64("seeds", 500, "the `number` of seeds to try")
	from := c.flags.Uint64("from", 1, "the first `seed`")
	seed := c.flags.Uint64("seed", 0, "the one `seed` to try, to see its run again")
	fault := c.flags.String("faults", "tolerated", "what may go wrong: all, none, tolerated (by the bot), or `kinds` of faults with commas, like \"crash,events lost\"")
	hash := c.flags.Bool("hash", false, "print a hash of all traces, to compare with another run's")
	c.flags.IntVar(&workload.Users, "users", 3, "the `number` of people in each run")
	c.flags.IntVar(&workload.Events, "events", 20, "the `number` of events in each run: what people write and what goes wrong")
	c.flags.IntVar(&workload.Replicas, "replicas", 2, "the `number` of replicas of the bot")
	c.flags.DurationVar(&workload.Longest, "longest", 20*time.Second, "the longest pause between two events")
	c.flags.DurationVar(&workload.Settle, "settle", 5*time.Minute, "the time from the end of all faults to the end of a run: longer than the bot's longest timer")
	c.flags.BoolVar(&workload.KeepGoing, "keep-going", false, "go on after a failure, and show the first of each property")
	c.flags.StringVar(&workload.SeedFile, "seed-file", "", "a `file` of seeds that failed: they are tried first, and new ones are added")
	c.flags.StringVar(&workload.Out, "out", "", "a `folder` that gets one for each failure: its recording, trace, scenario, Go test and conversation")
	if _, err := c.parse(args, 0, 0); err != nil {
		return err
	}
	if *seed > 0 {
		*from, *seeds, workload.SeedFile = *seed, 1, ""
	}
	switch *fault {
	case "all":
		workload.Faults = sim.AllFaults
	case "tolerated":
		workload.Faults = c.Faults
	case "none":
	default:
		for kind := range strings.SplitSeq(*fault, ",") {
			kind = strings.TrimSpace(kind)
			if !slices.Contains(sim.AllFaults, sim.FaultKind(kind)) {
				return wrong("-faults has %q: want all, none, tolerated, or some of %q", kind, sim.AllFaults)
			}
			workload.Faults = append(workload.Faults, sim.FaultKind(kind))
		}
	}
	workload.Replay = fmt.Sprintf("%s explore -faults %q -users %d -events %d -replicas %d%s -seed %%d", c.Command, *fault, workload.Users, workload.Events, workload.Replicas, c.changed("longest", "settle"))
	workload.Options = c.Options
	shown := progress{out: c.stderr, total: *seeds, keepGoing: workload.KeepGoing, terminal: isTerminal(c.stderr)}
	workload.Progress = shown.show
	properties := c.Properties()
	var all traceHash
	if *hash {
		properties = append(properties, all.property())
	}
	report, err := sim.Explore(c.Bot, func(yield func(uint64) bool) {
		for n := range *seeds {
			if !yield(*from + n) {
				return
			}
		}
	}, workload, properties...)
	shown.clear()
	if report == nil {
		return wrong("%v", err)
	}
	for i, failure := range report.Failures {
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		fmt.Fprintln(c.stdout, failure)
	}
	if *hash {
		fmt.Fprintf(c.stdout, "%x\n", all.sum)
	}
	fmt.Fprintln(c.stderr, report)
	if *fault == "tolerated" && c.Faults == nil {
		fmt.Fprintln(c.stderr, "no faults were injected: the program names none that its bot tolerates; -faults all injects all")
	}
	if len(report.Failures) > 0 {
		if all, ok := err.(interface{ Unwrap() []error }); ok { // the first failure, and what could not be written
			for _, other := range all.Unwrap()[1:] {
				fmt.Fprintln(c.stderr, other)
			}
		}
		return errFailed
	}
	return err
}

// changed returns those of some flags that were given, as they are written.
func (c *call) changed(names ...string) (written string) {
	c.flags.Visit(func(f *flag.Flag) {
		if slices.Contains(names, f.Name) {
			written += fmt.Sprintf(" -%s %s", f.Name, f.Value)
		}
	})
	return written
}

// traceHash adds up the traces of all runs, in whatever order they come.
type traceHash struct {
	mu  sync.Mutex
	sum [sha256.Size]byte // guarded by mu
}

func (h *traceHash) property() sim.Property {
	return sim.Property{Name: "it has a trace", Check: func(t *trace.Trace) []sim.Violation {
		one := sha256.Sum256([]byte(t.Hash()))
		h.mu.Lock()
		defer h.mu.Unlock()
		for i := range one {
			h.sum[i] ^= one[i]
		}
		return nil
	}}
}
