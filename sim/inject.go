package sim

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Inject lets a fault begin. One that lasts ends after its time, or with the kind
// [Heal].
func (w *World) Inject(f Fault) error { return w.do(func() error { return w.apply(f) }) }

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

// apply lets a fault begin. It runs in the bubble.
func (w *World) apply(f Fault) error {
	row, err := w.announceFault(f)
	if err != nil {
		return err
	}
	if row.api == nil {
		err = row.apply(w, f)
	} else if err = row.api(f).Check(); err == nil {
		id := w.fake.Inject(row.api(f))
		w.until(f, func() { w.fake.RemoveFault(id) })
	}
	w.settle()
	return err
}

// applyBeside lets a fault of a workload begin, and does not wait for what comes
// of it.
func (w *World) applyBeside(f Fault) error {
	row := f.row()
	if row == nil || row.beside == nil {
		return w.apply(f)
	}
	if _, err := w.announceFault(f); err != nil {
		return err
	}
	row.beside(w, f)
	return nil
}

// announceFault checks a fault, and notes that it begins and what it excuses.
func (w *World) announceFault(f Fault) (*faultRow, error) {
	row := f.row()
	if row == nil {
		return nil, fmt.Errorf("sim: inject a fault: there is no kind %q", f.Kind)
	}
	if f.Replica < 0 || f.Replica > len(w.replicas) {
		return nil, fmt.Errorf("sim: inject a fault: %s: there are %d replicas", f, len(w.replicas))
	}
	w.trace.add(Event{Who: "world", What: Injects, Text: f.String()})
	if row.takes != nil {
		if e := row.takes(f, time.Now()); e != nil {
			w.excused = append(w.excused, *e)
		}
	}
	return row, nil
}

// crash ends the replicas of a fault now, or sets where they will end.
func (w *World) crash(f Fault) error {
	like, err := regexp.Compile(f.Like)
	if err != nil {
		return fmt.Errorf("sim: inject a fault: %s: %w", f, err)
	}
	w.each(f, func(i int, l *link) {
		if f.Point == "" {
			w.kill(i)
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.fuses[f.Point] = fuse{max(f.N, 1), like}
	})
	return nil
}

// restart restarts the replicas of a fault, one after another.
func (w *World) restart(f Fault) (err error) {
	for i := range w.replicas {
		if f.Replica == 0 || f.Replica == i+1 {
			err = errors.Join(err, w.end(i), w.start(i))
		}
	}
	return err
}

// restartBeside restarts the replicas of a fault while time passes.
func (w *World) restartBeside(f Fault) {
	for i := range w.replicas {
		if f.Replica == 0 || f.Replica == i+1 {
			w.endBeside(i)
		}
	}
}

// queueEventFault lets the next expiry events meet a fault.
func (w *World) queueEventFault(f Fault) error {
	f.N = max(f.N, 1)
	w.eventFaults = append(w.eventFaults, f)
	return nil
}

// queueWebhookFault lets the next webhooks meet a fault.
func (w *World) queueWebhookFault(f Fault) error {
	f.N = max(f.N, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.webhookFaults = append(w.webhookFaults, f)
	return nil
}

// holdMessages holds the next messages, until there are N.
func (w *World) holdMessages(f Fault) error {
	w.letGo()
	f.N = max(f.N, 1)
	w.holding = f
	return nil
}

// onReplicas makes an apply of what happens to each replica of a fault that is up.
func onReplicas(do func(w *World, f Fault, l *link)) func(*World, Fault) error {
	return func(w *World, f Fault) error {
		w.each(f, func(_ int, l *link) { do(w, f, l) })
		return nil
	}
}

// each does something to the replicas of a fault that are up.
func (w *World) each(f Fault, do func(i int, l *link)) {
	for i := range w.replicas {
		if r := w.replica(i); r != nil && (f.Replica == 0 || f.Replica == i+1) {
			do(i, r.link)
		}
	}
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
				w.trace.add(Event{Who: "world", What: Injects, Text: fmt.Sprintf("no longer: %s", t)})
			}
			once()
			return nil
		})
	}
}

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
	w.each(Fault{}, func(_ int, l *link) { l.setDown(down) })
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
