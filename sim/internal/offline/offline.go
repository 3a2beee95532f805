// Package offline keeps what runs in bubbles of virtual time from the network, as far as it
// needs a name server.
//
//	offline.Begin() // from now on, a name that is looked up in a bubble is refused
//
// Goroutines outside of bubbles are not concerned. A connection to an IP address is made.
package offline

import (
	"context"
	"errors"
	"net"
	"sync"

	"wappasim/sim/internal/stacks"
)

// errOutside is what a bot gets that looks up a name outside of its world.
var errOutside = errors.New("sim: the bot makes a call outside of its world: make it with Env.HTTP, or with http.Client{Transport: env.HTTP.Transport}, and give the world the host with sim.Service")

var once sync.Once

// Begin makes the program's default resolver refuse names that are looked up in a bubble.
// It may be called again, and does nothing then. Call it outside of a bubble.
func Begin() { once.Do(begin) }

func begin() {
	_, _ = net.DefaultResolver.LookupHost(context.Background(), "localhost") // what it keeps must not belong to a bubble
	resolve := net.DefaultResolver.Dial
	if resolve == nil {
		resolve = new(net.Dialer).DialContext
	}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if stacks.Bubble() != "" {
			return nil, errOutside
		}
		return resolve(ctx, network, address)
	}}
}
