package sim

import "time"

// Kind is a kind of fault.
type Kind string

// The kind of fault, and which fields of a [Fault] they use. By is a length
// of time, N how many or which one, For how long it lasts.
const (
	Crash      Kind = "crash"       // Replica (0: all), at once or at Point N, Like
	Restart    Kind = "restart"     // Replica (0: all): ends it in good order if it runs, and begins it anew
	Freeze     Kind = "freeze"      // Replica, For: its I/O is held, then goes on as if nothing had happened
	Thaw       Kind = "thaw"        // Replica
	ClockJumps Kind = "clock jumps" // Replica, By: its clock jumps, its timers don't

	RedisDown     Kind = "redis down"     // For: unreachable; it keeps its data and its time goes on
	RedisUp       Kind = "redis up"       // reachable again
	RedisSlow     Kind = "redis slow"     // By, For: each command takes so much longer
	RedisRestarts Kind = "redis restarts" // connections break, its data is there, its configuration is that of its start
	RedisEmpty    Kind = "redis empty"    // it restarts without data
	RedisFailover Kind = "redis failover" // For: what is written until then is lost

	EventsLost  Kind = "events lost"  // N
	EventsLate  Kind = "events late"  // N, By
	EventsTwice Kind = "events twice" // N
	EventsOff   Kind = "events off"   // For: notify-keyspace-events is empty and cannot be set

	WebhooksLate     Kind = "webhooks late"     // N, By
	WebhooksTwice    Kind = "webhooks twice"    // N
	WebhooksCut      Kind = "webhooks cut"      // N: the connection breaks before the answer
	MessagesReversed Kind = "messages reversed" // N: they are held, then come last first
	MessagesTogether Kind = "messages together" // N: they are held, then come in one webhook

	APIAnswers   Kind = "api answers"   // Code, N (0: until all faults heal)
	APISlow      Kind = "api slow"      // By, N (0: as above)
	APISilent    Kind = "api silent"    // N: not looked at, never answered
	APILoses     Kind = "api loses"     // N: dealt with, and the answer is lost
	APIFails     Kind = "api fails"     // Code, N: taken, and a status says later that the message failed
	TokenExpires Kind = "token expires" // For

	Heal Kind = "heal" // what is down starts, what is held goes on, all else is as it was
)

// Where a replica crashes, counted from when the fault began: the N-th Redis
// command or call to the Graph API.
const (
	BeforeRedis = "before Redis command"
	AfterRedis  = "after Redis command"
	BeforeAPI   = "before API call"
	AfterAPI    = "after API call"
)

// Fault is something that goes wrong, or is set right again. Its String is a
// sentence, which [ParseFault] reads, a scenario has as a step, and the
// terminal takes after /fault.
type Fault struct {
	Kind    Kind
	Replica int           // from 1; 0: all
	Point   string        // of a crash; "": at once
	Like    string        // a regular expression, for what is counted to the Point; "": everything
	N       int           // how many; 0 is 1, if the kind does not say otherwise
	By      time.Duration // how late, how slow, how far
	For     time.Duration // 0: until all faults heal
	Code    int           // Meta's error code, or 429
}

// Assumption is what properties rest on. Some fault takes it away, and excuses what
// was broken then.
type Assumption string

const (
	// Redis is that Redis keeps what it was given. What a message or a history was
	// written for cannot be kept when that is gone.
	Redis Assumption = "Redis"

	// Token is that WhatsApp takes what the bot sends: the access token is valid,
	// and no request is refused for good.
	Token Assumption = "token"
)

// excuse is a ground that was taken away from what happened within a time.
type excuse struct {
	ground   Assumption
	from, to time.Time // to zero: until all faults heal
	of       Kind
}

// permanent are codes after which the same request is refused again, so that a
// bot must give it up. Source: Meta's error reference for the Cloud API.
var permanent = map[int]bool{100: true, 190: true, 368: true, 131008: true, 131009: true, 131026: true, 131047: true, 131051: true}

// excuses tells which ground a fault that begins now takes away, and from what.
func (t Fault) excuses(now time.Time) (e excuse, ok bool) {
	switch {
	case t.Kind == RedisEmpty: // all that was stored before, though it be acknowledged a little later
		return excuse{Redis, time.Time{}, now.Add(10 * time.Second), t.Kind}, true
	case t.Kind == RedisFailover: // what is stored until then, or taken and sent some time later
		return excuse{Redis, now, now.Add(t.For + time.Minute), t.Kind}, true
	case t.Kind == TokenExpires, (t.Kind == APIAnswers || t.Kind == APIFails) && permanent[t.Code]:
		var to time.Time
		if t.For > 0 {
			to = now.Add(t.For)
		}
		return excuse{Token, time.Time{}, to, t.Kind}, true
	}
	return excuse{}, false
}
