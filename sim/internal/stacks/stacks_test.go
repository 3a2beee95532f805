package stacks_test

import (
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"

	"wappasim/sim/internal/stacks"
)

func TestMine(t *testing.T) {
	t.Run("helper", helper)
	pkg, test, ok := stacks.RunningTest() // the test that runs
	if pkg != "wappasim/sim/internal/stacks" || test != "TestMine" || !ok {
		t.Errorf("got %q %q %t", pkg, test, ok)
	}
	fmt.Println(test, ok) // TestMine true
}

func helper(t *testing.T) {
	found := make(chan string)
	go func() {
		_, test, _ := stacks.RunningTest()
		found <- test
	}()
	if test := <-found; test != "TestMine" {
		t.Errorf("got %q", test)
	}
}

func TestBubble(t *testing.T) {
	if name := stacks.Bubble(); name != "" {
		t.Errorf("outside: got %q", name)
	}
	synctest.Test(t, func(t *testing.T) {
		if name := stacks.Bubble(); !regexp.MustCompile(`^synctest bubble \d+$`).MatchString(name) {
			t.Errorf("got %q", name)
		}
	})
}
