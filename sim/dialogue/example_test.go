package dialogue_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/trace"
)

// ordering stands for a world: a talk about an order that cannot be cancelled.
type ordering struct{ talk *trace.Trace }

func (o ordering) Trace() *trace.Trace { return o.talk }

func ordered() ordering {
	s := new(script)
	synctest.Test(new(testing.T), func(*testing.T) {
		s.says(ana, "hello")
		s.menu(ana, "Welcome!\n[1] Orders  [2] Help")
		s.taps(ana, "Orders")
		s.menu(ana, "Order 17 comes at 10:30.\n[1] Cancel  [2] Back")
		s.taps(ana, "Back")
		s.menu(ana, "Welcome!\n[1] Orders  [2] Help")
		s.taps(ana, "Orders")
		s.menu(ana, "Order 17 comes at 10:30.\n[1] Cancel  [2] Back")
		s.taps(ana, "Cancel")
		s.wait(2 * time.Minute)
		s.trace.Pass()
	})
	return ordering{&s.trace}
}

func Example() {
	world := ordered()
	var m dialogue.Map
	m.Add(world.Trace())
	fmt.Print(&m)
	// Output:
	// 0  (begin)
	//      says "hello" ×1 → 1
	// 1  Welcome! / [1] Orders  [2] Help ×2
	//      [tap Orders] ×2 → 2
	// 2  Order <number> comes at <time>. / [1] Cancel  [2] Back ×2
	//      [tap Back] ×1 → 1
	//      [tap Cancel] ×1 → (no answer)
	// reached once only:
	//   none
	// dead ends:
	//   2  Order <number> comes at <time>. / [1] Cancel  [2] Back: says "hello", [tap Orders], [tap Cancel]
}

func ExampleMap_WriteMermaid() {
	var m dialogue.Map
	m.Add(ordered().Trace())
	_ = m.WriteMermaid(os.Stdout)
	// Output:
	// flowchart TD
	// 	classDef once stroke-dasharray:4
	// 	n0(["(begin)"])
	// 	n1["Welcome!<br>[1] Orders  [2] Help<br>×2"]
	// 	n2["Order #60;number#62; comes at #60;time#62;.<br>[1] Cancel  [2] Back<br>×2"]
	// 	n3(["(no answer)<br>×1"])
	// 	n0 -->|"says #34;hello#34; ×1"| n1
	// 	n1 -->|"[tap Orders] ×2"| n2
	// 	n2 -->|"[tap Back] ×1"| n1
	// 	n2 ==>|"[tap Cancel] ×1"| n3
}
