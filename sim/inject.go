package sim

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"wappasim/sim/internal/bubble"
	"wappasim/sim/trace"
)

// Inject lets a fault begin. One that lasts ends after its time, or with the kind
// [Heal].
func (w *World) Inject(f Fault) error { return w.do(func() error { return w.apply(f) }) }

// Restart stops the replicas in good order, if they run, and starts them again.
func (w *World) Restart() error { return w.Inject(Fault{Kind: Restart}) }

// Crash ends the replicas as a kill does: what they were doing breaks, what they
// had in memory is gone. Redis stays, and the bot is down until Restart.
func (w *World) Crash() error { return w.Inject(Fault{Kind: Crash}) }

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
		w.until(f, func() { w.fake.RemoveFault(id) }).left = func() (int, bool) { return w.leftOf(id) }
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
	w.trace.Add(trace.Event{Who: "world", What: trace.Injects, Text: f.String()})
	if row.takes != nil {
		if e := row.takes(f, time.Now()); e != nil {
			w.excused = append(w.excused, *e)
		}
	}
	return row, nil
}

// crash ends the replicas of a fault now, or sets where they will end.
func (w *World) crash(f Fault) error {
	if f.Point != "" && !slices.Contains(crashPointNames, f.Point) {
		return fmt.Errorf("sim: inject a fault: a replica crashes at no point %q: want one of %q", f.Point, crashPointNames)
	}
	like, err := regexp.Compile(f.Like)
	if err != nil {
		return fmt.Errorf("sim: inject a fault: %s: %w", f, err)
	}
	w.each(f, func(i int, l *link) {
		if f.Point == "" {
			w.kill(i)
			return
		}
		l.setCrashPoint(f.Point, crashPoint{max(f.N, 1), like})
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

// heal heals all faults.
func (w *World) heal() error {
	for _, l := range w.lasting {
		l.end()
	}
	w.lasting, w.eventFaults = nil, nil
	w.setRedisDown(false)
	w.mu.Lock()
	w.webhookFaults = nil
	w.mu.Unlock()
	w.services.heal()
	w.releaseMessages()
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
		clear(r.link.crashPoints)
		r.link.heals++
		r.link.jump = 0
		r.link.mu.Unlock()
	}
	return err
}

func (w *World) setRedisDown(down bool) {
	w.redisDown = down
	w.each(Fault{}, func(_ int, l *link) { l.setDown(down) })
}

// breakRedis does something to Redis while no replica is connected.
func (w *World) breakRedis(do func()) {
	was := w.redisDown
	w.setRedisDown(true)
	bubble.Settle()
	time.Sleep(2 * time.Millisecond) // until Redis has carried out what has reached it
	bubble.Settle()
	do()
	w.notes.changes.Add(1)
	w.setRedisDown(was)
}
