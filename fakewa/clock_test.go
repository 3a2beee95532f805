package fakewa_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/event"
)

// TestRedeliversAsTheClockAdvances counts the delivery attempts after each move of the
// clock.
func TestRedeliversAsTheClockAdvances(t *testing.T) {
	c := controlFake(t, fakewa.Config{Redeliver: time.Minute})
	c.bot.answer(503)
	c.say(ana, "hi")
	for i, step := range []struct {
		advance  string
		attempts int
	}{{"0s", 1}, {"999ms", 1}, {"1ms", 2}, {"2s", 3}, {"4s", 4}, {"8s", 5}, {"14.999999999s", 5}, {"1ns", 6}, {"1h", 8}} {
		c.must("POST clock", `{"advance":"`+step.advance+`"}`)
		if got := len(c.bot.all()); got != step.attempts {
			t.Errorf("step %d: got %d attempts, want %d", i, got, step.attempts)
		}
	}
	var log struct {
		Webhooks []struct {
			At      time.Time
			Attempt int
		}
	}
	c.must("GET webhooks", "", &log)
	var at []string
	for i, w := range log.Webhooks {
		at = append(at, w.At.Sub(fixed()).String())
		if w.Attempt != i+1 {
			t.Errorf("attempt %d is called %d", i+1, w.Attempt)
		}
	}
	if got := strings.Join(at, " "); got != "0s 1s 3s 7s 15s 30s 45s 1m0s" {
		t.Errorf("got %s", got)
	}
}

// TestWhatIsScheduled asks the clock for what is due, and goes to the first of it.
func TestWhatIsScheduled(t *testing.T) {
	c := controlFake(t, fakewa.Config{Redeliver: time.Minute})
	if status, why := c.do("POST clock", `{"to":"next"}`); status != 409 || !strings.Contains(why, "nothing is") {
		t.Errorf("the next of nothing: got %d %s", status, why)
	}
	c.bot.answer(503)
	c.say(ana, "hi")
	var clock struct {
		Now       time.Time
		Scheduled []event.Due
	}
	for _, want := range []string{
		"0s: 1s webhook again attempt 2, messages of +16505551234",
		"1s: 3s webhook again attempt 3, messages of +16505551234",
		"3s: 7s webhook again attempt 4, messages of +16505551234",
	} {
		c.settle()
		c.must("GET clock", "", &clock)
		got := clock.Now.Sub(fixed()).String() + ":"
		for _, due := range clock.Scheduled {
			got += fmt.Sprintf(" %s %s %s", due.At.Sub(fixed()), due.What, due.Text)
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		c.must("POST clock", `{"to":"next"}`, &clock)
	}
	c.bot.answer(200)
	c.must("POST clock", `{"to":"next"}`, &clock)
	if len(clock.Scheduled) != 0 {
		t.Errorf("the webhook is acknowledged, and scheduled is %v", clock.Scheduled)
	}
}

// TestRedeliversForSevenDays has a bot that is down for six days and answers on the
// seventh.
func TestRedeliversForSevenDays(t *testing.T) {
	c := controlFake(t, fakewa.Config{Redeliver: 7 * 24 * time.Hour})
	c.bot.answer(503)
	c.say(ana, "hi")
	c.must("POST clock", `{"advance":"144h"}`)
	tries := len(c.bot.all())
	if tries < 100 || tries > 1000 {
		t.Errorf("got %d attempts", tries)
	}
	c.bot.answer(0)
	c.must("POST clock", `{"advance":"24h"}`)
	if got := c.bot.all(); len(got) != tries+1 || got[tries] != got[0] {
		t.Errorf("got %d attempts after %d", len(got), tries)
	}
	c.steps([]step{{"GET messages", "", 200, `"status":"delivered"`}})

	c.bot.answer(503)
	c.say(ana, "it is never acknowledged")
	c.must("POST clock", `{"advance":"169h"}`)
	tries = len(c.bot.all())
	c.bot.answer(0)
	c.must("POST clock", `{"advance":"1000h"}`)
	if got := len(c.bot.all()); got != tries {
		t.Errorf("it was redelivered %d times after seven days", got-tries)
	}
}

func TestAdvanceRefusesAnEndedContextAndImpossibleTimes(t *testing.T) {
	held := make(chan struct{})
	clock := fakewa.StillClock(fixed())
	s := fakewa.Test(t, fakewa.Config{Clock: clock, Webhook: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held })})
	defer close(held)
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi) // whose status is under way
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := clock.Advance(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for _, d := range []time.Duration{-1, math.MinInt64, math.MaxInt64, 101 * 365 * 24 * time.Hour} {
		if err := clock.Advance(t.Context(), d); err == nil {
			t.Errorf("the clock went %s", d)
		}
	}
	if !clock.Now().Equal(fixed()) {
		t.Errorf("it is %s", clock.Now())
	}
}

// TestAdvanceEndsWithItsContext has a bot that does not answer: Advance waits for it.
func TestAdvanceEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := fakewa.StillClock(fixed())
		s := fakewa.New(fakewa.Config{Clock: clock, Webhook: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })})
		defer s.Close()
		_ = s.Notify("account_alerts", map[string]string{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // the bot has ten
		defer cancel()
		if err := clock.Advance(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := clock.Advance(t.Context(), time.Hour); err != nil || !clock.Now().Equal(fixed().Add(time.Hour)) {
			t.Errorf("got %v at %s", err, clock.Now())
		}
	})
}

// TestClockAdvancesAtMost100Years redelivers for all that time.
func TestClockAdvancesAtMost100Years(t *testing.T) {
	c := controlFake(t, fakewa.Config{Redeliver: math.MaxInt64})
	c.bot.answer(503)
	c.say(ana, "hi")
	for range 2 {
		c.must("POST clock", `{"advance":"438000h"}`) // 50 years
	}
	if status, answer := c.do("POST clock", `{"advance":"1ns"}`); status != 400 {
		t.Errorf("got %d %s", status, answer)
	}
	c.steps([]step{{"GET clock", "", 200, "2125-12-12T09:00:00.000Z"}, {"GET requests", "", 200, "requests"}, {"GET webhooks", "", 200, `"attempt":200`}})
}

// TestRunningClockDeliversWhatIsDue advances a clock that runs: what is due is delivered at
// once, the rest when its time has passed.
func TestRunningClockDeliversWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, bot := time.Now(), recorder{status: 503}
		clock := fakewa.ClockFrom(fixed())
		s := fakewa.New(fakewa.Config{Webhook: &bot, Clock: clock, Redeliver: time.Minute})
		defer s.Close()
		_ = s.Notify("account_alerts", map[string]string{})
		advance := func(d time.Duration) {
			if err := clock.Advance(t.Context(), d); err != nil {
				t.Error(err)
			}
		}
		seen := func(want int) {
			t.Helper()
			synctest.Wait()
			if got := len(bot.all()); got != want {
				t.Errorf("after %s: got %d attempts, want %d", time.Since(start), got, want)
			}
		}
		advance(0)
		seen(1)
		advance(3 * time.Second) // the next attempts are due after 1, 3 and 7 seconds
		seen(3)
		<-time.After(4*time.Second - 1)
		seen(3)
		<-time.After(1)
		seen(4)
		if got := clock.Now(); !got.Equal(fixed().Add(7 * time.Second)) {
			t.Errorf("it is %s", got)
		}
	})
}

func TestServersShareAClock(t *testing.T) {
	clock := fakewa.StillClock(fixed())
	var bots [2]recorder
	for i := range bots {
		bots[i].status = 503
		s := fakewa.Test(t, fakewa.Config{Webhook: &bots[i], Clock: clock, Redeliver: time.Hour})
		_ = s.Notify("account_alerts", map[string]string{})
	}
	if err := clock.Advance(t.Context(), 7*time.Second); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(len(bots[0].all()), len(bots[1].all())); got != "4 4" {
		t.Errorf("got %s attempts", got)
	}
}
