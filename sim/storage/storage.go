// Package storage opens a SQL database for a bot in a world, so that a crash ends what the
// bot does with it, as a kill does.
//
//	dir, err := env.Dir()
//	if err != nil {
//		return nil, err
//	}
//	db, err := storage.Open(env.Life, "sqlite", filepath.Join(dir, "counter.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock=immediate"))
//
// A crash in a world cannot stop goroutines. What the bot sends is lost from then on, and
// so must be what it stores: when the life of the replica is over, every statement and
// every commit fails, and open transactions are rolled back.
//
// What it does not do: a statement takes no virtual time, so that a world cannot crash the
// bot within one, or between two with no call in between. A process that is killed leaves a
// database file as it is, while the machine that loses power may not; here it never does.
// Statements that wait for each other's locks must do so by the package time, as
// modernc.org/sqlite does with busy_timeout; a database server on the network is outside
// the world, whose time stands still until the server answers. BEGIN as the text of a
// statement is no transaction that is rolled back; [database/sql.DB.BeginTx] is.
package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// ErrOver is why statements fail once the life is over.
var ErrOver = errors.New("storage: the replica's life is over")

// Open opens a database of a driver for the time of a life, which is [sim.Env]'s. Open does
// not connect, as [sql.Open] does not. The driver must know contexts. The caller must close
// the database when the bot ends.
func Open(life context.Context, driverName, dsn string) (*sql.DB, error) {
	db, err := sql.Open(driverName, dsn)
	if err != nil {
		return nil, fmt.Errorf("storage: open a database: %w", err)
	}
	defer db.Close() // it has no connection
	c := connector{life: life, driver: db.Driver(), connect: func(context.Context) (driver.Conn, error) { return db.Driver().Open(dsn) }}
	if d, ok := c.driver.(driver.DriverContext); ok {
		inner, err := d.OpenConnector(dsn)
		if err != nil {
			return nil, fmt.Errorf("storage: open a database: %w", err)
		}
		c.connect = inner.Connect
	}
	return sql.OpenDB(c), nil
}

// connector makes connections that end with a life.
type connector struct {
	life    context.Context
	driver  driver.Driver
	connect func(context.Context) (driver.Conn, error)
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.life.Err() != nil {
		return nil, ErrOver
	}
	made, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	knows, ok := made.(contextual)
	if !ok {
		return nil, errors.Join(fmt.Errorf("storage: connections of %T do not know contexts", c.driver), made.Close())
	}
	return newConn(c.life, knows), nil
}
