package steps

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/report"
	"wappasim/sim"
	"wappasim/sim/internal/graphcall"
)

// running is a scenario with a running bot.
type running struct {
	live    *Live
	fake    *fakewa.Server
	began   time.Time // real
	start   time.Time // the scenario's time then
	planned time.Duration
	numbers map[string]string // of this scenario's people
}

func (l *Live) begin(start time.Time) *running {
	cfg := l.cfg.Fake
	cfg.Seed, cfg.Clock = rand.Uint64(), fakewa.ClockFrom(start)
	// The fake's clock is first: when the steps have waited for a second, it shows one more.
	return &running{live: l, fake: fakewa.New(cfg), began: time.Now(), start: start, numbers: make(map[string]string)}
}

func (r *running) Now() time.Time { return r.start.Add(time.Since(r.began)) }

// Wait waits until what the steps have planned so far has passed.
func (r *running) Wait(d time.Duration) error {
	r.planned += d
	time.Sleep(time.Until(r.began.Add(r.planned)))
	return nil
}

func (r *running) WaitUntil(t time.Time) error {
	if d := t.Sub(r.start) - r.planned; d > r.live.cfg.Longest {
		return skip("waiting until %s would take longer than %s", t.Format(time.TimeOnly), r.live.cfg.Longest)
	} else if d > 0 {
		return r.Wait(d)
	}
	return nil
}

// WaitFor looks again and again until something is so, or so much more than d has passed
// as times may be off.
func (r *running) WaitFor(d time.Duration, so func() bool) (bool, error) {
	is := so()
	for deadline := time.Now().Add(d + r.live.cfg.Tolerance); !is && time.Now().Before(deadline); is = so() {
		time.Sleep(looks)
	}
	r.planned = max(r.planned, time.Since(r.began))
	return is, nil
}

// Number gives each person of the scenario a number that nobody has had.
func (r *running) Number(who string) string {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	if r.numbers[who] == "" {
		r.live.numbers++
		number := fmt.Sprintf("+1%010d", 5_000_000_000+r.live.numbers%1_000_000_000)
		r.numbers[who] = number
		r.live.fakes[number] = r.fake
	}
	return r.numbers[who]
}

func (r *running) Say(who, text string) error {
	return r.Send(sim.Message{Who: who, Content: fakewa.Text(text)})
}

func (r *running) Send(batch ...sim.Message) error {
	var inbound []fakewa.Inbound
	for _, m := range batch {
		inbound = append(inbound, fakewa.Inbound{From: r.Number(m.Who), Content: m.Content})
	}
	hook, err := r.fake.Compose(inbound...)
	if err != nil {
		return err
	}
	return taken(r.fake.Deliver(context.Background(), hook), nil)
}

func (r *running) Redeliver(who string) error {
	var last string
	for _, m := range r.fake.Conversation(r.Number(who)) {
		if m.Direction == fakewa.In {
			last = m.ID
		}
	}
	return taken(r.fake.Redeliver(context.Background(), last))
}

func taken(answer fakewa.Answer, err error) error {
	if err == nil && answer.Status != http.StatusOK {
		err = &sim.Refused{Answer: answer}
	}
	return err
}

func (r *running) SendUnsigned(m sim.Message) (fakewa.Answer, error) {
	hook, err := r.fake.Compose(fakewa.Inbound{From: r.Number(m.Who), Content: m.Content})
	if err != nil {
		return fakewa.Answer{}, err
	}
	return r.fake.Post(context.Background(), hook.Body, fakewa.Sign("not the app secret", hook.Body)), nil
}

func (r *running) Choose(who, choice string) (fakewa.Content, error) {
	return r.fake.Phone(r.Number(who)).Choose(choice, "")
}

func (r *running) Read(who string) error {
	r.fake.Phone(r.Number(who)).Read()
	return nil
}

func (r *running) Inbox(who string) []fakewa.Message { return r.fake.Phone(r.Number(who)).Inbox() }
func (r *running) Requests() []fakewa.Request        { return r.fake.Requests() }

func (r *running) Conversation(who string) []fakewa.Message {
	return r.fake.Conversation(r.Number(who))
}

func (r *running) Call(method, path, body string) (fakewa.Answer, error) {
	return graphcall.Do(r.fake, cmp.Or(r.fake.Config().Token, "any"), method, path, body)
}

// Inject makes the fake of the scenario misbehave, or skips the scenario if the fault needs
// a world.
func (r *running) Inject(f sim.Fault) error {
	fault, lasts, why := f.Live()
	if why != "" {
		return skip("%q needs a world: it %s", f, why)
	}
	if err := fault.Check(); err != nil {
		return err
	}
	id := r.fake.Inject(fault)
	if lasts > 0 {
		time.AfterFunc(lasts, func() { r.fake.RemoveFault(id) })
	}
	return nil
}

func (r *running) SetProfile(who string, set func(*fakewa.Profile)) error {
	phone := r.fake.Phone(r.Number(who))
	profile := phone.Profile()
	set(&profile)
	phone.SetProfile(profile)
	return nil
}

func (r *running) Meta(f func(*fakewa.Server) error) error { return f(r.fake) }

func (r *running) Report() report.Report { return report.Of(r.fake) }

// Keys is never called: scenarios that look into Redis are skipped.
func (r *running) Keys() []sim.Key { return nil }

func (r *running) Close() error {
	r.live.mu.Lock()
	for _, number := range r.numbers {
		delete(r.live.fakes, number)
	}
	r.live.mu.Unlock()
	r.fake.Close()
	return nil
}
