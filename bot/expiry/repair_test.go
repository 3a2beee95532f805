package expiry_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

// TestRepairAll loses all triggers of more timers than a page holds, and all
// deadlines of as many: none is left out.
func TestRepairAll(t *testing.T) {
	const half = 2500
	ctx := context.Background()
	addr := redistest.Start(t)
	c, triggers := client(t, addr, 0), client(t, addr, expiry.DB)
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range half {
			p.ZAdd(ctx, "wappa:deadlines:a", redis.Z{Score: float64(time.Now().Add(time.Hour).UnixMilli()), Member: fmt.Sprint("deadline", n)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = triggers.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range half {
			p.SetEx(ctx, fmt.Sprint("wappa:EXPTRIGGER:a:trigger", n), "1", time.Hour)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	worker := &expiry.Worker{Client: c, Registry: registry(t, "a"), Clock: clock.New(), Logger: slog.New(slog.DiscardHandler)}
	if err := worker.Repair(ctx, triggers); err != nil {
		t.Fatal(err)
	}
	deadlines, keys := c.ZCard(ctx, "wappa:deadlines:a").Val(), triggers.DBSize(ctx).Val()
	if deadlines != 2*half || keys != 2*half {
		t.Errorf("got %d deadlines and %d triggers of %d", deadlines, keys, 2*half)
	}
}
