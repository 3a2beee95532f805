package storage_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite"

	"wappasim/sim"
	"wappasim/sim/storage"
)

// shop is a bot that sells ten cakes, one for each message. It keeps in SQLite how many
// are left and who has ordered, and tells its owner both when it starts.
type shop struct {
	env sim.Env
	db  *sql.DB

	// careful keeps what belongs together in one transaction. Else a crash can come
	// between the two statements.
	careful bool
}

const owner = "+15559990000"

const tables = `
	CREATE TABLE IF NOT EXISTS stock (cakes INTEGER);
	INSERT INTO stock SELECT 10 WHERE NOT EXISTS (SELECT 1 FROM stock);
	CREATE TABLE IF NOT EXISTS orders (message TEXT PRIMARY KEY, person TEXT, told BOOL DEFAULT FALSE)`

func newShop(careful bool) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		dir, err := env.Dir()
		if err != nil {
			return nil, err
		}
		db, err := storage.Open(env.Life, "sqlite", filepath.Join(dir, "shop.db?_pragma=busy_timeout(5000)&_pragma=synchronous(off)&_txlock=immediate"))
		if err != nil {
			return nil, err
		}
		if _, err := db.Exec(tables); err != nil {
			return nil, err
		}
		return &shop{env, db, careful}, nil
	}
}

func (s *shop) Close() error { return s.db.Close() }

func (s *shop) Run(ctx context.Context) error {
	if left, orders, err := s.count(); err == nil {
		_ = s.send(ctx, owner, fmt.Sprintf("%d cakes are left, %d are ordered.", left, orders))
	}
	<-ctx.Done()
	return nil
}

func (s *shop) count() (left, orders int, err error) {
	err = s.db.QueryRow(`SELECT cakes, (SELECT count(*) FROM orders) FROM stock`).Scan(&left, &orders)
	return left, orders, err
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	order := s.orderAndTell
	if s.careful {
		order = s.orderThenTell
	}
	for _, m := range messages(r) {
		if err := order(r.Context(), m.ID, "+"+m.From); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable) // WhatsApp delivers it again
		}
	}
}

// orderAndTell calls WhatsApp between two statements.
func (s *shop) orderAndTell(ctx context.Context, message, person string) error {
	if _, err := s.db.Exec(`UPDATE stock SET cakes = cakes - 1`); err != nil {
		return err
	}
	if err := s.send(ctx, person, "Your cake is ordered."); err != nil {
		return err
	}
	_, err := s.db.Exec(`INSERT INTO orders (message, person) VALUES (?, ?) ON CONFLICT DO NOTHING`, message, person)
	return err
}

// orderThenTell keeps the order first, in one transaction, once for each message, and then
// whether the person was told.
func (s *shop) orderThenTell(ctx context.Context, message, person string) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	kept, err := tx.Exec(`INSERT INTO orders (message, person) VALUES (?, ?) ON CONFLICT DO NOTHING`, message, person)
	if err != nil {
		return err
	}
	if n, _ := kept.RowsAffected(); n > 0 {
		if _, err := tx.Exec(`UPDATE stock SET cakes = cakes - 1`); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	var told bool
	if err := s.db.QueryRow(`SELECT told FROM orders WHERE message = ?`, message).Scan(&told); err != nil || told {
		return err
	}
	if err := s.send(ctx, person, "Your cake is ordered."); err != nil {
		return err
	}
	_, err = s.db.Exec(`UPDATE orders SET told = TRUE WHERE message = ?`, message)
	return err
}

func (s *shop) send(ctx context.Context, to, text string) error {
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":%q,"type":"text","text":{"body":%q}}`, to, text)
	req, err := http.NewRequestWithContext(ctx, "POST", s.env.GraphURL+"/"+s.env.PhoneNumberID+"/messages", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.env.Token)
	resp, err := s.env.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("WhatsApp answers %s", resp.Status)
	}
	return nil
}

type message struct{ ID, From string }

// messages returns the messages of a webhook.
func messages(r *http.Request) (all []message) {
	var hook struct {
		Entry []struct {
			Changes []struct{ Value struct{ Messages []message } }
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook) // what is no webhook has no messages
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			all = append(all, change.Value.Messages...)
		}
	}
	return all
}
