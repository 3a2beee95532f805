package expiry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
)

const (
	heartbeat        = 30 * time.Second       // a connection that is silent this long is pinged, and after as long again given up
	watchMasters     = 5 * time.Second        // interval between two checks of a Cluster's masters
	firstReconnect   = 100 * time.Millisecond // wait before a reconnect; doubles each time
	longestReconnect = 5 * time.Second
)

// Listener receives Redis' events of expired triggers, so that a worker wakes early. No
// timer depends on these events. Fill the fields, then call Run once.
//
// In a Redis Cluster the Listener subscribes to every master.
type Listener struct {
	Client   redis.UniversalClient
	Layout   Layout
	Registry *Registry
	Clock    clock.Clock
	Logger   *slog.Logger

	// Subscribed is called after each subscription, also after an interruption. From
	// then on no event is missed until the next interruption.
	Subscribed func()

	// Heard is called for each event of an action that has a handler.
	Heard func(action, identifier string)

	ready   atomic.Bool
	refused sync.Once // logs that Redis refuses CONFIG
}

// Ready tells whether the listener is subscribed.
func (l *Listener) Ready() bool { return l.ready.Load() }

// Run listens until ctx ends. It reconnects when a connection breaks or stops answering.
func (l *Listener) Run(ctx context.Context) {
	for wait := firstReconnect; ; wait = min(2*wait, longestReconnect) {
		start := l.Clock.Now()
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if l.Clock.Since(start) > longestReconnect { // it was connected for a while
			wait = firstReconnect
		}
		l.Logger.Warn("expiry listener lost Redis, reconnecting", "error", err, "in", wait)
		select {
		case <-ctx.Done():
			return
		case <-l.Clock.After(wait):
		}
	}
}

// listen keeps the subscriptions until one of them breaks.
func (l *Listener) listen(ctx context.Context) error {
	masters, err := masters(ctx, l.Client)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer l.ready.Store(false)
	var (
		missing atomic.Int64 // subscriptions that are not confirmed yet
		broken  = make(chan error, len(masters)+1)
		hearing sync.WaitGroup
	)
	missing.Store(int64(len(masters)))
	for _, master := range masters {
		hearing.Go(func() {
			defer cancel()
			broken <- l.hear(ctx, master, func() {
				if missing.Add(-1) == 0 {
					l.ready.Store(true)
					l.Subscribed()
				}
			})
		})
	}
	if l.Layout.Cluster {
		hearing.Go(func() {
			defer cancel()
			broken <- l.watch(ctx, masters)
		})
	}
	hearing.Wait()
	return <-broken
}

// watch returns when the masters of a Cluster are not the given ones any more. A server
// that became a replica keeps its connections, but announces nothing.
func (l *Listener) watch(ctx context.Context, before []redis.UniversalClient) error {
	for {
		timer := l.Clock.Timer(watchMasters)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		now, err := masters(ctx, l.Client)
		if err != nil {
			continue // the subscriptions notice what is broken
		}
		same := len(now) == len(before)
		for _, master := range now {
			same = same && slices.Contains(before, master)
		}
		if !same {
			return errors.New("expiry: the masters of the cluster have changed")
		}
	}
}

// hear keeps one subscription until it breaks.
func (l *Listener) hear(ctx context.Context, client redis.UniversalClient, subscribed func()) error {
	if err := l.enable(ctx, client); err != nil {
		return err
	}
	channel := l.Layout.Channel()
	sub := client.Subscribe(ctx, channel)
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { sub.Close() })()
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
			return fmt.Errorf("expiry: receive from %s: %w", channel, err)
		}
		probed = false
		switch e := event.(type) {
		case *redis.Subscription:
			subscribed()
		case *redis.Message:
			if action, identifier, ok := l.Registry.match(l.Layout, e.Payload); ok {
				l.Heard(action, identifier)
			}
		}
	}
}

// enable turns the events on. It logs a refusal once: managed Redis services have the
// setting elsewhere, and may have it on.
func (l *Listener) enable(ctx context.Context, client redis.UniversalClient) error {
	ctx, cancel := exchange(ctx, l.Clock)
	defer cancel()
	err := EnableNotifications(ctx, client)
	if _, refused := errors.AsType[redis.Error](err); !refused {
		return err
	}
	l.refused.Do(func() {
		l.Logger.Warn("Redis refuses CONFIG: it announces expired triggers only if "+setting+" is set to Ex on the server; timers fire without it", "error", err)
	})
	return nil
}

// masters returns a client for each server that announces expired keys.
func masters(ctx context.Context, client redis.UniversalClient) (all []redis.UniversalClient, err error) {
	cluster, ok := client.(*redis.ClusterClient)
	if !ok {
		return []redis.UniversalClient{client}, nil
	}
	var mu sync.Mutex
	err = cluster.ForEachMaster(ctx, func(_ context.Context, master *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, master)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = errors.New("the cluster has none")
	}
	if err != nil {
		return nil, fmt.Errorf("expiry: list the masters: %w", err)
	}
	return all, nil
}

// match finds the action and the identifier of a trigger key.
func (r *Registry) match(layout Layout, key string) (action, identifier string, ok bool) {
	return r.split(key, ":EXPTRIGGER:", layout.Trigger)
}

// matchFiring finds the action and the identifier of the key of an open firing.
func (r *Registry) matchFiring(layout Layout, key string) (action, identifier string, ok bool) {
	return r.split(key, ":firing:", layout.Firing)
}

// split returns the action and the identifier from which join made a key. If several
// actions fit, it takes the longest: "order" and "order:late" both fit "order:late:7".
func (r *Registry) split(key, kind string, join func(action, identifier string) string) (action, identifier string, ok bool) {
	_, rest, _ := strings.Cut(key, kind)
	for end := len(rest); end > 0; {
		end = strings.LastIndexByte(rest[:end], ':')
		if end < 0 {
			break
		}
		action, identifier = rest[:end], rest[end+1:]
		if identifier != "" && r.Has(action) && join(action, identifier) == key {
			return action, identifier, true
		}
	}
	return "", "", false
}
