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
		"it rains":              `"it rains" is not a fault: write it like`,
		"replica 0 crashes":     `"0" is not a number from 1 on`,
		"Redis takes 5 parsecs": `"5 parsecs" is not a time like 15 seconds or 1 hour 30 minutes`,
		"the API answers 0":     `"0" is not a number from 1 on`,
		"the bot crashes maybe": "is not a fault",
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

func TestDurationsAreReadAndWritten(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                      "0 milliseconds",
		time.Millisecond:                       "1 millisecond",
		1500 * time.Microsecond:                "1.5 milliseconds",
		1500 * time.Millisecond:                "1.5 seconds",
		time.Second:                            "1 second",
		90 * time.Second:                       "1 minute 30 seconds",
		25 * time.Hour:                         "1 day 1 hour",
		48*time.Hour + 20*time.Millisecond:     "2 days 20 milliseconds",
		time.Hour + 62500*time.Millisecond:     "1 hour 1 minute 2.5 seconds",
		3*time.Minute + 14999*time.Millisecond: "3 minutes 14.999 seconds",
		26*time.Hour + 34123456789*time.Nanosecond: "1 day 2 hours 34.123456789 seconds",
	} {
		if got := sim.FormatDuration(d); got != want {
			t.Errorf("%s is written as %q, want %q", d, got, want)
		}
		if got, err := sim.ParseDuration(want); err != nil || got != d {
			t.Errorf("%q is read as %s, %v", want, got, err)
		}
	}
	if got := sim.FormatDuration(-90 * time.Second); got != "-1 minute 30 seconds" {
		t.Errorf("got %q", got)
	}
	for text, want := range map[string]time.Duration{"1.5 minutes": 90 * time.Second, "30 minutes 1 hour": 90 * time.Minute} {
		if got, err := sim.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1 hour 30", "1 hour and 30 minutes", "hour", "-1 hour", "1 hour -3 minutes", "NaN seconds", "99999999999 days", "1 parsec"} {
		if got, err := sim.ParseDuration(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
