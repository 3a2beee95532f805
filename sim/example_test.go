package sim_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wappasim/sim"
)

// nag is a bot that asks once a minute, without Redis.
type nag struct{ env sim.Env }

func (n nag) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (n nag) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
			if err := sendText(n.env, "+15550000001", "still there?"); err != nil {
				return err
			}
		}
	}
}

func ExampleWorld_Wait() {
	w, err := sim.New(func(env sim.Env) (sim.App, error) { return nag{env}, nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	if err := w.Wait(2 * time.Minute); err != nil {
		fmt.Println(err)
	}
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:01:00 still there?
	// 09:02:00 still there?
}
