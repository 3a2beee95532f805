package bubble

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"wappasim/sim/internal/stacks"
)

// Goroutines describes the goroutines of the bubble other than its own: why each
// waits, where, and what started it.
func (b *Bubble) Goroutines() []string {
	return b.goroutines(func(_, frames string) bool { return !isRoot(frames) })
}

// WaitingOutside describes those that wait for something outside the bubble, so
// that its time cannot move.
func (b *Bubble) WaitingOutside() []string {
	return b.goroutines(func(header, frames string) bool { return !isRoot(frames) && waitsOutside(header) })
}

func waitsOutside(header string) bool {
	return !strings.Contains(header, "(durable)") && !strings.Contains(header, "[coroutine")
}

// WaitingForMutex tells whether time cannot move because goroutines wait for a mutex, and
// for no other reason: then the goroutine that holds it waits for time. The bubble's own
// goroutines count too: one of them may hold it, and be about to go on.
func (b *Bubble) WaitingForMutex() bool {
	others := false
	waiting := b.goroutines(func(header, frames string) bool {
		mutex := strings.Contains(header, "[sync.Mutex.") || strings.Contains(header, "[sync.RWMutex.")
		others = others || waitsOutside(header) && !mutex
		return mutex && !isRoot(frames)
	})
	return waiting != nil && !others
}

// WaitingIn describes those that wait for time in a function.
func (b *Bubble) WaitingIn(functions ...string) []string {
	return b.goroutines(func(header, frames string) bool {
		return !isRoot(frames) && !waitsOutside(header) && slices.ContainsFunc(functions, func(f string) bool { return strings.Contains(frames, f+"(") })
	})
}

// goroutines describes the goroutines that pass the filter, which sees the first
// line of each in a dump and the others.
func (b *Bubble) goroutines(filter func(header, frames string) bool) (found []string) {
	for block := range strings.SplitSeq(stacks.All(), "\n\n") {
		header, frames, _ := strings.Cut(block, "\n")
		inside := strings.ContainsAny(after(header, b.name), "], ")
		if inside && filter(header, frames) {
			found = append(found, describe(header, frames))
		}
	}
	slices.Sort(found)
	return found
}

// after returns the byte that follows words in a text; "" if they are not there.
func after(text, words string) string {
	_, rest, _ := strings.Cut(text, words)
	return rest[:min(1, len(rest))]
}

// isRoot tells the bubble's own goroutines from those of the bot.
func isRoot(frames string) bool {
	return strings.Contains(frames, "bubble.(*Bubble).run") || strings.Contains(frames, "bubble.(*Bubble).interrupts") || strings.Contains(frames, "testing/synctest.testingSynctestTest(")
}

// describe keeps of a goroutine why it waits, in which function, and what
// started it. Of the functions it names the innermost that is the bot's: neither Go's, nor
// the world's, nor a module's that was downloaded.
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
		theirs := !strings.HasPrefix(file, goSource) && !strings.HasPrefix(call, "wappasim/sim.") && !strings.HasPrefix(call, "wappasim/fakewa.") && !strings.Contains(file, "/pkg/mod/")
		if where == "" || theirs && !own {
			where, own = fmt.Sprintf(" in %s (%s)", call, file), theirs
		}
	}
	return "  goroutine [" + reason(header) + "]" + where + started
}

// reason returns why a goroutine waits, of a header like "goroutine 7 [chan receive
// (durable), 2 minutes, synctest bubble 3]:". The numbers differ from run to run.
func reason(header string) string {
	_, why, _ := strings.Cut(header, "[")
	why, _, _ = strings.Cut(why, ",")
	return strings.TrimSuffix(strings.TrimSuffix(why, "]:"), " (durable)")
}

// goSource is where the standard library's source was when the program was built.
var goSource = func() string {
	pc := reflect.ValueOf(strings.Cut).Pointer()
	file, _ := runtime.FuncForPC(pc).FileLine(pc)
	return strings.TrimSuffix(file, "strings/strings.go")
}()
