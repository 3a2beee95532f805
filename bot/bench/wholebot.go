package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot"
)

const (
	phoneID    = "106540352242922"
	businessID = "102290129340398"
	appSecret  = "bench-secret"
)

// newBot returns a bot that does not run, for what it does with Redis.
func newBot(s *server) (*bot.Bot, error) {
	return bot.New(bot.Config{
		Redis: &redis.UniversalOptions{Addrs: []string{s.addr}}, HTTP: http.DefaultClient, GraphURL: "http://127.0.0.1:9/v23.0",
		BatchSize: 128, PhoneNumberID: phoneID, Token: "any", AppSecret: appSecret, VerifyToken: "any",
	})
}

// untilHeardOf is after how long the bot surely has come upon the timers that another
// process has set: it looks at Redis three times in its silence of 15 s. What is due
// before is no case of the bot's own, whose timers are all of 15 s.
const untilHeardOf = 6 * time.Second

// armer is a bot that does not run, as timers that are armed.
type armer struct {
	appends
	bot *bot.Bot
}

func startAppends(s *server) (timers, error) {
	b, err := newBot(s)
	if err != nil {
		return nil, err
	}
	return &armer{appends{users: b.Users()}, b}, nil
}

func (a *armer) stop() error { return a.bot.Close() }

// botBinary builds the product's command, once; removeBotBinary deletes it
// at the end.
var botBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bench-bot-")
	if err != nil {
		return "", fmt.Errorf("build the bot: %w", err)
	}
	botDir = dir
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "wappasim").Output()
	if err != nil {
		return "", fmt.Errorf("build the bot: find its module, which must be done in bot/bench: %w", err)
	}
	path := filepath.Join(dir, "bot")
	out, err := exec.Command("go", "build", "-C", strings.TrimSpace(string(module)), "-o", path, "./cmd/bot").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the bot: %w\n%s", err, out)
	}
	return path, nil
})

var botDir string // set by botBinary

func removeBotBinary() {
	if botDir != "" {
		_ = os.RemoveAll(botDir) // a directory left under /tmp does no harm
	}
}

// process is the bot as it runs in production.
type process struct {
	cmd *exec.Cmd
	log *os.File
	url string
}

func startProcess(ctx context.Context, s *server, graphURL, silence string) (*process, error) {
	path, err := botBinary()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	log, err := os.CreateTemp("", "bench-bot-*.log")
	if err != nil {
		return nil, fmt.Errorf("start the bot: %w", err)
	}
	p := &process{cmd: exec.Command(path), log: log, url: "http://" + addr}
	p.cmd.Dir, p.cmd.Stderr = filepath.Dir(path), log // no .env of somebody's
	p.cmd.Env = append(os.Environ(), "WHATSAPP_TOKEN=any", "WHATSAPP_PHONE_ID="+phoneID, "WHATSAPP_BUSINESS_ID="+businessID,
		"WHATSAPP_APP_SECRET="+appSecret, "WHATSAPP_VERIFY_TOKEN=any", "WHATSAPP_GRAPH_URL="+graphURL, "REDIS_URL=redis://"+s.addr,
		"REDIS_URLS=none", "INACTIVITY_TIMEOUT="+silence, "SESSION_LIMIT=1000", "PROOF_TIMEOUT=1m", "RETRY_FOR=24h", "TIME_ZONE=UTC", "ADDR="+addr)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the bot: %w", err)
	}
	err = eventually(ctx, "the bot to be ready", 30*time.Second, func() bool {
		resp, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *process) stop() error {
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	if failed := p.cmd.Wait(); failed != nil {
		err = errors.Join(err, fmt.Errorf("the bot: %w; its log is %s", failed, p.log.Name()))
	} else {
		err = errors.Join(err, os.Remove(p.log.Name()))
	}
	return errors.Join(err, p.log.Close())
}

// running is the bot as timers: a message arms, and a history that arrives at
// WhatsApp is the firing. WhatsApp says of each that it was delivered.
type running struct {
	armer   timers
	graph   *fakeGraph
	process *process
	proofs  *proofs
}

func (r *running) arm(ctx context.Context, user int, delay time.Duration) error {
	return r.armer.arm(ctx, user, delay)
}

func (r *running) stop() error {
	r.proofs.stop()
	return errors.Join(r.process.stop(), r.graph.stop(), r.armer.stop(), r.proofs.err())
}

// measureBot measures the whole bot, from deadlines to histories that arrive.
func measureBot(ctx context.Context, p *plan) error {
	var failed error
	one := func(users int, period time.Duration) error {
		var r *running
		start := func(ctx context.Context, s *server, tell fired) (timers, error) {
			var err error
			r, err = startRunning(ctx, s, tell)
			return r, err
		}
		var note string
		var noteErr error
		reading, err := measureSteady(ctx, p, users, period, max(p.warm, untilHeardOf), p.window, start, func(s *server) {
			note, noteErr = describeLoad(ctx, s, r.process, users)
		})
		if err = errors.Join(err, noteErr); err != nil {
			return fmt.Errorf("%d users: %w", users, err)
		}
		t := latenessTable(fmt.Sprintf("Lateness in ms: arrival of the history at WhatsApp minus deadline, the whole bot as a process, %d users", users))
		t.reading(users, period, "the bot", reading, "–")
		t.write(p.out)
		fmt.Fprintln(p.out, note)
		if reading.lost > 0 || reading.early > 0 {
			failed = errors.Join(failed, fmt.Errorf("of %d histories, %d were lost and %d early", len(reading.late), reading.lost, reading.early))
		}
		return nil
	}
	for _, users := range p.users {
		if users > 10_000 {
			continue // more than a thousand histories a second are more than one number may send
		}
		if err := one(users, period); err != nil {
			return err
		}
	}
	if p.manyUsers > 0 {
		if err := one(p.manyUsers, p.spread); err != nil {
			return err
		}
	}
	return failed
}

func describeLoad(ctx context.Context, s *server, p *process, users int) (string, error) {
	memory, err := s.memory(ctx)
	if err != nil {
		return "", err
	}
	rss, err := residentBytes(p.cmd.Process.Pid, "VmRSS")
	if err != nil {
		return "", err
	}
	most, err := residentBytes(p.cmd.Process.Pid, "VmHWM")
	return fmt.Sprintf("  with %d sessions pending: the bot has %d MB, at most %d MB; Redis holds %.0f MB", users, rss>>20, most>>20, memory/(1<<20)), err
}

func startRunning(ctx context.Context, s *server, tell fired) (*running, error) {
	armer, err := startAppends(s)
	if err != nil {
		return nil, err
	}
	r := &running{armer: armer, proofs: newProofs()}
	r.graph, err = startGraph(func(text sentText) {
		if !strings.HasPrefix(text.Opaque, "history ") {
			return
		}
		if user, err := userIndex(text.To); err == nil {
			tell(user)
		}
		r.proofs.send(text)
	})
	if err != nil {
		return nil, err
	}
	if r.process, err = startProcess(ctx, s, r.graph.url, "15s"); err != nil {
		return nil, err
	}
	r.proofs.start(r.process.url)
	return r, nil
}
