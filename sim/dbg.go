package sim

import "runtime"

func PlayTwice(f Factory, s Story, seed uint64) (*Trace, *Trace) {
	s, _ = s.complete()
	steps := s.steps(seed)
	a := s.play(f, seed, steps, last(steps)).trace
	for i := 0; i < 600; i++ {
		runtime.GOMAXPROCS(1 + i%4)
		b := s.play(f, seed, steps, last(steps)).trace
		if a.Diff(b) != "" {
			return a, b
		}
	}
	return a, a
}
