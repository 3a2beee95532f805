package sim

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"wappasim/fakewa"
)

// Fault makes fault begin, or end. Fault that lasts ends with time or with
// the kind [Heal].
func (w *World) Inject(t Fault) error { return w.do(func() error { return w.befall(t) }) }

// Restart ends the replicas in good order, if they run, and begins them anew.
func (w *World) Restart() error { return w.Inject(Fault{Kind: Restart}) }

// Crash ends the replicas as a kill does: what they had under way breaks, what
// they had in memory is gone. Redis stays, and the bot is down until Restart.
func (w *World) Crash() error { return w.Inject(Fault{Kind: Crash}) }

// appointment is something that the world does at its time.
type appointment struct {
	at time.Time
	do func() error
}

func (w *World) after(d time.Duration, do func() error) {
	a := appointment{time.Now().Add(d), do}
	at, _ := slices.BinarySearchFunc(w.agenda, a.at, func(b appointment, t time.Time) int {
		if b.at.After(t) {
			return 1
		}
		return -1 // what was made first comes first
	})
	w.agenda = slices.Insert(w.agenda, at, a)
}

// befall does what fault says. It runs in the bubble.
func (w *World) befall(t Fault) error {
	if t.Replica < 0 || t.Replica > len(w.replicas) {
		return fmt.Errorf("sim: %s: there are %d replicas", t, len(w.replicas))
	}
	w.trace.add(Event{Who: "world", What: Injects, Text: t.String()})
	now := time.Now()
	if e, ok := t.excuses(now); ok {
		w.excused = append(w.excused, e)
	}
	n := max(t.N, 1)
	var err error
	switch t.Kind {
	case Crash:
		like, bad := regexp.Compile(t.Like)
		if bad != nil {
			return fmt.Errorf("sim: %s: %w", t, bad)
		}
		err = w.each(t, func(i int, l *link) error {
			if t.Point == "" {
				w.kill(i)
				return nil
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			l.fuses[t.Point] = fuse{n, like}
			return nil
		})
	case Restart:
		for i := range w.replicas {
			if t.Replica == 0 || t.Replica == i+1 {
				err = errors.Join(err, w.end(i), w.start(i))
			}
		}
	case Freeze:
		err = w.each(t, func(_ int, l *link) error { l.freeze(); w.until(t, l.thaw); return nil })
	case Thaw:
		err = w.each(t, func(_ int, l *link) error { l.thaw(); return nil })
	case ClockJumps:
		err = w.each(t, func(_ int, l *link) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.jump += t.By
			return nil
		})
	case RedisDown:
		w.setRedisDown(true)
		w.until(t, func() { w.setRedisDown(false) })
	case RedisUp:
		w.setRedisDown(false)
	case RedisSlow:
		w.store.setLag(t.By)
		w.until(t, func() { w.store.setLag(0) })
	case RedisRestarts:
		w.breakRedis(func() { w.store.restore(w.store.copyAll()) })
	case RedisEmpty:
		w.breakRedis(func() { w.store.restore(redisCopy{}) })
	case RedisFailover:
		w.store.catchUp()
		replica := w.store.copyAll()
		w.until(t, func() { w.breakRedis(func() { w.store.restore(replica) }) })
	case EventsOff:
		w.store.eventsOff(true)
		w.until(t, func() { w.store.eventsOff(false) })
	case EventsLost, EventsLate, EventsTwice:
		t.N = n
		w.eventFaults = append(w.eventFaults, t)
	case WebhooksLate, WebhooksTwice, WebhooksCut:
		t.N = n
		w.mu.Lock()
		w.webhookFaults = append(w.webhookFaults, t)
		w.mu.Unlock()
	case MessagesReversed, MessagesTogether:
		w.letGo()
		t.N = n
		w.holding = t
	case APIAnswers:
		w.inject(fakewa.Fault{Code: t.Code, Times: t.N})
	case APISlow:
		w.inject(fakewa.Fault{Delay: t.By, Times: t.N})
	case APISilent:
		w.inject(fakewa.Fault{Silent: true, Times: n})
	case APILoses:
		w.inject(fakewa.Fault{Lost: true, Times: n})
	case APIFails:
		w.inject(fakewa.Fault{Fails: t.Code, Times: n})
	case TokenExpires:
		w.until(t, w.fake.Inject(fakewa.Fault{Code: 190}))
	case Heal:
		err = w.heal()
	default:
		return fmt.Errorf("sim: %q is no kind of fault", t.Kind)
	}
	w.settle()
	return err
}

// each does something to the replicas of a fault that are up.
func (w *World) each(t Fault, do func(i int, l *link) error) (err error) {
	for i := range w.replicas {
		if r := w.replica(i); r != nil && (t.Replica == 0 || t.Replica == i+1) {
			err = errors.Join(err, do(i, r.link))
		}
	}
	return err
}

// until undoes fault at its end: after its time, or when all faults heal.
func (w *World) until(t Fault, undo func()) {
	over := false
	once := func() {
		if !over {
			over = true
			undo()
		}
	}
	w.undo = append(w.undo, once)
	if t.For > 0 {
		w.after(t.For, func() error {
			if !over {
				w.trace.add(Event{Who: "world", What: Injects, Text: "no longer: " + t.String()})
			}
			once()
			return nil
		})
	}
}

func (w *World) inject(f fakewa.Fault) { w.undo = append(w.undo, w.fake.Inject(f)) }

// heal heals all faults.
func (w *World) heal() error {
	for _, undo := range w.undo {
		undo()
	}
	w.undo, w.eventFaults, w.holding = nil, nil, Fault{}
	w.setRedisDown(false)
	w.mu.Lock()
	w.webhookFaults = nil
	w.mu.Unlock()
	w.letGo()
	now := time.Now()
	for i := range w.excused {
		if w.excused[i].to.IsZero() {
			w.excused[i].to = now
		}
	}
	var err error
	for i := range w.replicas {
		r := w.replica(i)
		if r == nil {
			err = errors.Join(err, w.start(i))
			continue
		}
		r.link.thaw()
		r.link.mu.Lock()
		clear(r.link.fuses)
		r.link.jump = 0
		r.link.mu.Unlock()
	}
	return err
}

func (w *World) setRedisDown(down bool) {
	w.redisDown = down
	_ = w.each(Fault{}, func(_ int, l *link) error { l.setDown(down); return nil })
}

// breakRedis does something to Redis while nobody is connected.
func (w *World) breakRedis(do func()) {
	was := w.redisDown
	w.setRedisDown(true)
	settle()
	time.Sleep(2 * time.Millisecond) // for what has reached it
	settle()
	do()
	w.setRedisDown(was)
}
