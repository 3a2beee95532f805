package steps

import (
	"regexp"
	"strings"

	"wappasim/sim"
)

// blanks are the patterns and examples of the values in a fault's sentence.
var blanks = map[string]struct{ pattern, example string }{
	"n": {`\d+`, "2"}, "code": {`\d+`, "131016"}, "replica": {`\d+`, "1"},
	"by": {`-?[\d.]+ [a-z]+(?: \d\S* [a-z]+)*`, "5 seconds"}, "for": {`[\d.]+ [a-z]+(?: \d\S* [a-z]+)*`, "20 seconds"},
	"service": {`(?:any service|the service \S+)`, "the service pay.example.com"},
	"like":    {`"[^"]*"`, `"GET"`},
	"point":   {`(?:before|after) (?:Redis command|API call|service call)`, "before Redis command"},
}

// faultSteps are the sentences that [sim.ParseFault] reads.
func (s *scenario) faultSteps() (steps []step) {
	for _, sentence := range sim.FaultSentences() {
		pattern, example := regexp.QuoteMeta(sentence), sentence
		for name, blank := range blanks {
			pattern = strings.ReplaceAll(pattern, `\{`+name+`\}`, blank.pattern)
			example = strings.ReplaceAll(example, "{"+name+"}", blank.example)
		}
		steps = append(steps, step{"(" + pattern + ")", example, sentence, s.inject})
	}
	return steps
}

func (s *scenario) inject(sentence string) error {
	fault, err := sim.ParseFault(sentence)
	if err != nil {
		return err
	}
	if s.beside {
		return s.take(sim.Step{Fault: fault})
	}
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Inject(fault)
}
