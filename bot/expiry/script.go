package expiry

import (
	"context"
	"embed"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var sources embed.FS

var (
	setScript     = script("set.lua")
	deleteScript  = script("delete.lua")
	claimScript   = script("claim.lua")
	holdScript    = script("hold.lua")
	retryScript   = script("retry.lua")
	closeScript   = script("close.lua")
	requeueScript = script("requeue.lua")
	repairScript  = script("repair.lua")
)

func script(name string) *redis.Script {
	source, err := sources.ReadFile("lua/" + name)
	if err != nil {
		panic(err) // it is embedded above
	}
	return NewScript(string(source))
}

// NewScript returns a script that begins with the functions of lua/timer.lua, so that it
// can set a timer and do something else in one step.
func NewScript(source string) *redis.Script {
	shared, err := sources.ReadFile("lua/timer.lua")
	if err != nil {
		panic(err) // it is embedded above
	}
	return redis.NewScript(string(shared) + source)
}

// clockOf asks for the time of the server that has a key. In a pipeline, call now once the
// pipeline has run. TIME names no key, so in a Cluster any server could answer it, with
// another clock.
func clockOf(ctx context.Context, c redis.Cmdable, layout Layout, key string) (now func() (time.Time, error)) {
	if !layout.Cluster {
		return c.Time(ctx).Result
	}
	answer := c.Eval(ctx, "local t = redis.call('TIME') return t[1] * 1000000 + t[2]", []string{key})
	return func() (time.Time, error) {
		us, err := answer.Int64()
		return time.UnixMicro(us), err
	}
}

// exchange bounds one exchange with Redis, including go-redis' retries. The end of ctx does
// not interrupt it.
func exchange(ctx context.Context, c clock.Clock) (context.Context, context.CancelFunc) {
	const timeout = 5 * time.Second
	return c.WithTimeout(context.WithoutCancel(ctx), timeout)
}
