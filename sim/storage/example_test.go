package storage_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"

	_ "modernc.org/sqlite"

	"wappasim/sim"
	"wappasim/sim/storage"
)

// counter is a bot that counts webhooks in SQLite, and prints the number.
type counter struct{ db *sql.DB }

func newCounter(env sim.Env) (sim.App, error) {
	dir, err := env.Dir()
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(env.Life, "sqlite", filepath.Join(dir, "counter.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS counted (n INTEGER); INSERT INTO counted SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counted)`)
	return counter{db}, err
}

func (c counter) Close() error { return c.db.Close() }

func (c counter) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (c counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n int
	if err := c.db.QueryRowContext(r.Context(), `UPDATE counted SET n = n + 1 RETURNING n`).Scan(&n); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable) // WhatsApp delivers it again
		return
	}
	fmt.Println("webhook", n)
}

// Replicas share the database, and a crash leaves it as it is.
func Example() {
	w, err := sim.New(newCounter, sim.Replicas(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "one")
	_ = w.Say("Ana", "two")
	_ = w.Crash()
	_ = w.Restart()
	_ = w.Say("Ana", "three")
	// Output:
	// webhook 1
	// webhook 2
	// webhook 3
}
