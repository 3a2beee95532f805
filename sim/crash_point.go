package sim

import "regexp"

// Where a replica crashes, counted from when the fault began: at the N-th Redis
// command, call to the Graph API or call to a service.
const (
	beforeRedis   = "before Redis command"
	afterRedis    = "after Redis command"
	beforeAPI     = "before API call"
	afterAPI      = "after API call"
	beforeService = "before service call"
	afterService  = "after service call"
)

var crashPointNames = []string{beforeRedis, afterRedis, beforeAPI, afterAPI, beforeService, afterService}

// crashPoint is where a replica crashes: at the n-th command or call from now on
// that matches like.
type crashPoint struct {
	n    int
	like *regexp.Regexp
}

// setCrashPoint sets the crash point before or after a command or call.
func (l *link) setCrashPoint(where string, p crashPoint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.crashPoints[where] = p
}

// awaits tells whether the replica is to crash there some time.
func (l *link) awaits(where string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.crashPoints[where]
	return ok
}

// reached counts a command or call, and tells whether the replica crashes here.
func (l *link) reached(where, what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.crashPoints[where]
	if !ok || !p.like.MatchString(what) {
		return false
	}
	p.n--
	if l.crashPoints[where] = p; p.n == 0 {
		delete(l.crashPoints, where)
	}
	return p.n == 0
}

// crash ends all I/O at once. The world reaps the incarnation as soon as it can.
func (l *link) crash() {
	l.mu.Lock()
	l.crashed = true
	l.mu.Unlock()
	l.sever()
	l.world.wake()
}

// crashAtRest ends all I/O as soon as what else happens at this instant is over, such
// as the answer to the webhook that led to a call: else the scheduler would choose
// which comes first. The replica gets no more webhooks.
func (l *link) crashAtRest() {
	l.mu.Lock()
	l.crashed = true
	l.mu.Unlock()
	l.world.wake()
}

func (l *link) hasCrashed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crashed
}
