package expiry

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Cache sets and deletes triggers. It is safe for concurrent use.
type Cache struct {
	client redis.UniversalClient
}

// NewCache returns a cache on a client of database [DB].
func NewCache(client redis.UniversalClient) *Cache { return &Cache{client} }

// Set starts the timer of an action for an identifier, or starts it anew.
// ttl is at least a millisecond.
func (c *Cache) Set(ctx context.Context, action, identifier string, ttl time.Duration) error {
	if ttl < time.Millisecond {
		return fmt.Errorf("expiry: set %s: a TTL of %s is too short", Key(action, identifier), ttl)
	}
	key := Key(action, identifier)
	_, err := c.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.Del(ctx, key)
		tx.Set(ctx, key, "1", ttl)
		return nil
	})
	if err != nil {
		return fmt.Errorf("expiry: set %s: %w", key, err)
	}
	return nil
}

// Delete stops a timer. It is no error if there was none.
func (c *Cache) Delete(ctx context.Context, action, identifier string) error {
	key := Key(action, identifier)
	if err := c.client.Del(ctx, key).Err(); err != nil {
		return fmt.Errorf("expiry: delete %s: %w", key, err)
	}
	return nil
}

// Exists tells whether a timer is running.
func (c *Cache) Exists(ctx context.Context, action, identifier string) (bool, error) {
	key := Key(action, identifier)
	n, err := c.client.Exists(ctx, key).Result()
	if err != nil {
		return false, fmt.Errorf("expiry: look for %s: %w", key, err)
	}
	return n > 0, nil
}

// TTL returns how long a timer still has, or 0 if it is not running.
func (c *Cache) TTL(ctx context.Context, action, identifier string) (time.Duration, error) {
	key := Key(action, identifier)
	ttl, err := c.client.PTTL(ctx, key).Result()
	if err != nil {
		return 0, fmt.Errorf("expiry: TTL of %s: %w", key, err)
	}
	return max(ttl, 0), nil
}
