package mybot

import (
	"errors"
	"fmt"

	"wappasim/sim"
)

func Example_explore() {
	_, err := sim.Explore(newBot, sim.Seeds(100), sim.Workload{Faults: sim.AllFaults}, sim.AnyBot()...)
	if failure, ok := errors.AsType[*sim.Failure](err); ok {
		fmt.Println(failure.Property)
		for _, step := range failure.Steps {
			fmt.Println(step)
		}
	}
	// Output:
	// every webhook is answered
	//   19.74079452s  the API takes 17.261 seconds the next time
	//  27.546203871s  Cleo says "elder 004"
}
