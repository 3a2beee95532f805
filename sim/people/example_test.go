package people_test

import (
	"fmt"
	"math/rand/v2"

	"wappasim/sim"
	"wappasim/sim/people"
)

func ExamplePerson() {
	shy := func(m people.Moment) people.Act {
		if len(m.Past) > 0 && len(m.Offered()) == 0 {
			return people.Read()
		}
		return people.Anybody(m)
	}
	workload := sim.Workload{People: []people.Person{people.Tapper, shy}}

	moment := people.Moment{Who: "Ana", Rand: rand.New(rand.NewPCG(1, 2)), Words: "apple 001"}
	first := workload.People[0](moment)
	moment.Past = append(moment.Past, first)
	fmt.Println("Ana", first)
	fmt.Println("Ana", shy(moment))
	// Output:
	// Ana says "apple 001"
	// Ana reads the messages
}
