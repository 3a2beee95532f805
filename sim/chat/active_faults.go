package chat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wappasim/sim"
	"wappasim/sim/trace"
)

// active is a fault that goes on.
type active struct {
	fault sim.Fault
	until time.Time // zero: until something ends it
	left  int       // how often it still happens; 0: it does not count
}

// ends tells by which kind a lasting one is ended. Those of themselves happen at once.
var ends = map[sim.FaultKind][]sim.FaultKind{
	sim.Restart:       {sim.Crash},
	sim.Thaw:          {sim.Freeze},
	sim.RedisUp:       {sim.RedisDown},
	sim.RedisRestarts: nil,
	sim.RedisEmpty:    nil,
}

// counted tells which events use up a fault of the next so many.
var counted = map[string][]sim.FaultKind{
	trace.Expires:  {sim.EventsLost, sim.EventsLate, sim.EventsTwice},
	trace.Delivers: {sim.WebhooksLate, sim.WebhooksTwice, sim.WebhooksCut},
	trace.Says:     {sim.MessagesReversed, sim.MessagesTogether},
	trace.Calls:    {sim.APIAnswers, sim.APISlow, sim.APISilent, sim.APILoses, sim.APIFails},
	trace.Sends:    {sim.ServiceAnswers, sim.ServiceSlow, sim.ServiceSilent, sim.ServiceLoses},
}

// lasting are the kinds that last until all faults heal, if they do not say how often they happen.
var lasting = []sim.FaultKind{sim.APIAnswers, sim.APISlow, sim.ServiceAnswers, sim.ServiceSlow}

// activeFaults returns the sentences of the faults that go on at a time, as far as the events
// until then tell: of the next two webhooks, those that have come count.
func activeFaults(events []trace.Event, now time.Time) (sentences []string) {
	var all []active
	down := make(map[string]bool)  // replicas
	twice := make(map[string]bool) // webhooks that come once more
	drop := func(over func(active) bool) { all = slices.DeleteFunc(all, over) }
	for _, e := range events {
		switch {
		case e.What == trace.Starts:
			delete(down, e.Who)
			continue
		case e.What == trace.Crashes:
			down[e.Who] = true
			drop(func(a active) bool {
				return a.fault.Kind == sim.Crash && ofReplica(a.fault, e.Who)
			})
			continue
		case e.What != trace.Injects:
			webhook := e.Text + strings.Join(e.IDs, " ")
			if e.What == trace.Delivers && twice[webhook] {
				delete(twice, webhook)
			} else if use(&all, e) == sim.WebhooksTwice {
				twice[webhook] = true
			}
			continue
		}
		f, err := sim.ParseFault(e.Text)
		if err != nil { // "no longer: …"
			drop(func(a active) bool { return "no longer: "+a.fault.String() == e.Text })
			continue
		}
		if f.Kind == sim.Heal {
			all = nil
			continue
		}
		if f.Kind == sim.Crash && f.Point == "" {
			continue // the replica is down
		}
		if ended, is := ends[f.Kind]; is {
			drop(func(a active) bool {
				return slices.Contains(ended, a.fault.Kind) && (f.Replica == 0 || f.Replica == a.fault.Replica)
			})
			continue
		}
		a := active{fault: f}
		if f.For > 0 {
			a.until = e.At.Add(f.For)
		}
		if isCounted(f.Kind) && (f.N > 0 || !slices.Contains(lasting, f.Kind)) {
			a.left = max(f.N, 1)
		}
		all = append(all, a)
	}
	for _, replica := range slices.Sorted(maps.Keys(down)) {
		sentences = append(sentences, replica+" is down")
	}
	for _, a := range all {
		switch {
		case !a.until.IsZero() && !a.until.After(now):
		case a.left > 0 && a.fault.N > 1:
			sentences = append(sentences, fmt.Sprintf("%s (%d left)", a.fault, a.left))
		default:
			sentences = append(sentences, a.fault.String())
		}
	}
	return sentences
}

// use takes one off the first fault that an event meets, and returns its kind.
func use(all *[]active, e trace.Event) sim.FaultKind {
	kinds := counted[e.What]
	i := slices.IndexFunc(*all, func(a active) bool { return a.left > 0 && slices.Contains(kinds, a.fault.Kind) })
	if i < 0 {
		return ""
	}
	a := &(*all)[i]
	kind := a.fault.Kind
	if a.left--; a.left == 0 {
		*all = slices.Delete(*all, i, i+1)
	}
	return kind
}

func isCounted(kind sim.FaultKind) bool {
	for _, kinds := range counted {
		if slices.Contains(kinds, kind) {
			return true
		}
	}
	return false
}

// ofReplica tells whether a fault is one of a replica, which events call "bot 1".
func ofReplica(f sim.Fault, who string) bool {
	return f.Replica == 0 || strings.TrimPrefix(who, "bot ") == fmt.Sprint(f.Replica)
}
