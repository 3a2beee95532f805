package storage

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// contextual is a connection of a driver that knows contexts.
type contextual interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

// conn is a connection whose statements fail when a life is over. The package sql uses it
// from one goroutine at a time, and asks ResetSession before it uses one again.
type conn struct {
	contextual
	life   context.Context
	forget func() bool // that open ends with the life

	turn chan struct{} // holds one while somebody uses the connection: a mutex would stop virtual time
	open driver.Tx     // the transaction that is open; nil: none
}

func newConn(life context.Context, made contextual) *conn {
	c := &conn{contextual: made, life: life, turn: make(chan struct{}, 1)}
	c.forget = context.AfterFunc(life, func() {
		defer c.take()()
		_ = c.end(driver.Tx.Rollback)
	})
	return c
}

// take waits until nobody else uses the connection.
func (c *conn) take() (done func()) {
	c.turn <- struct{}{}
	return func() { <-c.turn }
}

// end ends the open transaction, if there is one. The caller has the turn.
func (c *conn) end(how func(driver.Tx) error) error {
	if c.open == nil {
		return nil
	}
	err := how(c.open)
	c.open = nil
	return err
}

func (c *conn) Close() error {
	c.forget()
	defer c.take()()
	c.open = nil
	return c.contextual.Close()
}

// ResetSession and IsValid have the package sql drop the connection when the life is over.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.life.Err() != nil {
		return driver.ErrBadConn
	}
	if r, ok := c.contextual.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *conn) IsValid() bool {
	v, ok := c.contextual.(driver.Validator)
	return c.life.Err() == nil && (!ok || v.IsValid())
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.contextual.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	made, err := during(ctx, c, func(ctx context.Context) (driver.Stmt, error) { return c.contextual.PrepareContext(ctx, query) })
	if err != nil {
		return nil, err
	}
	knows, ok := made.(contextualStmt)
	if !ok {
		made.Close()
		return nil, fmt.Errorf("storage: statements of %T do not know contexts", made)
	}
	return stmt{knows, c}, nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return during(ctx, c, func(ctx context.Context) (driver.Result, error) { return c.contextual.ExecContext(ctx, query, args) })
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return during(ctx, c, func(context.Context) (driver.Rows, error) { return c.contextual.QueryContext(ctx, query, args) })
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return during(ctx, c, func(context.Context) (driver.Tx, error) {
		open, err := c.contextual.BeginTx(ctx, opts)
		if err != nil {
			return nil, err
		}
		c.open = open
		return tx{c}, nil
	})
}

// during does something with a connection, unless the life is over. The context that do
// gets ends with the life, and when do returns.
func during[T any](ctx context.Context, c *conn, do func(context.Context) (T, error)) (T, error) {
	defer c.take()()
	if c.life.Err() != nil {
		var none T
		return none, ErrOver
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	return do(ctx)
}

// tx is the open transaction of a connection.
type tx struct{ conn *conn }

func (t tx) Commit() error {
	defer t.conn.take()()
	if t.conn.life.Err() != nil {
		_ = t.conn.end(driver.Tx.Rollback)
		return ErrOver
	}
	return t.conn.end(driver.Tx.Commit)
}

func (t tx) Rollback() error {
	defer t.conn.take()()
	return t.conn.end(driver.Tx.Rollback)
}

// contextualStmt is a prepared statement of a driver that knows contexts.
type contextualStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// stmt is a prepared statement of a connection.
type stmt struct {
	contextualStmt
	conn *conn
}

func (s stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return during(ctx, s.conn, func(ctx context.Context) (driver.Result, error) { return s.contextualStmt.ExecContext(ctx, args) })
}

func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return during(ctx, s.conn, func(context.Context) (driver.Rows, error) { return s.contextualStmt.QueryContext(ctx, args) })
}
