package expiry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
)

// Channel is where Redis announces the triggers that expired.
const Channel = "__keyevent@3__:expired"

const (
	heartbeat  = 30 * time.Second       // of silence, until the connection is probed; then until it is given up
	minBackoff = 100 * time.Millisecond // before a reconnect; doubles
	maxBackoff = 5 * time.Second
)

// Listener calls the handlers of a [Registry] as triggers expire. Fill the
// fields, then call Run once.
type Listener struct {
	Client   redis.UniversalClient // of database DB
	Registry *Registry
	Clock    clock.Clock
	Logger   *slog.Logger

	// Subscribed is called after each subscription, the first and those after
	// an interruption, when no later event can be missed. An error makes the
	// listener subscribe anew. It may be nil.
	Subscribed func(context.Context) error

	// Dispatched is called for each event that has a handler. It may be nil.
	Dispatched func(action string)

	ready   atomic.Bool
	running sync.WaitGroup // handlers and Subscribed
	refused bool           // CONFIG was refused and that was said; used by Run alone
}

// Ready tells whether the listener is subscribed.
func (l *Listener) Ready() bool { return l.ready.Load() }

// Run listens until ctx ends, then waits for the handlers under way, and
// returns nil. It reconnects when the connection breaks or falls mute.
func (l *Listener) Run(ctx context.Context) error {
	defer l.running.Wait()
	for wait := minBackoff; ; wait = min(2*wait, maxBackoff) {
		start := l.Clock.Now()
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if l.Clock.Since(start) > maxBackoff { // it was connected for a while
			wait = minBackoff
		}
		l.Logger.Warn("expiry listener lost Redis, reconnecting", "error", err, "in", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-l.Clock.After(wait):
		}
	}
}

// listen holds one subscription until it breaks.
func (l *Listener) listen(ctx context.Context) error {
	if err := l.enable(ctx); err != nil {
		return err
	}
	sub := l.Client.Subscribe(ctx, Channel)
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { sub.Close() })()
	defer l.ready.Store(false)
	probed := false
	for {
		event, err := sub.ReceiveTimeout(ctx, heartbeat)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() && !probed {
			probed, err = true, sub.Ping(ctx)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return fmt.Errorf("expiry: receive from %s: %w", Channel, err)
		}
		probed = false
		switch e := event.(type) {
		case *redis.Subscription:
			l.ready.Store(true)
			if l.Subscribed != nil {
				l.running.Go(func() {
					if err := l.Subscribed(context.WithoutCancel(ctx)); err != nil {
						l.Logger.Error("looking for what was missed failed", "error", err)
						sub.Close()
					}
				})
			}
		case *redis.Message:
			l.dispatch(context.WithoutCancel(ctx), e.Payload)
		}
	}
}

// enable turns the events on. A refusal is said once: managed Redis services
// have the setting elsewhere, and may have it on.
func (l *Listener) enable(ctx context.Context) error {
	err := EnableNotifications(ctx, l.Client)
	if _, refused := errors.AsType[redis.Error](err); !refused {
		return err
	}
	if !l.refused {
		l.refused = true
		l.Logger.Warn("Redis refuses CONFIG: timers fire only if "+setting+" is set to Ex on the server", "error", err)
	}
	return nil
}

// dispatch calls the handler of an expired trigger, if there is one, in a
// goroutine of its own.
func (l *Listener) dispatch(ctx context.Context, key string) {
	h, action, identifier := l.Registry.match(key)
	if h == nil {
		l.Logger.Debug("no handler for an expired key", "key", key)
		return
	}
	if l.Dispatched != nil {
		l.Dispatched(action)
	}
	l.running.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				l.Logger.Error("expiry handler panicked", "action", action, "key", key, "panic", r, "stack", string(debug.Stack()))
			}
		}()
		// Events can be late: a trigger that is there again was set anew, and
		// its own event is to come.
		if n, err := l.Client.Exists(ctx, key).Result(); err == nil && n > 0 {
			l.Logger.Debug("the event of an earlier setting is passed over", "key", key)
			return
		}
		if err := h(ctx, identifier, key); err != nil {
			l.Logger.Error("expiry handler failed", "action", action, "key", key, "error", err)
		}
	})
}
