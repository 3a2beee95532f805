// Package testname finds the test that runs.
//
//	pkg, test, ok := testname.Find()
//	fmt.Println(test, ok) // TestMine true
package testname

import (
	"regexp"
	"runtime"
	"strings"
)

// testFunction matches a line of a stack that is in a test function, or in a function
// literal of one: the package and the function.
var testFunction = regexp.MustCompile(`(?m)^(\S+?)(?:_test)?\.((?:Test|Example|Benchmark|Fuzz)\w*)(?:\.func\S*|\(\.\.\.\)|\(.*)?$`)

// startedBy matches the end of a stack: which goroutine has started this one.
var startedBy = regexp.MustCompile(`(?m)^created by .* in goroutine (\d+)$`)

// Find returns the package and the function of the test that runs, which may be any number
// of calls, subtests and goroutines up; ok is false if there is none.
func Find() (pkg, test string, ok bool) {
	stacks := allStacks()
	stack, _, _ := strings.Cut(stacks, "\n\n") // the present goroutine comes first
	for stack != "" {
		if all := testFunction.FindAllStringSubmatch(stack, -1); all != nil {
			outermost := all[len(all)-1]
			return outermost[1], outermost[2], true
		}
		parent := startedBy.FindStringSubmatch(stack)
		if parent == nil {
			break
		}
		_, stack, _ = strings.Cut("\n\n"+stacks, "\n\ngoroutine "+parent[1]+" ")
		stack, _, _ = strings.Cut(stack, "\n\n")
	}
	return "", "", false
}

func allStacks() string {
	for size := 1 << 16; ; size *= 2 {
		dump := make([]byte, size)
		if n := runtime.Stack(dump, true); n < size {
			return string(dump[:n])
		}
	}
}
