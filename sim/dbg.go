package sim

import "fmt"

func PlayTwice(f Factory, s Story, seed uint64) (*Trace, *Trace) {
	s, _ = s.complete()
	steps := s.steps(seed)
	r := s.play(f, seed, steps, last(steps))
	println("ERR", fmt.Sprint(r.err))
	return r.trace, s.play(f, seed, steps, last(steps)).trace
}
