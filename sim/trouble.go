package sim

import (
	"errors"

	"wappasim/fakewa"
)

// Restart ends the bot in good order and begins it anew. Redis stays.
func (w *World) Restart() error {
	return w.do(func() error { return errors.Join(w.endAll(false), w.startAll()) })
}

// Crash ends the bot as a kill does: what it had under way breaks, what it had
// in memory is gone. Redis stays, and the bot is down until Restart.
func (w *World) Crash() error {
	return w.do(func() error { return w.endAll(true) })
}

func (w *World) endAll(crash bool) error {
	var errs []error
	for i := range w.replicas {
		errs = append(errs, w.end(i, crash))
	}
	return errors.Join(errs...)
}

func (w *World) startAll() error {
	for i := range w.replicas {
		if err := w.start(i); err != nil {
			return err
		}
	}
	return nil
}

// RedisDown makes Redis unreachable, or reachable again. It keeps its data.
func (w *World) RedisDown(down bool) error {
	return w.do(func() error {
		w.redisDown = down
		for i := range w.replicas {
			if r := w.replica(i); r != nil {
				r.link.setDown(down)
			}
		}
		w.settle()
		return nil
	})
}

// Inject gives the bot trouble with the Graph API; see [fakewa.Server.Inject].
func (w *World) Inject(f fakewa.Fault) (remove func()) {
	remove = func() {}
	_ = w.do(func() error { remove = w.fake.Inject(f); return nil })
	return remove
}

// Requests returns every call of the bot to the Graph API, oldest first.
func (w *World) Requests() (requests []fakewa.Request) {
	_ = w.do(func() error { requests = w.fake.Requests(); return nil })
	return requests
}

// Keys returns all that is in Redis, by database and name.
func (w *World) Keys() (keys []Key) {
	_ = w.do(func() error {
		w.store.catchUp()
		keys = w.store.keys()
		return nil
	})
	return keys
}
