package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"wappasim/examples/internal/cloudapi"
)

// wake has Run look at the outbox.
func (b *Box) wake() {
	select {
	case b.due <- struct{}{}:
	default: // it will look already
	}
}

// Run sends what is due until the context ends.
func (b *Box) Run(ctx context.Context) error {
	var sending errgroup.Group
	sending.SetLimit(atOnce)
	for ctx.Err() == nil {
		m, wait, err := b.next()
		switch {
		case err != nil:
			b.log.Warn("the outbox cannot be read", "error", err)
			wait = time.Second
		case m != nil && m.to == task:
			sending.Go(func() error { b.work(m); return nil })
		case m != nil:
			sending.Go(func() error { b.send(m); return nil })
		}
		if wait > 0 {
			select {
			case <-ctx.Done():
			case <-b.due:
			case <-time.After(wait):
			}
		}
	}
	return sending.Wait()
}

// attempt is a message that is being sent.
type attempt struct {
	id, to  string
	n       int
	content []byte // JSON; "null": nothing can be sent. Or the task
}

// next returns the message that is to be sent now; nil: none is, and it is time to look
// again after the wait.
func (b *Box) next() (m *attempt, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), exchange)
	defer cancel()
	var now *redis.TimeCmd
	var first *redis.ZSliceCmd
	_, err = b.redis.Pipelined(ctx, func(both redis.Pipeliner) error {
		now, first = both.Time(ctx), both.ZRangeWithScores(ctx, key, 0, 0)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if len(first.Val()) == 0 {
		return nil, idle, nil
	}
	if wait := time.UnixMilli(int64(first.Val()[0].Score)).Sub(now.Val()); wait > 0 {
		return nil, min(wait, idle), nil
	}
	age := "old"
	if time.Since(b.born) < lease {
		age = "young"
	}
	answer, err := claim.Run(ctx, b.redis, []string{key}, lease.Milliseconds(), wrote, day.Seconds(), age).Slice()
	if err != nil || len(answer) == 0 {
		return nil, 0, err
	}
	return &attempt{id: answer[0].(string), n: int(answer[1].(int64)), to: answer[2].(string), content: []byte(answer[3].(string))}, 0, nil
}

// send makes an attempt.
func (b *Box) send(m *attempt) {
	ctx, cancel := context.WithTimeout(context.Background(), exchange+cloudapi.Timeout)
	defer cancel()
	var content cloudapi.Content
	err := json.Unmarshal(m.content, &content)
	if err == nil && content != nil {
		err = b.account.Send(ctx, m.to, content, fmt.Sprint(m.n, " ", m.id))
	}
	code, refused := cloudapi.WasRefused(err)
	switch {
	case content == nil:
		b.log.Error("a message came too late, and has no template", "to", m.to)
		err = b.over(ctx, m.id)
	case err == nil:
		err = b.settle(ctx, m.id, m.n, "taken", proof)
	case refused && cloudapi.ForNow(code):
		err = b.settle(ctx, m.id, m.n, "again", Backoff(m.n))
	case refused:
		b.log.Error("a message was refused for good", "to", m.to, "error", err)
		err = b.over(ctx, m.id)
	}
	if err != nil { // a status says whether WhatsApp has it, or the lease ends
		b.log.Warn("it is not known what became of a message", "to", m.to, "error", err)
	}
}

// work makes an attempt at a task.
func (b *Box) work(m *attempt) {
	ctx, cancel := context.WithTimeout(context.Background(), working)
	defer cancel()
	err := b.Work(ctx, m.id, string(m.content))
	if err != nil {
		b.log.Warn("a task has failed, and is done again", "error", err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), exchange)
	defer cancel()
	if err == nil {
		err = b.over(ctx, m.id)
	} else {
		err = b.settle(ctx, m.id, m.n, "again", Backoff(m.n))
	}
	if err != nil { // the lease ends
		b.log.Warn("how a task ended could not be stored", "error", err)
	}
}

// settle notes how an attempt ended; see settle.lua.
func (b *Box) settle(ctx context.Context, id string, n int, what string, wait time.Duration) error {
	if err := settle.Run(ctx, b.redis, []string{key}, id, n, what, wait.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("outbox: settle %s: %w", id, err)
	}
	b.wake()
	return nil
}

// over takes a message out of the outbox.
func (b *Box) over(ctx context.Context, id string) error {
	_, err := b.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.ZRem(ctx, key, id)
		tx.Del(ctx, key+":"+id)
		return nil
	})
	if err != nil {
		return fmt.Errorf("outbox: remove %s: %w", id, err)
	}
	return nil
}

// OnStatus takes a status of a message.
func (b *Box) OnStatus(ctx context.Context, s cloudapi.Status) error {
	attempt, id, _ := strings.Cut(s.Opaque, " ")
	n, err := strconv.Atoi(attempt)
	switch {
	case err != nil:
		return nil // it is not ours
	case s.Status == "failed" && cloudapi.ForNow(s.Code):
		return b.settle(ctx, id, n, "again", Backoff(n))
	}
	return b.over(ctx, id)
}

// Backoff is how long to wait after the n-th attempt: from 2 seconds to a minute.
func Backoff(n int) time.Duration { return min(time.Second<<min(n, 6), time.Minute) }
