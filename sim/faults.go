package sim

import (
	"slices"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/internal/fakeredis"
)

// faultRow is everything that a world knows of a kind of fault.
type faultRow struct {
	kind  FaultKind
	forms []string // its sentences; fault_sentence.go says what {n} and the others stand for

	// draw sets the fields of a fault in a workload. Without it, undrawn says why
	// no workload has such faults.
	draw    func(f *Fault, d draws)
	undrawn string

	// apply lets the fault begin in a world. beside does it in a workload, where
	// time passes meanwhile; nil: apply does.
	apply  func(w *World, f Fault) error
	beside func(w *World, f Fault)

	// api is the fault that the fake of the Graph API gets, in a world as for a
	// bot that runs somewhere. Such a row has no apply. For others, needsWorld
	// says why a running bot cannot have the fault.
	api        func(f Fault) fakewa.Fault
	needsWorld string

	// takes returns the assumption that a fault takes away which begins now, and from
	// when to when; nil: none.
	takes func(f Fault, now time.Time) *excuse
}

const (
	needsProcess  = "stops or holds the bot's process"
	needsClock    = "sets the bot's clock"
	needsRedis    = "changes the bot's Redis"
	needsDelivery = "changes how webhooks reach the bot"
	needsService  = "is about a service in a world"
)

// faults is the table of all faults. Workloads draw from it in this order.
var faults = slices.Concat(botFaults, callFaults, []faultRow{{
	kind:       Heal,
	forms:      []string{"all faults heal"},
	undrawn:    "each run ends with it",
	apply:      func(w *World, _ Fault) error { return w.heal() },
	needsWorld: "ends faults of all kinds",
}})

// botFaults are those of the bot itself, of Redis and of webhooks.
var botFaults = []faultRow{{
	kind: Crash,
	forms: []string{
		"the bot crashes", "replica {replica} crashes",
		"the bot crashes {point} {n}", "replica {replica} crashes {point} {n}",
		"the bot crashes {point} {n} like {like}", "replica {replica} crashes {point} {n} like {like}",
	},
	draw: func(f *Fault, d draws) {
		f.Replica = d.replica
		if d.IntN(4) > 0 {
			points := d.points()
			f.Point = points[d.IntN(len(points))]
			f.N = d.upTo(5)
		}
	},
	apply:      (*World).crash,
	needsWorld: needsProcess,
}, {
	kind:       Restart,
	forms:      []string{"the bot restarts", "replica {replica} restarts"},
	draw:       func(f *Fault, d draws) { f.Replica = d.replica },
	apply:      (*World).restart,
	beside:     (*World).restartBeside,
	needsWorld: needsProcess,
}, {
	kind:       Freeze,
	forms:      []string{"replica {replica} freezes", "replica {replica} freezes for {for}"},
	draw:       func(f *Fault, d draws) { f.Replica, f.For = d.replica, d.between(time.Second, 40*time.Second) },
	apply:      onReplicas(func(w *World, f Fault, l *link) { l.freeze(); w.until(f, l.thaw).left = left(l.frozen) }),
	needsWorld: needsProcess,
}, {
	kind:       Thaw,
	forms:      []string{"replica {replica} thaws"},
	undrawn:    "a freeze has an end",
	apply:      onReplicas(func(_ *World, _ Fault, l *link) { l.thaw() }),
	needsWorld: needsProcess,
}, {
	kind:  ClockJumps,
	forms: []string{"the clock of replica {replica} jumps by {by}"},
	draw: func(f *Fault, d draws) {
		f.Replica, f.By = d.replica, d.between(time.Second, time.Hour)
		if d.IntN(2) == 0 {
			f.By = -f.By
		}
	},
	apply:      onReplicas(func(_ *World, f Fault, l *link) { l.jumpClock(f.By) }),
	needsWorld: needsClock,
}, {
	kind:  RedisDown,
	forms: []string{"Redis is unreachable", "Redis is unreachable for {for}"},
	draw:  func(f *Fault, d draws) { f.For = d.between(500*time.Millisecond, 40*time.Second) },
	apply: func(w *World, f Fault) error {
		w.setRedisDown(true)
		w.until(f, func() { w.setRedisDown(false) }).left = left(func() bool { return w.redisDown })
		return nil
	},
	needsWorld: needsRedis,
}, {
	kind:       RedisUp,
	forms:      []string{"Redis is reachable again"},
	undrawn:    "Redis is unreachable for a time",
	apply:      func(w *World, f Fault) error { w.setRedisDown(false); return nil },
	needsWorld: needsRedis,
}, {
	kind:  RedisSlow,
	forms: []string{"Redis takes {by}", "Redis takes {by} for {for}"},
	draw: func(f *Fault, d draws) {
		f.By, f.For = d.between(100*time.Millisecond, 4*time.Second), d.between(time.Second, 20*time.Second)
	},
	apply: func(w *World, f Fault) error {
		w.redisLag.Store(int64(f.By))
		w.until(f, func() { w.redisLag.Store(0) })
		return nil
	},
	needsWorld: needsRedis,
}, {
	kind:  RedisRestarts,
	forms: []string{"Redis restarts"},
	draw:  func(*Fault, draws) {},
	apply: func(w *World, _ Fault) error {
		w.breakRedis(func() { w.redis.Restore(w.redis.Snapshot()) })
		return nil
	},
	needsWorld: needsRedis,
}, {
	kind:  RedisEmpty,
	forms: []string{"Redis restarts empty"},
	draw:  func(*Fault, draws) {},
	apply: func(w *World, _ Fault) error {
		w.breakRedis(func() { w.redis.Restore(fakeredis.Snapshot{}) })
		return nil
	},
	needsWorld: needsRedis,
	takes: func(f Fault, now time.Time) *excuse { // what was stored before, and what was under way
		return &excuse{Redis, time.Time{}, now.Add(underWay), f.Kind}
	},
}, {
	kind:  RedisFailover,
	forms: []string{"Redis fails over in {for} and loses what is written until then"},
	draw:  func(f *Fault, d draws) { f.For = d.between(100*time.Millisecond, 5*time.Second) },
	apply: func(w *World, f Fault) error {
		replica := w.redis.Snapshot()
		w.until(f, func() { w.breakRedis(func() { w.redis.Restore(replica) }) })
		return nil
	},
	needsWorld: needsRedis,
	takes: func(f Fault, now time.Time) *excuse { // what is stored until then, and what was under way
		return &excuse{Redis, now, now.Add(f.For + underWay), f.Kind}
	},
}, {
	kind:       EventsLost,
	forms:      []string{"the next expiry event is lost", "the next {n} expiry events are lost"},
	draw:       func(f *Fault, d draws) { f.N = d.upTo(3) },
	apply:      (*World).queueEventFault,
	needsWorld: needsRedis,
}, {
	kind:       EventsLate,
	forms:      []string{"the next expiry event is {by} late", "the next {n} expiry events are {by} late"},
	draw:       func(f *Fault, d draws) { f.N, f.By = d.upTo(3), d.between(time.Second, time.Minute) },
	apply:      (*World).queueEventFault,
	needsWorld: needsRedis,
}, {
	kind:       EventsTwice,
	forms:      []string{"the next expiry event comes twice", "the next {n} expiry events come twice"},
	draw:       func(f *Fault, d draws) { f.N = d.upTo(3) },
	apply:      (*World).queueEventFault,
	needsWorld: needsRedis,
}, {
	kind:  EventsOff,
	forms: []string{"expiry events are off", "expiry events are off for {for}"},
	draw:  func(f *Fault, d draws) { f.For = d.between(10*time.Second, time.Minute) },
	apply: func(w *World, f Fault) error {
		w.redis.DisableEvents()
		w.until(f, w.redis.EnableEvents)
		return nil
	},
	needsWorld: needsRedis,
}, {
	kind:       WebhooksLate,
	forms:      []string{"the next webhook is {by} late", "the next {n} webhooks are {by} late"},
	draw:       func(f *Fault, d draws) { f.N, f.By = d.upTo(3), d.between(100*time.Millisecond, 20*time.Second) },
	apply:      (*World).queueWebhookFault,
	needsWorld: needsDelivery,
}, {
	kind:       WebhooksTwice,
	forms:      []string{"the next webhook comes twice", "the next {n} webhooks come twice"},
	draw:       func(f *Fault, d draws) { f.N = d.upTo(3) },
	apply:      (*World).queueWebhookFault,
	needsWorld: needsDelivery,
}, {
	kind:       WebhooksCut,
	forms:      []string{"the next webhook is cut off", "the next {n} webhooks are cut off"},
	draw:       func(f *Fault, d draws) { f.N = d.upTo(3) },
	apply:      (*World).queueWebhookFault,
	needsWorld: needsDelivery,
}, {
	kind:       MessagesReversed,
	forms:      []string{"the next {n} messages come in reverse order"},
	draw:       func(f *Fault, d draws) { f.N = 1 + d.upTo(3) },
	apply:      (*World).holdMessages,
	needsWorld: needsDelivery,
}, {
	kind:       MessagesTogether,
	forms:      []string{"the next {n} messages come in one webhook"},
	draw:       func(f *Fault, d draws) { f.N = 1 + d.upTo(3) },
	apply:      (*World).holdMessages,
	needsWorld: needsDelivery,
}}

// row returns the row of a fault's kind; nil: there is no such kind.
func (f Fault) row() *faultRow {
	for i := range faults {
		if faults[i].kind == f.Kind {
			return &faults[i]
		}
	}
	return nil
}
