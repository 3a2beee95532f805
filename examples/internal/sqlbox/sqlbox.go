// Package sqlbox is package outbox in a SQL database, for a bot that runs as one process:
// what a message asks for is done once, in one transaction with the answers to it, and the
// answers are sent in spite of crashes, refusals and lost connections.
//
//	err := box.Change(ctx, m, func(tx *sql.Tx) ([]outbox.Message, error) {
//		if _, err := tx.Exec(`INSERT INTO dishes VALUES (?, ?)`, m.From, m.Text); err != nil {
//			return nil, err
//		}
//		return []outbox.Message{outbox.Text(m.From, "We cook %s.", m.Text)}, nil
//	})
//
// It is written for SQLite. Messages have no templates and no delay, and there are no tasks:
// what is not sent within a day is dropped.
package sqlbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

// Box is the outbox of a bot. Make one with [New].
type Box struct {
	account cloudapi.Account
	db      *sql.DB
	log     *slog.Logger
	due     chan struct{} // something may be due
}

const (
	lease    = 2 * time.Minute // of an attempt; a status comes sooner, unless the bot was away
	proof    = 10 * time.Minute
	idle     = 10 * time.Minute // between two looks at the outbox, if nothing is known to be due
	day      = 24*time.Hour - 5*time.Minute
	exchange = 4 * time.Second // with the database
	atOnce   = 64              // messages that are sent
)

// tables makes the tables. A message is new, begun while an attempt is under way, and taken
// when WhatsApp has it and a status will say more. Times are in ms.
const tables = `
	CREATE TABLE IF NOT EXISTS seen (message TEXT PRIMARY KEY);
	CREATE TABLE IF NOT EXISTS outbox (
		id TEXT PRIMARY KEY, recipient TEXT, content TEXT, born INTEGER,
		due INTEGER, attempt INTEGER DEFAULT 0, state TEXT DEFAULT 'new')`

// New makes an outbox in a database, which gets one connection. The caller closes it after
// Run has returned. What the process before it was sending has a lease from now on: statuses
// that came meanwhile are on their way again.
func New(a cloudapi.Account, db *sql.DB, log *slog.Logger) (*Box, error) {
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(tables); err != nil {
		return nil, fmt.Errorf("sqlbox: make the tables: %w", err)
	}
	if _, err := db.Exec(`UPDATE outbox SET due = ? WHERE state = 'begun'`, time.Now().Add(lease).UnixMilli()); err != nil {
		return nil, fmt.Errorf("sqlbox: take over the outbox: %w", err)
	}
	return &Box{a, db, log, make(chan struct{}, 1)}, nil
}

// Close closes the database.
func (b *Box) Close() error { return b.db.Close() }

// Change does what a message asks for, unless that was done before: change does it in the
// transaction, and returns what is to be sent. It must not use the database otherwise.
func (b *Box) Change(ctx context.Context, m cloudapi.Message, change func(*sql.Tx) ([]outbox.Message, error)) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlbox: begin a transaction: %w", err)
	}
	defer tx.Rollback() // it does nothing after a commit
	marked, err := tx.Exec(`INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING`, m.ID)
	if err != nil {
		return fmt.Errorf("sqlbox: mark %s: %w", m.ID, err)
	}
	if n, err := marked.RowsAffected(); n == 0 || err != nil {
		return err
	}
	answers, err := change(tx)
	if err != nil {
		return fmt.Errorf("sqlbox: do what %s asks for: %w", m.ID, err)
	}
	now := time.Now().UnixMilli()
	for i, a := range answers {
		content, err := json.Marshal(a.Content)
		if err != nil {
			return fmt.Errorf("sqlbox: encode a message to %s: %w", a.To, err)
		}
		if _, err := tx.Exec(`INSERT INTO outbox (id, recipient, content, born, due) VALUES (?, ?, ?, ?, ?)`, m.ID+"/"+strconv.Itoa(i), a.To, content, now, now); err != nil {
			return fmt.Errorf("sqlbox: store a message to %s: %w", a.To, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlbox: commit: %w", err)
	}
	b.wake()
	return nil
}

// wake has Run look at the outbox.
func (b *Box) wake() {
	select {
	case b.due <- struct{}{}:
	default: // it will look already
	}
}

// Run sends what is due until the context ends.
func (b *Box) Run(ctx context.Context) error {
	var sending errgroup.Group
	sending.SetLimit(atOnce)
	for ctx.Err() == nil {
		m, wait, err := b.next(ctx)
		switch {
		case err != nil:
			b.log.Warn("the outbox cannot be read", "error", err)
			wait = time.Second
		case m != nil:
			sending.Go(func() error { b.send(m); return nil })
		}
		if wait > 0 {
			select {
			case <-ctx.Done():
			case <-b.due:
			case <-time.After(wait):
			}
		}
	}
	return sending.Wait()
}

// attempt is a message that is being sent.
type attempt struct {
	id, to  string
	n       int
	content []byte // JSON
}

// next returns the message that is to be sent now; nil: none is, and it is time to look
// again after the wait.
func (b *Box) next(ctx context.Context) (*attempt, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	now := time.Now()
	if _, err := b.db.ExecContext(ctx, `DELETE FROM outbox WHERE due <= ? AND (state = 'taken' OR born < ?)`, now.UnixMilli(), now.Add(-day).UnixMilli()); err != nil {
		return nil, 0, err
	}
	var m attempt
	err := b.db.QueryRowContext(ctx, `UPDATE outbox SET state = 'begun', attempt = attempt + 1, due = ?
		WHERE id = (SELECT id FROM outbox WHERE due <= ? ORDER BY due, id LIMIT 1) RETURNING id, recipient, attempt, content`,
		now.Add(lease).UnixMilli(), now.UnixMilli()).Scan(&m.id, &m.to, &m.n, &m.content)
	if !errors.Is(err, sql.ErrNoRows) {
		return &m, 0, err
	}
	var first sql.NullInt64
	if err := b.db.QueryRowContext(ctx, `SELECT min(due) FROM outbox`).Scan(&first); err != nil || !first.Valid {
		return nil, idle, err
	}
	return nil, max(min(time.UnixMilli(first.Int64).Sub(now), idle), time.Millisecond), nil
}

// send makes an attempt.
func (b *Box) send(m *attempt) {
	ctx, cancel := context.WithTimeout(context.Background(), cloudapi.Timeout+exchange)
	defer cancel()
	var content cloudapi.Content
	err := json.Unmarshal(m.content, &content)
	if err == nil {
		err = b.account.Send(ctx, m.to, content, fmt.Sprint(m.n, " ", m.id))
	}
	code, refused := cloudapi.WasRefused(err)
	switch {
	case err == nil:
		err = b.settle(ctx, m.id, m.n, "taken", proof)
	case refused && cloudapi.ForNow(code):
		err = b.settle(ctx, m.id, m.n, "new", outbox.Backoff(m.n))
	case refused:
		b.log.Error("a message was refused for good", "to", m.to, "error", err)
		err = b.over(ctx, m.id)
	}
	if err != nil { // a status says whether WhatsApp has it, or the lease ends
		b.log.Warn("it is not known what became of a message", "to", m.to, "error", err)
	}
}

// settle notes how an attempt ended, unless that was noted before: a status may come twice,
// and before the answer.
func (b *Box) settle(ctx context.Context, id string, n int, state string, wait time.Duration) error {
	_, err := b.db.ExecContext(ctx, `UPDATE outbox SET state = ?, due = ? WHERE id = ? AND attempt = ? AND state <> 'new'`,
		state, time.Now().Add(wait).UnixMilli(), id, n)
	if err != nil {
		return fmt.Errorf("sqlbox: settle %s: %w", id, err)
	}
	b.wake()
	return nil
}

// over takes a message out of the outbox.
func (b *Box) over(ctx context.Context, id string) error {
	if _, err := b.db.ExecContext(ctx, `DELETE FROM outbox WHERE id = ?`, id); err != nil {
		return fmt.Errorf("sqlbox: remove %s: %w", id, err)
	}
	return nil
}

// OnStatus takes a status of a message.
func (b *Box) OnStatus(ctx context.Context, s cloudapi.Status) error {
	attempt, id, _ := strings.Cut(s.Opaque, " ")
	n, err := strconv.Atoi(attempt)
	switch {
	case err != nil:
		return nil // it is not ours
	case s.Status == "failed" && cloudapi.ForNow(s.Code):
		return b.settle(ctx, id, n, "new", outbox.Backoff(n))
	}
	return b.over(ctx, id)
}
