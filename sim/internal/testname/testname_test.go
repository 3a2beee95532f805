package testname_test

import (
	"fmt"
	"testing"

	"wappasim/sim/internal/testname"
)

func TestMine(t *testing.T) {
	t.Run("helper", helper)
	pkg, test, ok := testname.Find()
	if pkg != "wappasim/sim/internal/testname" || test != "TestMine" || !ok {
		t.Errorf("got %q %q %t", pkg, test, ok)
	}
	fmt.Println(test, ok) // TestMine true
}

func helper(t *testing.T) {
	found := make(chan string)
	go func() {
		_, test, _ := testname.Find()
		found <- test
	}()
	if test := <-found; test != "TestMine" {
		t.Errorf("got %q", test)
	}
}
