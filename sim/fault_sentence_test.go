package sim_test

import (
	"strings"
	"testing"
	"time"

	"wappasim/sim"
)

func TestFaultSentencesAreReadAndWritten(t *testing.T) {
	for _, sentence := range sim.FaultSentences() {
		filled := strings.NewReplacer("{replica}", "2", "{n}", "3", "{code}", "429", "{by}", "1.5 seconds", "{for}", "2 minutes", "{point}", "after API call", "{like}", `"x.*y"`, "{service}", "any service").Replace(sentence)
		fault, err := sim.ParseFault(filled)
		if err != nil || fault.String() != filled {
			t.Errorf("%q is read as %+v and written as %q, %v", filled, fault, fault, err)
		}
	}
	for sentence, want := range map[string]string{
		"it rains":                                       `"it rains" is not a fault: write it like`,
		"crash":                                          `crashes"`,
		"redis is unreachable for 5 seconds":             `write it like "Redis is unreachable for {for}"`,
		"the API answers 131016 for 10 seconds":          `write it like "the API answers {code}"`,
		"replica 0 crashes":                              `"0" is not a number from 1 on`,
		"Redis takes 5 parsecs":                          `"5 parsecs" is not a time like 15 seconds or 1 hour 30 minutes`,
		"the API answers 0":                              `"0" is not a number from 1 on`,
		"the bot crashes maybe":                          "is not a fault",
		`the bot crashes after Redis command 1 like "("`: "missing closing )",
		"the next 2 webhooks":                            "is not a fault",
		"replica 1 freezes for ":                         "is not a fault",
	} {
		if _, err := sim.ParseFault(sentence); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", sentence, err)
		}
	}
	w := world(t, of(app{}))
	for _, bad := range []sim.Fault{{Kind: "rain"}, {Kind: sim.Crash, Replica: 2}, {Kind: sim.APIFails, Code: 429}, {Kind: sim.APIAnswers, Code: 999999}} {
		if err := w.Inject(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	long := "Redis is unreachable for 1 hour 30 minutes"
	if fault, err := sim.ParseFault(long); err != nil || fault.For != 90*time.Minute || fault.String() != long {
		t.Errorf("%q is read as %+v and written as %q, %v", long, fault, fault, err)
	}
}
