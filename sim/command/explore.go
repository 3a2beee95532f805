package command

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"wappasim/sim"
)

func (c *call) explore(args []string) error {
	var story sim.Story
	seeds := c.flags.Uint64("seeds", 500, "how `many` seeds to try")
	from := c.flags.Uint64("from", 1, "the first `seed`")
	seed := c.flags.Uint64("seed", 0, "the one `seed` to try, to see its run again")
	trouble := c.flags.String("trouble", "withstood", "what may go wrong: `all`, none, what the bot withstands, or kinds with commas, like \"crash,events lost\"")
	hash := c.flags.Bool("hash", false, "print a hash of all traces, to compare with another run's")
	c.flags.IntVar(&story.Users, "users", 3, "`people` in each run")
	c.flags.IntVar(&story.Events, "events", 20, "what they write and what goes `wrong`, in each run")
	c.flags.IntVar(&story.Replicas, "replicas", 2, "of the `bot`")
	c.flags.BoolVar(&story.Every, "every", false, "go on after a failure, and show the first of each promise")
	c.flags.StringVar(&story.Keep, "keep", "", "a `file` of seeds that failed: they are tried first, and new ones are added")
	if _, err := c.parse(args, 0, 0); err != nil {
		return err
	}
	if *seed > 0 {
		*from, *seeds, story.Keep = *seed, 1, ""
	}
	switch *trouble {
	case "all":
		story.Trouble = sim.AllTrouble
	case "withstood":
		story.Trouble = c.Trouble
	case "none":
	default:
		for kind := range strings.SplitSeq(*trouble, ",") {
			if !slices.Contains(sim.AllTrouble, sim.Kind(kind)) {
				return wrong("-trouble has %q: want all, none, withstood, or some of %q", kind, sim.AllTrouble)
			}
			story.Trouble = append(story.Trouble, sim.Kind(kind))
		}
	}
	story.Replay = fmt.Sprintf("%s explore -trouble %q -users %d -events %d -replicas %d -seed %%d", c.Command, *trouble, story.Users, story.Events, story.Replicas)
	promises := c.Promises()
	var all traceHash
	if *hash {
		promises = append(promises, all.promise())
	}
	report, err := sim.Explore(c.Bot, func(yield func(uint64) bool) {
		for n := range *seeds {
			if !yield(*from + n) {
				return
			}
		}
	}, story, promises...)
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
	if len(report.Failures) > 0 {
		return errFailed
	}
	return err
}

// traceHash adds up the traces of all runs, in whatever order they come.
type traceHash struct {
	mu  sync.Mutex
	sum [sha256.Size]byte // guarded by mu
}

func (h *traceHash) promise() sim.Promise {
	return sim.Promise{Name: "it has a trace", Check: func(t *sim.Trace) []sim.Broken {
		one := sha256.Sum256([]byte(t.Hash()))
		h.mu.Lock()
		defer h.mu.Unlock()
		for i := range one {
			h.sum[i] ^= one[i]
		}
		return nil
	}}
}
