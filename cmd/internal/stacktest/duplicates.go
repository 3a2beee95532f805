package stacktest

import (
	"fmt"
	"time"
)

// Bounds for what the ledger has not seen itself. They are extended by how late the
// machine was.
const (
	beforeCall = 5 * time.Second // between a part's beginning and its call, where no Redis proxy saw the beginning
	underWay   = time.Second     // between a replica's look at the clock and its call
	rounding   = 2 * time.Millisecond
)

// began returns between which times Redis gave the part of a copy to its sender: the
// first time, from which proof is awaited, and the latest, at which there was none. If
// that was not seen, they are bounds.
func (l *Ledger) began(c *historyCopy) (first, latest time.Time, seen bool) {
	var last *beginning
	begun := l.begun[c.user]
	for i, b := range begun {
		if b.replica == c.replica && !b.at.After(c.at) && (last == nil || b.at.After(last.at)) {
			last = &begun[i]
		}
	}
	if last == nil {
		late := Late(c.at.Add(-beforeCall), c.at)
		return c.at.Add(-beforeCall - late), c.at.Add(-underWay - late), false
	}
	first = last.at
	for _, b := range begun {
		if b.owner == last.owner && b.part == last.part && b.at.Before(first) {
			first = b.at
		}
	}
	return first, last.at, true
}

// unseen names the copies whose beginning was not seen.
func (l *Ledger) unseen() (names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.copies {
		if _, _, seen := l.began(c); !seen {
			names = append(names, c.name())
		}
	}
	return names
}

// judge tells whether the guarantee allows a copy: only of the same part, if the
// answers to all earlier ones were lost, and none was proved in time.
func (l *Ledger) judge(c *historyCopy, earlier []*historyCopy) (why string, allowed bool) {
	why, allowed = c.name(), true
	if f := l.wokeWith(c, earlier); f != nil {
		f.woken = true
		return why + ", begun before its replica froze, and sent when it woke", true
	}
	_, begun, seen := l.began(c)
	for _, e := range earlier {
		why += fmt.Sprintf(", %s after replica %d", c.at.Sub(e.at).Round(time.Millisecond), e.replica)
		lost := l.lostBy(e)
		proved, ok := l.proved[e.id]
		first, _, _ := l.began(e)
		inTime := begun // that a proof must be by
		if late := e.at.Add(l.proof - underWay); !seen && late.Before(inTime) {
			inTime = late // the copy may have been under way since then
		}
		switch {
		case e == c:
			why, allowed = why+": twice in one history", false
		case l.failover.mayRepeat(e):
			why += ": the master was killed before it had passed on that the history was begun"
		case e.opaque != c.opaque:
			why, allowed = why+fmt.Sprintf(": another history, %q", e.opaque), false
		case lost == "":
			why, allowed = why+": whose answer was not lost", false
		case c.at.Before(first.Add(l.proof - rounding)):
			why, allowed = why+fmt.Sprintf(": %s, but a status has %s to come", lost, l.proof), false
		case ok && !proved.After(inTime):
			why, allowed = why+fmt.Sprintf(": %s, but a status was acknowledged %s after it was sent", lost, proved.Sub(e.at).Round(time.Millisecond)), false
		default:
			why += fmt.Sprintf(": %s, and no status of it was acknowledged within %s", lost, l.proof)
		}
	}
	return why, allowed
}

// wokeWith returns the freeze from which the replica of a copy had just woken. What was
// between its last look at the clock and the network then, is sent: the guarantee
// names that, and it is hardly ever more than one in a freeze.
func (l *Ledger) wokeWith(c *historyCopy, earlier []*historyCopy) *fault {
	_, begun, _ := l.began(c)
	for i := range l.faults {
		f := &l.faults[i]
		woke := f.replica == c.replica && !f.woken && !f.to.IsZero() && begun.Before(f.to) &&
			c.at.Sub(f.to).Abs() < underWay+Late(f.from, c.at) && f.to.Sub(f.from) > l.proof-underWay-Late(f.from, f.to)
		for _, e := range earlier {
			woke = woke && e != c && e.opaque == c.opaque && e.replica != c.replica && e.at.After(f.from)
		}
		if woke {
			return f
		}
	}
	return nil
}

// lostBy names what may have lost the answer to a copy, or what was known of it.
func (l *Ledger) lostBy(c *historyCopy) string {
	if c.lost != "" {
		return c.lost
	}
	for _, f := range l.faults {
		before := !f.to.IsZero() && f.to.Before(c.at)
		if f.replica == c.replica && f.incarnation != 0 && f.incarnation == c.incarnation {
			before = false // its call was read when it had been killed
		}
		if (f.replica == c.replica || f.replica == everyReplica) && !before && f.from.Before(c.at.Add(l.proof)) {
			return f.what
		}
	}
	return ""
}
