package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// round is one round of webhooks.
type round struct {
	rate      float64       // webhooks a second, until the last confirmation arrived
	answered  float64       // webhooks a second, until the last was answered
	cpu       time.Duration // of the process, for each
	redis     time.Duration // of Redis, for each
	confirmed int
}

// measureWebhooks compares the whole bot with a handler that does nothing.
func measureWebhooks(ctx context.Context, p *plan) error {
	bodies := make([]signed, p.webhooks)
	for n := range bodies {
		bodies[n] = messageWebhook(n)
	}
	var nothing, whole []round
	for range p.webhookRounds {
		r, err := postToNothing(ctx, bodies)
		if err != nil {
			return fmt.Errorf("the handler that does nothing: %w", err)
		}
		nothing = append(nothing, r)
		if r, err = postToBot(ctx, bodies); err != nil {
			return fmt.Errorf("the bot: %w", err)
		}
		whole = append(whole, r)
	}
	t := newTable(fmt.Sprintf("Webhooks, %d in a round, %d connections, medians of %d rounds", p.webhooks, posters, p.webhookRounds),
		"", "webhooks/s", "of the empty one's", "answered/s", "confirmed", "its CPU in µs each", "Redis CPU in µs each")
	base := column(nothing, func(r round) float64 { return r.rate })
	for _, w := range []struct {
		name   string
		rounds []round
	}{{"empty handler", nothing}, {"the bot", whole}} {
		rate := column(w.rounds, func(r round) float64 { return r.rate })
		t.add(w.name, fmt.Sprintf("%.0f", rate), fmt.Sprintf("1/%.1f", base/rate), fmt.Sprintf("%.0f", column(w.rounds, func(r round) float64 { return r.answered })),
			percent(column(w.rounds, func(r round) int { return r.confirmed }), p.webhooks),
			us(column(w.rounds, func(r round) time.Duration { return r.cpu })), us(column(w.rounds, func(r round) time.Duration { return r.redis })))
	}
	t.write(p.out)
	return nil
}

func column[T float64 | int | time.Duration](rounds []round, of func(round) T) T {
	var all []T
	for _, r := range rounds {
		all = append(all, of(r))
	}
	return median(all)
}

func postAll(ctx context.Context, url string, bodies []signed) (time.Duration, error) {
	p := newPoster()
	defer p.close()
	start := time.Now()
	err := each(ctx, posters, len(bodies), func(n int) error { return p.post(url, bodies[n]) })
	return time.Since(start), err
}

func postToBot(ctx context.Context, bodies []signed) (r round, err error) {
	s, err := startServer(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	var last atomic.Int64
	g, err := startGraph(func(sentText) { last.Store(time.Now().UnixNano()) })
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	p, err := startProcess(ctx, s, g.url, "1h") // no history comes between
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	cpu, err := cpuTime(p.cmd.Process.Pid)
	if err != nil {
		return r, err
	}
	redis, err := s.cpu(ctx)
	if err != nil {
		return r, err
	}
	start := time.Now()
	answered, err := postAll(ctx, p.url, bodies)
	if err != nil {
		return r, err
	}
	if err := eventually(ctx, "the confirmations", time.Minute, func() bool {
		return int(g.texts.Load())+skipped(p.url) == len(bodies)
	}); err != nil {
		return r, err
	}
	took := max(time.Unix(0, last.Load()).Sub(start), answered)
	cpuAfter, err := cpuTime(p.cmd.Process.Pid)
	if err != nil {
		return r, err
	}
	redisAfter, err := s.cpu(ctx)
	n := len(bodies)
	return round{
		rate: float64(n) / took.Seconds(), answered: float64(n) / answered.Seconds(), confirmed: int(g.texts.Load()),
		cpu: (cpuAfter - cpu) / time.Duration(n), redis: (redisAfter - redis) / time.Duration(n),
	}, err
}

// skipped returns how many confirmations the bot says it did not send.
func skipped(url string) (n int) {
	resp, err := http.Get(url + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body) // a part of it holds fewer, and is asked for again
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "wappa_confirmations_skipped_total{") {
			value, _ := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " "):]), 64)
			n += int(value)
		}
	}
	return n
}
