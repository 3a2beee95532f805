package outbox_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/examples/internal/outbox"
	"wappasim/sim"
)

type cart struct{ Dishes []string }

// shop is a bot with a cart for each user.
type shop struct {
	http.Handler
	*outbox.Box
}

func newShop(env sim.Env) (sim.App, error) {
	account := explore.Account(env)
	box := outbox.New(account, env.Redis.Simple(), env.Logger)
	onMessage := func(ctx context.Context, m cloudapi.Message) error {
		err := outbox.Change(ctx, box, m, "cart:"+m.From, func(c *cart) []outbox.Message {
			c.Dishes = append(c.Dishes, m.Text)
			return []outbox.Message{outbox.Text(m.From, "Your cart has %d dishes.", len(c.Dishes))}
		})
		return err
	}
	return shop{cloudapi.Webhook{Account: account, OnMessage: onMessage, OnStatus: box.OnStatus}, box}, nil
}

// A message that comes twice counts once, and an answer that is refused for now is sent
// again. The package comment has the same lines.
func Example() {
	w, err := sim.New(newShop)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	refuses, err := sim.ParseFault("the API answers 131000 the next time")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = w.Inject(refuses)
	_ = w.Say("Ana", "Pizza")
	_ = w.Redeliver("Ana")
	_ = w.Wait(5 * time.Second)
	_ = w.Say("Ana", "Pasta")
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:02 Your cart has 1 dishes.
	// 09:00:05 Your cart has 2 dishes.
}
