package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// emptyHandler as the only argument makes this program serve HTTP with a handler
	// that does nothing.
	emptyHandler = "serve-nothing"

	posters      = 32
	webhookUsers = 100_000
)

func serveNothing() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: listen: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	err = http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	fmt.Fprintf(os.Stderr, "bench: serve: %v\n", err)
	os.Exit(1)
}

// signed is a webhook's body and signature.
type signed struct {
	body      []byte
	signature string
}

func sign(value string) signed {
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"` + businessID + `","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"display_phone_number":"15550783881","phone_number_id":"` + phoneID + `"},` + value + `},"field":"messages"}]}]}`)
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return signed{body, "sha256=" + hex.EncodeToString(mac.Sum(nil))}
}

func messageWebhook(n int) signed {
	user := strings.TrimPrefix(userName(n%webhookUsers), "+")
	return sign(fmt.Sprintf(`"contacts":[{"profile":{"name":"Ana"},"wa_id":%q}],"messages":[{"from":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":"Hello there!"}}]`,
		user, user, messageID(user, n), time.Now().Unix()))
}

func statusWebhook(t sentText) signed {
	return sign(fmt.Sprintf(`"statuses":[{"id":%q,"status":"delivered","timestamp":"%d","recipient_id":%q,"biz_opaque_callback_data":%q}]`,
		t.id, time.Now().Unix(), strings.TrimPrefix(t.To, "+"), t.Opaque))
}

// poster posts webhooks over connections that it keeps.
type poster struct{ client *http.Client }

func newPoster() poster {
	return poster{&http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: posters}}}
}

func (p poster) post(url string, w signed) error {
	req, err := http.NewRequest(http.MethodPost, url+"/webhook", bytes.NewReader(w.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", w.signature)
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("post a webhook: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Errorf("post a webhook: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a webhook is answered %s", resp.Status)
	}
	return nil
}

func (p poster) close() { p.client.CloseIdleConnections() }

// proofs tell the bot that its histories were delivered.
type proofs struct {
	poster
	texts   chan sentText
	working sync.WaitGroup
	failed  atomic.Pointer[error]
}

func newProofs() *proofs { return &proofs{poster: newPoster(), texts: make(chan sentText, 1<<20)} }

func (p *proofs) start(url string) {
	for range posters {
		p.working.Go(func() {
			for text := range p.texts {
				if err := p.post(url, statusWebhook(text)); err != nil {
					p.failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
}

func (p *proofs) send(t sentText) {
	defer func() { _ = recover() }() // the bot drains after the end of the proofs
	p.texts <- t
}

func (p *proofs) stop() {
	close(p.texts)
	p.working.Wait()
	p.close()
}

func (p *proofs) err() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

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

func postToNothing(ctx context.Context, bodies []signed) (r round, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.Command(self, emptyHandler)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	defer func() {
		err = errors.Join(err, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
	}()
	var addr string
	if _, err := fmt.Fscanln(out, &addr); err != nil {
		return r, fmt.Errorf("read its address: %w", err)
	}
	took, err := postAll(ctx, "http://"+addr, bodies)
	if err != nil {
		return r, err
	}
	cpu, err := cpuTime(cmd.Process.Pid)
	n := time.Duration(len(bodies))
	rate := float64(n) / took.Seconds()
	return round{rate: rate, answered: rate, cpu: cpu / n}, err
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
