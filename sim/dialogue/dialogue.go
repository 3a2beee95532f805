// Package dialogue shows what was said in many runs as a map, and finds where people get
// no answer.
//
// Add traces to a [Map] and write it, for people or as a diagram:
//
//	var m dialogue.Map
//	m.Add(world.Trace())
//	fmt.Print(&m)
//
// [DeadEnds] looks at one trace for people who acted, got no answer, and had nothing else
// to tap. What differs from run to run (times, numbers, people's words) is replaced by
// [Rules]. A map knows only what was said and done: where the same words have two
// meanings, they are one place in it.
package dialogue
