package sqlbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/examples/internal/outbox"
	"wappasim/examples/internal/sqlbox"
	"wappasim/sim"
	"wappasim/sim/storage"
)

// kitchen is a bot that takes orders.
type kitchen struct {
	http.Handler
	*sqlbox.Box
}

func newKitchen(env sim.Env) (sim.App, error) {
	dir, err := env.Dir()
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(env.Life, "sqlite", filepath.Join(dir, "kitchen.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	account := explore.Account(env)
	box, err := sqlbox.New(account, db, env.Logger)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	onMessage := func(ctx context.Context, m cloudapi.Message) error {
		err := box.Change(ctx, m, func(tx *sql.Tx) ([]outbox.Message, error) {
			if _, err := tx.Exec(`INSERT INTO dishes VALUES (?, ?)`, m.From, m.Text); err != nil {
				return nil, err
			}
			return []outbox.Message{outbox.Text(m.From, "We cook %s.", m.Text)}, nil
		})
		return err
	}
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS dishes (person TEXT, dish TEXT)`)
	return kitchen{cloudapi.Webhook{Account: account, OnMessage: onMessage, OnStatus: box.OnStatus}, box}, err
}

// A message that comes twice counts once. An answer is sent again that is refused for now,
// and one of which nothing is known because the bot crashed: after two minutes. The package
// comment has the same lines.
func Example() {
	w, err := sim.New(newKitchen)
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
	crashes, err := sim.ParseFault("replica 1 crashes before API call 1")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = w.Inject(refuses)
	_ = w.Say("Ana", "pizza")
	_ = w.Redeliver("Ana")
	_ = w.Wait(5 * time.Second)
	_ = w.Inject(crashes)
	_ = w.Say("Ana", "pasta")
	_ = w.Restart()
	_ = w.Wait(time.Hour)
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:02 We cook pizza.
	// 09:02:05 We cook pasta.
}
