// Package expiry runs actions when keys in Redis expire: the ExpiryActions pattern.
//
// A timer is a trigger key in database 3 with a TTL,
//
//	wappa:EXPTRIGGER:user_inactivity:+1234567890
//
// A [Registry] says what is to be done for each action, a [Cache] sets and
// deletes the triggers, and a [Listener] hears from Redis which of them
// expired and calls the action's [Handler].
//
// A timer that is set again does not fire for its earlier setting. Beyond that
// the package promises what Redis promises: each listener hears every event, once
// at most, perhaps seconds late, and not at all while it is away. Handlers must
// cope with being called twice, and [Listener.Subscribed] is the moment to look
// for what was missed.
package expiry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

const (
	// DB is the Redis database of the triggers.
	DB = 3

	prefix = "wappa:EXPTRIGGER:"
)

// Handler acts on the expiry of one trigger. Identifier says whose it was,
// fullKey is the key that expired.
type Handler func(ctx context.Context, identifier, fullKey string) error

// Registry holds the handlers by action. The zero value is ready; it is safe
// for concurrent use.
type Registry struct {
	mu       sync.RWMutex
	handlers map[string]Handler // guarded by mu
}

// OnExpire registers the handler of an action. It refuses an empty action, a
// nil handler, and an action that has one.
func (r *Registry) OnExpire(action string, h Handler) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case action == "":
		return errors.New("expiry: register a handler: the action has no name")
	case h == nil:
		return fmt.Errorf("expiry: register %q: the handler is nil", action)
	case r.handlers[action] != nil:
		return fmt.Errorf("expiry: register %q: it has a handler", action)
	}
	if r.handlers == nil {
		r.handlers = make(map[string]Handler)
	}
	r.handlers[action] = h
	return nil
}

// Has tells whether an action has a handler.
func (r *Registry) Has(action string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.handlers[action] != nil
}

// match finds the handler for a key. Of several actions that fit, as "order"
// and "order:late" both fit "order:late:7", the longest is meant.
func (r *Registry) match(key string) (h Handler, action, identifier string) {
	rest, found := strings.CutPrefix(key, prefix)
	if !found {
		return nil, "", ""
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for end := len(rest); ; {
		end = strings.LastIndexByte(rest[:end], ':')
		if end < 0 {
			return nil, "", ""
		}
		if h := r.handlers[rest[:end]]; h != nil && end+1 < len(rest) {
			return h, rest[:end], rest[end+1:]
		}
	}
}

// Key returns the key of a trigger.
func Key(action, identifier string) string { return prefix + action + ":" + identifier }
