package fakeredis

import (
	"bufio"
	"io"
	"reflect"
	"strconv"
	"sync"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// A miniredis knows by a peer's Ctx that a command comes from a script: that it holds
// its lock already, and refuses MULTI and the like. The type is its own. So a script
// that miniredis itself runs shows one, and each prepared state gets a copy.
const (
	contextScript = "return redis.call('PING')"
	contextSHA    = "9e15db9d82a8a2f2029845f70d37494af8690c35" // of contextScript; miniredis names it when it refuses a command
)

var scriptContext = sync.OnceValue(func() (ctx any) {
	m := miniredis.NewMiniRedis()
	conn, err := m.Dial() // there is no Server before
	if err != nil {
		panic(err) // it is a pipe
	}
	conn.Close()
	m.Server().SetPreHook(func(c *server.Peer, command string, _ ...string) bool {
		if command == "PING" {
			ctx = c.Ctx
		}
		return false
	})
	m.Server().Dispatch(server.NewPeer(bufio.NewWriter(io.Discard)), []string{"EVAL", contextScript, "0"})
	m.Close()
	return ctx
})

func newScriptContext() any {
	original := reflect.ValueOf(scriptContext()).Elem()
	ctx := reflect.New(original.Type())
	ctx.Elem().Set(original)
	return ctx.Interface()
}

// connection is what a peer's Ctx says of it.
type connection struct {
	db     int
	script bool // its commands come from a script
	queues bool // it is in a transaction
	plain  bool // it is in none and has no subscriptions
}

// connectionOf reads a peer's Ctx. It is false for one of a miniredis that keeps it
// in another way; then scripts run as they would without this package.
func connectionOf(c *server.Peer) (is connection, ok bool) {
	fields := contextFields()
	if fields == nil {
		return connection{}, false
	}
	if c.Ctx == nil { // no command has needed it
		return connection{plain: true}, true
	}
	ctx := reflect.ValueOf(c.Ctx).Elem()
	queues := !ctx.Field(fields[2]).IsNil()
	return connection{int(ctx.Field(fields[0]).Int()), ctx.Field(fields[1]).Bool(), queues, !queues && ctx.Field(fields[3]).IsNil()}, true
}

// contextFields finds the fields of a Ctx; nil: they are not what is expected.
var contextFields = sync.OnceValue(func() (fields []int) {
	ctx := reflect.TypeOf(scriptContext()).Elem()
	for _, want := range []struct {
		name string
		kind reflect.Kind
	}{{"selectedDB", reflect.Int}, {"nested", reflect.Bool}, {"transaction", reflect.Slice}, {"subscriber", reflect.Pointer}} {
		field, ok := ctx.FieldByName(want.name)
		if !ok || field.Type.Kind() != want.kind {
			return nil
		}
		fields = append(fields, field.Index[0])
	}
	return fields
})

// selectDB makes the commands of scripts use a database.
func (s *scriptState) selectDB(db int) {
	if is, _ := connectionOf(&server.Peer{Ctx: s.ctx}); is.db != db {
		_, _ = s.command([]string{"SELECT", strconv.Itoa(db)}) // the client has selected it
	}
}
