package sim

import (
	"bytes"
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
)

// errOutside is what a bot gets that looks up a name outside of its world.
var errOutside = errors.New("sim: the bot makes a call outside of its world: make it with Env.HTTP or its transport")

// offline keeps bots from the network: from then on, a name that a goroutine in a world
// looks up is refused. Goroutines outside of worlds are not concerned.
var offline sync.Once

func goOffline() {
	_, _ = net.DefaultResolver.LookupHost(context.Background(), "localhost") // what it keeps must not belong to a bubble
	resolve := net.DefaultResolver.Dial
	if resolve == nil {
		resolve = new(net.Dialer).DialContext
	}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if inBubble() {
			return nil, errOutside
		}
		return resolve(ctx, network, address)
	}}
}

// inBubble tells whether the goroutine is in a bubble of virtual time.
func inBubble() bool {
	header := make([]byte, 256)
	header, _, _ = bytes.Cut(header[:runtime.Stack(header, false)], []byte("\n"))
	return bytes.Contains(header, []byte("synctest bubble"))
}
