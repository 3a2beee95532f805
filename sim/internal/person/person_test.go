package person_test

import (
	"fmt"
	"testing"

	"wappasim/sim/internal/person"
)

func Example() {
	if person.Name.MatchString("María José") {
		fmt.Println("she can act in a scenario")
	}
	// Output: she can act in a scenario
}

func TestNames(t *testing.T) {
	for _, name := range []string{"Ana", "Ángel", "Łukasz", "Anne-Marie", "María José", "李雷", "أحمد", "O'Brien", "Ben2", "J.R.", "Zoe\u0308"} {
		if !person.Name.MatchString(name) {
			t.Errorf("%q is no name", name)
		}
	}
	for _, name := range []string{"", "ana", "Ana says", "Ana ", " Ana", "Ana  Ben", "1Ana", "Ana!", `Ana"`, "the bot"} {
		if person.Name.MatchString(name) {
			t.Errorf("%q is a name", name)
		}
	}
}
