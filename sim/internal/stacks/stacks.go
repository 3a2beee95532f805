// Package stacks reads what the stacks of goroutines tell.
//
//	pkg, test, ok := stacks.RunningTest()
//	fmt.Println(test, ok) // TestMine true
//
// [Bubble] is the bubble of virtual time in which the caller runs, and [All] the dump that
// Go prints when a program panics.
package stacks

import (
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// All returns the stacks of all goroutines, the caller's first, with an empty line between
// two.
func All() string {
	dump := dumps.Get().(*[]byte)
	defer dumps.Put(dump)
	for {
		if n := runtime.Stack(*dump, true); n < len(*dump) {
			return string((*dump)[:n])
		}
		*dump = make([]byte, 2*len(*dump))
	}
}

// dumps are buffers for All: every world needs one at its end.
var dumps = sync.Pool{New: func() any { dump := make([]byte, 1<<16); return &dump }}

var bubble = regexp.MustCompile(`synctest bubble \d+`)

// Bubble names the bubble of the caller as the first line of its stack does, as in
// "synctest bubble 7"; "" if it is in none.
func Bubble() string {
	header := make([]byte, 128)
	return string(bubble.Find(header[:runtime.Stack(header, false)]))
}

// testFunction matches a line of a stack that is in a test function, or in a function
// literal of one: the package and the function.
var testFunction = regexp.MustCompile(`(?m)^(\S+?)(?:_test)?\.((?:Test|Example|Benchmark|Fuzz)\w*)(?:\.func\S*|\(\.\.\.\)|\(.*)?$`)

// startedBy matches the end of a stack: which goroutine has started this one.
var startedBy = regexp.MustCompile(`(?m)^created by .* in goroutine (\d+)$`)

// RunningTest returns the package and the function of the test that runs, which may be any number
// of calls, subtests and goroutines up; ok is false if there is none.
func RunningTest() (pkg, test string, ok bool) {
	all := All()
	stack, _, _ := strings.Cut(all, "\n\n")
	for stack != "" {
		if found := testFunction.FindAllStringSubmatch(stack, -1); found != nil {
			outermost := found[len(found)-1]
			return outermost[1], outermost[2], true
		}
		parent := startedBy.FindStringSubmatch(stack)
		if parent == nil {
			break
		}
		_, stack, _ = strings.Cut("\n\n"+all, "\n\ngoroutine "+parent[1]+" ")
		stack, _, _ = strings.Cut(stack, "\n\n")
	}
	return "", "", false
}
