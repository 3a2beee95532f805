package sim

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
)

// A panic in a goroutine of the bot ends the program, and nothing can print a seed any
// more. But Go then prints the goroutines with their labels, which those that they start
// inherit: so the goroutines of a run have the command that replays it for a label. Those
// of time.AfterFunc have none; they have the same number of a synctest bubble.

// play plays a run whose goroutines have that label.
func (x *exploration) play(seed uint64, play script, options ...Option) (r run) {
	labels := pprof.Labels("replay", fmt.Sprintf(x.replay, seed))
	pprof.Do(context.Background(), labels, func(context.Context) {
		r = x.workload.play(x.factory, seed, play, options...)
	})
	return r
}

// showLabels makes Go print all goroutines with their labels when the program ends by a
// panic or a fatal error.
var showLabels = sync.OnceFunc(func() {
	debug.SetTraceback("all") // unless GOTRACEBACK asks for more
	const variable = "GODEBUG"
	_ = os.Setenv(variable, strings.TrimPrefix(os.Getenv(variable)+",tracebacklabels=1", ","))
})
