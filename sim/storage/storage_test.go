package storage_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/storage"
)

// TestNothingIsStoredWhenLifeIsOver ends a life in the middle of a transaction, while
// another statement waits for its lock. What follows has the file for itself.
func TestNothingIsStoredWhenLifeIsOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it.db") + "?_pragma=busy_timeout(60000)&_txlock=immediate"
	synctest.Test(t, func(t *testing.T) {
		life, end := context.WithCancel(t.Context())
		dead, next := open(t, life, path), open(t, t.Context(), path)
		for _, statement := range []string{`CREATE TABLE it (n INTEGER)`, `INSERT INTO it VALUES (1)`} {
			if _, err := dead.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		prepared, err := dead.Prepare(`INSERT INTO it VALUES (?)`)
		if err != nil {
			t.Fatal(err)
		}
		defer prepared.Close()
		tx, err := dead.Begin()
		if err != nil {
			t.Fatal(err)
		}
		inside := tx.Stmt(prepared)
		if _, err := inside.Exec(2); err != nil {
			t.Fatal(err)
		}
		waited := make(chan error)
		go func() { _, err := dead.Exec(`INSERT INTO it VALUES (3)`); waited <- err }()
		time.Sleep(time.Second)
		end()
		if err := <-waited; err == nil {
			t.Error("a statement that waited is carried out")
		}
		for what, do := range map[string]func() error{
			"a statement":                       func() error { _, err := dead.Exec(`INSERT INTO it VALUES (4)`); return err },
			"a query":                           func() error { return dead.QueryRow(`INSERT INTO it VALUES (5) RETURNING n`).Scan(new(int)) },
			"a prepared statement":              func() error { _, err := prepared.Exec(6); return err },
			"a prepared one of the transaction": func() error { _, err := inside.Exec(7); return err },
			"another transaction":               func() error { _, err := dead.Begin(); return err },
		} {
			if err := do(); !errors.Is(err, storage.ErrOver) {
				t.Errorf("%s: got %v", what, err)
			}
		}
		began := time.Now()
		if _, err := next.Exec(`INSERT INTO it VALUES (8)`); err != nil || time.Since(began) > time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		if err := tx.Commit(); !errors.Is(err, storage.ErrOver) {
			t.Errorf("commit: got %v", err)
		}
		var stored string
		if err := next.QueryRow(`SELECT group_concat(n) FROM it`).Scan(&stored); err != nil || stored != "1,8" {
			t.Errorf("got %s, %v", stored, err)
		}
	})
}

func open(t *testing.T, life context.Context, path string) *sql.DB {
	t.Helper()
	db, err := storage.Open(life, "sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	if _, err := storage.Open(t.Context(), "none", ""); err == nil || !strings.Contains(err.Error(), `unknown driver "none"`) {
		t.Errorf("got %v", err)
	}
	sql.Register("old", old{})
	db, err := storage.Open(t.Context(), "old", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(); err == nil || !strings.Contains(err.Error(), "storage_test.old do not know contexts") {
		t.Errorf("got %v", err)
	}
}

// old is a driver of before there were contexts.
type old struct{}

func (old) Open(string) (driver.Conn, error)    { return old{}, nil }
func (old) Prepare(string) (driver.Stmt, error) { return nil, driver.ErrSkip }
func (old) Begin() (driver.Tx, error)           { return nil, driver.ErrSkip }
func (old) Close() error                        { return nil }
