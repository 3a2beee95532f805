package sim

import (
	"time"

	"wappasim/fakewa"
)

// FaultKind is a kind of fault.
type FaultKind string

// The kinds of fault, and which fields of a [Fault] they use. By is a length
// of time, N how many or which one, For how long it lasts.
const (
	Crash      FaultKind = "crash"       // Replica (0: all), at once or at Point N, Like
	Restart    FaultKind = "restart"     // Replica (0: all): stops it in good order if it runs, and starts it again
	Freeze     FaultKind = "freeze"      // Replica, For: its I/O is held, then goes on as if nothing had happened
	Thaw       FaultKind = "thaw"        // Replica
	ClockJumps FaultKind = "clock jumps" // Replica, By: its clock jumps, its timers don't

	RedisDown     FaultKind = "redis down"     // For: unreachable; it keeps its data and its time goes on
	RedisUp       FaultKind = "redis up"       // reachable again
	RedisSlow     FaultKind = "redis slow"     // By, For: each command takes so much longer
	RedisRestarts FaultKind = "redis restarts" // connections break, its data is there, its configuration is that of its start
	RedisEmpty    FaultKind = "redis empty"    // it restarts without data
	RedisFailover FaultKind = "redis failover" // For: what is written until then is lost

	EventsLost  FaultKind = "events lost"  // N
	EventsLate  FaultKind = "events late"  // N, By
	EventsTwice FaultKind = "events twice" // N
	EventsOff   FaultKind = "events off"   // For: notify-keyspace-events is empty and cannot be set

	WebhooksLate     FaultKind = "webhooks late"     // N, By
	WebhooksTwice    FaultKind = "webhooks twice"    // N
	WebhooksCut      FaultKind = "webhooks cut"      // N: the connection breaks before the answer
	MessagesReversed FaultKind = "messages reversed" // N: they are held, then come last first
	MessagesTogether FaultKind = "messages together" // N: they are held, then come in one webhook

	APIAnswers   FaultKind = "api answers"   // Code, N (0: until all faults heal)
	APISlow      FaultKind = "api slow"      // By, N (0: as above)
	APISilent    FaultKind = "api silent"    // N: neither handled nor answered
	APILoses     FaultKind = "api loses"     // N: handled, and the answer is lost
	APIFails     FaultKind = "api fails"     // Code, N: accepted, and a status says later that the message failed
	TokenExpires FaultKind = "token expires" // For

	ServiceAnswers FaultKind = "service answers" // Service, Code (an HTTP status), N (0: until all faults heal): the call is not handled
	ServiceSlow    FaultKind = "service slow"    // Service, By, N (0: as above)
	ServiceSilent  FaultKind = "service silent"  // Service, N: neither handled nor answered
	ServiceLoses   FaultKind = "service loses"   // Service, N: handled, and the answer is lost

	Heal FaultKind = "heal" // what is down starts, what is held goes on, everything else is as it was
)

// Fault is something that goes wrong, or is set right again. Its String is a
// sentence, which [ParseFault] reads, a scenario has as a step, and the
// terminal takes after /fault.
type Fault struct {
	Kind    FaultKind
	Replica int           // from 1; 0: all
	Point   string        // of a crash: "before Redis command", "after Redis command", "before API call", "after API call", "before service call", "after service call"; "": at once
	Like    string        // a regular expression, for what is counted to the Point; "": everything
	N       int           // how many; 0 is 1, if the kind does not say otherwise
	By      time.Duration // how late, how slow, how far
	For     time.Duration // 0: until all faults heal
	Code    int           // Meta's error code, or 429; an HTTP status of a service
	Service string        // the name of a [Service], like pay.example.com; "": whichever is called
}

// Live returns what a [fakewa.Server] gets that a bot outside of any world talks
// to, and how long the fault lasts (0: until it is removed). If the fault needs a
// world, Live returns the reason.
func (f Fault) Live() (fault fakewa.Fault, lasts time.Duration, why string) {
	row := f.row()
	switch {
	case row == nil:
		return fakewa.Fault{}, 0, "is no fault"
	case row.api == nil:
		return fakewa.Fault{}, 0, row.needsWorld
	}
	return row.api(f), f.For, ""
}
