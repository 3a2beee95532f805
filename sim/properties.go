package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/report"
	"wappasim/sim/dialogue"
	"wappasim/sim/trace"
)

// AnyBot returns the properties that any bot can keep.
func AnyBot() []Property {
	return []Property{SaidOnce(), OwnWords(), Within24Hours(), Reacted(), Answered(), NoLeaks()}
}

// SaidOnce is that nobody receives the same message twice: one that quotes a user's
// message comes as often as that was written, and once more for each tap on what a message
// that quotes it has offered; any other comes no more often than its user has written.
// Messages are compared whole, with their buttons, parameters and captions. What users write
// must be unlike each other, as in a [Workload].
func SaidOnce() Property {
	return Property{Name: "nothing is said twice", Assumes: []Assumption{Redis}, Check: func(t *trace.Trace) (found []Violation) {
		type message struct{ user, text string }
		last := make(map[message]trace.Event)
		count := make(map[message]int)
		written := make(map[string]int)    // how often each user has written
		words := make(map[string][]string) // that are their own
		for i, e := range t.Events() {
			switch {
			case e.What == trace.Says:
				written[e.Who]++
				if own := e.Words(); own != "" {
					words[e.Who] = append(words[e.Who], own)
				}
			case e.What == trace.Calls && len(e.IDs) > 0:
				said := message{e.To, e.Text}
				before := last[said]
				last[said] = e
				if count[said]++; count[said] == 1 {
					continue
				}
				n := slices.IndexFunc(words[e.To], func(w string) bool { return strings.Contains(e.Text, w) })
				if count[said] > written[e.To] || n >= 0 && count[said] > 1+tapsOn(t.Events()[:i], e.To, words[e.To][n]) {
					found = append(found, Violation{before.At, e.At, fmt.Sprintf("events %d and %d: %s receives twice: %q", before.N, e.N, e.To, e.Text)})
				}
			}
		}
		return found
	}}
}

// tapsOn returns how often a user has tapped what messages with some words have offered.
func tapsOn(events []trace.Event, user, words string) (n int) {
	var offers []string // the messages
	for _, e := range events {
		switch {
		case e.What == trace.Calls && e.To == user && strings.Contains(e.Text, words):
			offers = append(offers, e.Text+" ")
		case e.What == trace.Says && e.Who == user && strings.HasPrefix(e.Text, "[tap "):
			title := "] " + strings.TrimSuffix(strings.TrimPrefix(e.Text, "[tap "), "]")
			if slices.ContainsFunc(offers, func(offer string) bool {
				return strings.Contains(offer, title+" ") || strings.Contains(offer, title+"\n")
			}) {
				n++
			}
		}
	}
	return n
}

// OwnWords is that no user receives what another one has written. What users write must be
// unlike each other, as in a [Workload].
func OwnWords() Property {
	return Property{Name: "nobody gets another's words", Check: func(t *trace.Trace) (found []Violation) {
		type said struct{ who, words string }
		var all []said
		for _, e := range t.Events() {
			switch {
			case e.What == trace.Says:
				if own := e.Words(); own != "" {
					all = append(all, said{e.Who, own})
				}
			case e.What == trace.Calls && len(e.IDs) > 0:
				for _, s := range all {
					if s.who != e.To && strings.Contains(e.Text, s.words) {
						found = append(found, Violation{At: e.At, Why: fmt.Sprintf("event %d: %s gets %q, which %s has written", e.N, e.To, s.words, s.who)})
					}
				}
			}
		}
		return found
	}}
}

// Within24Hours is that only templates are sent to a user who has not written for 24
// hours, as WhatsApp wants it (its customer service window). A free-form message that
// WhatsApp accepts and then fails with 131047 counts, too.
func Within24Hours() Property {
	return Property{Name: "nothing free-form outside 24 hours", Check: func(t *trace.Trace) (found []Violation) {
		const window, outside = 24 * time.Hour, 131047
		last := make(map[string]time.Time)
		for _, e := range t.Events() {
			switch {
			case e.What == trace.Says && e.Type != "edit" && e.Type != "revoke":
				last[e.Who] = e.At
			case e.What == trace.Calls && freeForm(e) && (len(e.IDs) > 0 || e.Code == outside):
				if wrote, ok := last[e.To]; !ok {
					found = append(found, Violation{At: e.At, Why: fmt.Sprintf("event %d: %s has never written", e.N, e.To)})
				} else if since := e.At.Sub(wrote); since > window {
					found = append(found, Violation{At: e.At, Why: fmt.Sprintf("event %d: %s last wrote %s before", e.N, e.To, since)})
				}
			}
		}
		return found
	}}
}

// freeForm tells whether a call sends a message that is not a template.
func freeForm(e trace.Event) bool { return e.Type != "" && e.Type != "template" }

// Reacted is that a request which WhatsApp refuses for now (429, 5xx, rate
// limits) is made again, by any replica, unless the one that made it crashed or
// ended within a minute.
func Reacted() Property {
	return Property{Name: "no refused request is left without a reaction", Assumes: []Assumption{Redis, Token}, Check: func(t *trace.Trace) (found []Violation) {
		const soon = time.Minute
		events := t.Events()
		for i, e := range events {
			if e.What != trace.Calls || e.Code == 0 || permanent[e.Code] || ofTemplate(e.Code) || e.Text == "" || e.Lost {
				continue
			}
			first, reacted, dead := true, false, false
			for j, other := range events {
				same := other.What == trace.Calls && other.To == e.To && other.Text == e.Text
				switch {
				case j < i && same:
					first = false
				case j > i && same:
					reacted = true
				case j > i && other.Who == e.Who && (other.What == trace.Crashes || other.What == trace.Starts) && other.At.Sub(e.At) < soon:
					dead = true
				}
			}
			if first && !reacted && !dead {
				// Redis may lose a moment later that it was refused.
				found = append(found, Violation{At: e.At, Until: e.At.Add(soon), Why: fmt.Sprintf("event %d was refused with code %d, and no replica tried again", e.N, e.Code)})
			}
		}
		return found
	}}
}

// ofTemplate tells whether a code says that a template cannot be sent as it is.
func ofTemplate(code int) bool { return code/1000 == 132 }

// Answered is that each webhook is answered, with any status, before its sender
// gives up, which is 10 seconds after it sent the webhook; unless the webhook came
// late, its replica crashed or was frozen, or the connection was cut.
func Answered() Property {
	return Property{Name: "every webhook is answered", Check: func(t *trace.Trace) (found []Violation) {
		const least = 9 * time.Second // that a bot has had
		events := t.Events()
		answered := make(map[int]bool)
		for _, e := range events {
			if e.What == trace.Answers {
				answered[e.Of] = e.Status != 0 || e.Lost || e.At.Sub(events[e.Of-1].At) < least
			}
		}
		for _, e := range events {
			undecided := events[len(events)-1].At.Sub(e.At) < least // the world ended before
			if e.What == trace.Delivers && e.To != "nobody" && !answered[e.N] && !undecided {
				found = append(found, Violation{At: e.At, Why: fmt.Sprintf("event %d was never answered", e.N)})
			}
		}
		return found
	}}
}

// NoLeaks is that no goroutine is left when the bot has ended.
func NoLeaks() Property {
	return Property{Name: "no goroutine is left", Check: func(t *trace.Trace) (found []Violation) {
		for _, e := range t.Events() {
			if e.What == trace.Leaks {
				found = append(found, Violation{At: e.At, Why: strings.TrimSpace(e.Text)})
			}
		}
		return found
	}}
}

// NoDeadEnd is that everybody who acts gets an answer within a minute, or can act otherwise: see
// [dialogue.DeadEnds]. Acts in their readable form, like "stop" or "[tap Stop]", are excepted
// in any case of letters: a bot may rightly leave them without an answer.
func NoDeadEnd(except ...string) Property {
	return Property{Name: "nobody gets to a dead end", Assumes: []Assumption{Redis, Token}, Check: func(t *trace.Trace) (found []Violation) {
		for _, d := range dialogue.DeadEnds(t, time.Minute) {
			if !slices.ContainsFunc(except, func(act string) bool { return strings.EqualFold(act, strings.TrimSpace(d.Act)) }) {
				found = append(found, Violation{d.At, d.Until, fmt.Sprintf("event %d: %s gets no answer to %q; the way there: %s", d.N, d.Who, d.Act, strings.Join(append(d.Way, d.Act), ", "))})
			}
		}
		return found
	}}
}

// Reaches is that the bot says a text, or a message with the text in it, in at least one
// run: see [Sometimes].
func Reaches(text string) Property {
	said := regexp.MustCompile(regexp.QuoteMeta(text))
	return Sometimes(fmt.Sprintf("the bot says %q", text), func(t *trace.Trace) bool { return dialogue.Reached(t, said) })
}

// CleanReport is that the bot's report card, see package report, has no finding at the end
// of a run. A run in which a replica, Redis or a webhook failed is not judged: that makes any
// bot look bad.
func CleanReport() Property {
	return Property{Name: "the report card is clean", Check: func(t *trace.Trace) (found []Violation) {
		for _, e := range t.Events() {
			if e.What == trace.Finds {
				found = append(found, Violation{At: e.At, Why: e.Text})
			}
		}
		return found
	}}
}

// fair are the faults of which a report card knows, or that change nothing in it.
var fair = []FaultKind{
	EventsLost, EventsLate, EventsTwice, EventsOff, WebhooksTwice, MessagesReversed, MessagesTogether,
	APIAnswers, APISlow, APISilent, APILoses, APIFails, TokenExpires,
	ServiceAnswers, ServiceSlow, ServiceSilent, ServiceLoses, Heal,
}

// noteFindings notes the findings of the report card in the trace, for CleanReport, if there
// were only fair faults: after others, webhooks that broke together are in any order in what
// the card is made from. It runs in the bubble.
func (w *World) noteFindings() {
	for _, e := range w.trace.Events() {
		if e.What != trace.Injects {
			continue
		}
		if f, err := ParseFault(e.Text); err == nil && !slices.Contains(fair, f.Kind) {
			return
		}
	}
	for _, f := range report.Of(w.fake).Findings {
		w.trace.Add(trace.Event{Who: "whatsapp", What: trace.Finds, Text: fmt.Sprintf("%s (%d), first at %s: %s", f.Rule, f.Count, f.Evidence[0].At.Format(time.TimeOnly), f.Advice)})
	}
}
