package sim

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Stuck is returned by every method of a [World] whose bot waits for something
// outside the world: a socket, a name server, a channel or a mutex that was made
// elsewhere. Virtual time cannot move then. The world is of no more use.
type Stuck struct {
	After      time.Duration // real time without progress
	Goroutines []string      // those that wait outside, each with where
}

func (e *Stuck) Error() string {
	return fmt.Sprintf("sim: no progress for %s: the bot waits for something outside the world:\n%s", e.After, strings.Join(e.Goroutines, "\n"))
}

// Leak is returned by [World.Close] when the bot left goroutines behind.
type Leak struct {
	Goroutines []string // each with where it waits and what started it
}

func (e *Leak) Error() string {
	return fmt.Sprintf("sim: %d goroutines are left after the bot's Run and Close returned:\n%s", len(e.Goroutines), strings.Join(e.Goroutines, "\n"))
}

// goroutines describes the goroutines of a bubble that pass the filter, which
// sees the first line of each in a dump.
func goroutines(bubble string, filter func(header string) bool) (found []string) {
	dump := make([]byte, 1<<16)
	for n := runtime.Stack(dump, true); ; n = runtime.Stack(dump, true) {
		if n < len(dump) {
			dump = dump[:n]
			break
		}
		dump = make([]byte, 2*len(dump))
	}
	for block := range strings.SplitSeq(string(dump), "\n\n") {
		header, frames, _ := strings.Cut(block, "\n")
		inside := strings.Contains(header, bubble+"]") || strings.Contains(header, bubble+",")
		if inside && !isRoot(frames) && filter(header) {
			found = append(found, describe(header, frames))
		}
	}
	slices.Sort(found)
	return found
}

func everyone(string) bool { return true }

// isRoot tells the bubble's own goroutines from those of the bot.
func isRoot(frames string) bool {
	return strings.Contains(frames, "sim.(*bubble).live") || strings.Contains(frames, "testing/synctest.testingSynctestTest(")
}

// describe keeps of a goroutine why it waits, in which function, and what
// started it. Of the functions it names the innermost that is not Go's own.
func describe(header, frames string) string {
	where, own, started := "", false, ""
	lines := strings.Split(frames, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		call, file := lines[i], strings.TrimSpace(lines[i+1])
		file, _, _ = strings.Cut(file, " +")
		if starter, ok := strings.CutPrefix(call, "created by "); ok {
			starter, _, _ = strings.Cut(starter, " in goroutine")
			started = fmt.Sprintf(", started by %s (%s)", starter, file)
			break
		}
		if open := strings.LastIndex(call, "("); open > 0 {
			call = call[:open]
		}
		if theirs := !strings.HasPrefix(file, goSource); where == "" || theirs && !own {
			where, own = fmt.Sprintf(" in %s (%s)", call, file), theirs
		}
	}
	return "  " + header + where + started
}

// goSource is where the standard library's source was when the program was built.
var goSource = func() string {
	pc := reflect.ValueOf(strings.Cut).Pointer()
	file, _ := runtime.FuncForPC(pc).FileLine(pc)
	return strings.TrimSuffix(file, "strings/strings.go")
}()

// do runs a call in the bubble, under the watch of real time.
func (w *World) do(f func() error) error {
	w.calls.Lock()
	defer w.calls.Unlock()
	if w.broken != nil {
		return w.broken
	}
	err := w.bubble.do(f, w.watch)
	if errors.Is(err, errStuck) {
		w.broken = &Stuck{After: w.opts.patience, Goroutines: goroutines(w.bubble.name, func(header string) bool {
			return !strings.Contains(header, "(durable)")
		})}
		return w.broken
	}
	return err
}

// watch gives up on a call in which nothing happens any more.
func (w *World) watch() (enough <-chan struct{}, stop func()) {
	gaveUp, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		tick := time.NewTicker(w.opts.patience)
		defer tick.Stop()
		for seen := w.progress.Load(); ; {
			select {
			case <-stopped:
				return
			case <-tick.C:
			}
			now := w.progress.Load()
			if now == seen {
				close(gaveUp)
				return
			}
			seen = now
		}
	}()
	return gaveUp, func() { close(stopped) }
}
