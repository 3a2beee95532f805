package features_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wappasim/bot"
	"wappasim/bot/expiry"
	"wappasim/features"
	"wappasim/sim"
)

// A conversation with the production bot, in virtual time.
func Example() {
	w, err := sim.New(features.Bot(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "Hello there!")
	_ = w.Wait(15 * time.Second)
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), len(m.Text) > 0)
	}
	// Output:
	// 09:00:00 true
	// 09:00:15 true
}

// reminding is the bot with a second timer, which it starts with itself.
type reminding struct{ *bot.Bot }

func (r reminding) Run(ctx context.Context) error {
	if err := r.Timers().Set(ctx, "reminder", "+15550000001", 24*time.Hour); err != nil {
		return err
	}
	return r.Bot.Run(ctx)
}

// Any action can have timers. This one fires a day later, beside the silence of 15
// seconds, and does not slow it.
func Example_reminder() {
	w, err := sim.New(func(env sim.Env) (sim.App, error) {
		app, err := features.Bot(nil)(env)
		if err != nil {
			return nil, err
		}
		b := app.(*bot.Bot)
		err = b.OnExpire("reminder", func(ctx context.Context, l *expiry.Firing) error {
			fmt.Println(env.Clock.Now().UTC().Format(time.DateTime), l.Identifier, l.Key)
			return nil
		})
		return reminding{b}, err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Wait(time.Hour)
	_ = w.Say("Ana", "hello")
	_ = w.Wait(30 * time.Hour)
	history := w.Inbox("Ana")[1]
	fmt.Println(history.At.Format(time.DateTime), strings.Split(history.Text, "\n")[0])
	// Output:
	// 2026-01-06 09:00:00 +15550000001 wappa:EXPTRIGGER:reminder:+15550000001
	// 2026-01-05 10:00:15 📬 Message History (1 message)
}
