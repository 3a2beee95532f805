// Package event is what happens in a fake, as it happens: the events that
// fakewa.Server.Events gives in Go, and GET /_fakewa/events over HTTP.
//
//	for e := range wa.Events(ctx, 0, event.Filter{Kinds: []event.Kind{event.Message, event.Status}}) {
//		if m, ok := e.Data.(fakewa.Message); ok {
//			fmt.Println(e.N, e.Kind, m.User, m.Status, m)
//			break // or go on until ctx or the server ends
//		}
//	}
//
// Events have numbers, so that a reader that was away goes on after the last one that it
// has seen. The fake keeps as many as Config.Limit says; a reader that is further behind
// is told by an event [Lost] which ones it has missed. The package has no more than the
// types: what happened longer ago is in the lists of the server, such as Server.Messages.
package event

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is what happened. What [Event.Data] is depends on it.
type Kind string

const (
	Begin         Kind = "begin"          // the fake begins, for the first time or after a reset: what came before is forgotten. Data: a Beginning
	Message       Kind = "message"        // a user or the bot has said something. Data: a fakewa.Message, as it was then
	Status        Kind = "status"         // a message has another status. Data: the fakewa.Message with it
	Webhook       Kind = "webhook"        // the fake posts a webhook to the bot; its answer is an Attempt. Data: a Delivery
	Attempt       Kind = "attempt"        // the bot has answered the webhook of event Of, or not. Data: a fakewa.Delivery
	Request       Kind = "request"        // the bot has called the Graph API. Data: a fakewa.Request, with the verdict
	FaultInjected Kind = "fault_injected" // coming calls or webhooks may meet a fault. Data: a fakewa.Fault
	FaultMet      Kind = "fault_met"      // a call or a webhook meets a fault. Data: the fakewa.Fault
	FaultRemoved  Kind = "fault_removed"  // a fault is over: it was removed, or has met as many calls as it said. Data: the fakewa.Fault
	Profile       Kind = "profile"        // a user's profile has changed, or the phone is on or off. Data: a fakewa.Profile
	Clock         Kind = "clock"          // a test has moved the clock. Data: a Move
	Lost          Kind = "lost"           // the reader was too slow: events are no longer kept. Data: a Gap
)

// Kinds are all kinds.
var Kinds = []Kind{Begin, Message, Status, Webhook, Attempt, Request, FaultInjected, FaultMet, FaultRemoved, Profile, Clock, Lost}

// Event is something that happened.
type Event struct {
	N    uint64        `json:"n"`                 // from 1, without gaps; it grows after a reset too. Of Lost: the last one that is missing
	At   time.Time     `json:"at"`                // by the fake's clock
	Kind Kind          `json:"kind"`              //
	User string        `json:"user,omitempty"`    // whom it concerns, as in a message's user; of a webhook for several users: the first; "": nobody
	IDs  []string      `json:"ids,omitempty"`     // of the messages that it is about
	Of   uint64        `json:"of,omitempty"`      // of an Attempt: the event of its webhook
	Took time.Duration `json:"took_ns,omitempty"` // of an Attempt or a Request: until the answer, by the machine's clock
	Data any           `json:"data"`              // what the list of such things shows of it; see Kind
}

// Beginning is the data of Begin.
type Beginning struct {
	Seed uint64 `json:"seed"` // of ids
}

// Delivery is the data of Webhook: what the bot is about to get.
type Delivery struct {
	Field     string          `json:"field"`   // messages, …
	Attempt   int             `json:"attempt"` // of this webhook, from 1
	URL       string          `json:"url"`     // "": there is none, and the attempt fails
	Signature string          `json:"signature"`
	Body      json.RawMessage `json:"body"`
}

// Move is the data of Clock.
type Move struct {
	Now time.Time `json:"now"`  // to which it was moved
	By  float64   `json:"by_s"` // seconds
}

// Gap is the data of Lost: the numbers of the events that are missing.
type Gap struct {
	From uint64 `json:"from"` // the first
	To   uint64 `json:"to"`   // the last
}

// Filter chooses events. The zero Filter chooses all. Every filter chooses Begin and Lost,
// since a reader must know of them.
type Filter struct {
	User  string // only what concerns this user, in any form; "": what concerns anybody or nobody
	Kinds []Kind // none: all
}

// Check returns an error for a kind that there is not.
func (f Filter) Check() error {
	for _, k := range f.Kinds {
		if !slices.Contains(Kinds, k) {
			return fmt.Errorf("fakewa: kind is %q; want one of %s", k, list())
		}
	}
	return nil
}

// Chooses tells whether a filter chooses an event of a kind that concerns a user, if the
// filter's user is user.
func (f Filter) Chooses(kind Kind, user string) bool {
	if kind == Begin || kind == Lost {
		return true
	}
	return (f.User == "" || f.User == user) && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, kind))
}

func list() string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// Due is something that a fake will do by itself, at a time of its clock.
type Due struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // like "webhook again"
	Text string    `json:"text"` // what it is about, like "attempt 3, messages of +16505551234"
}
