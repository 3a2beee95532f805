package stacktest

import (
	"fmt"
	"slices"
	"time"
)

// Balance is the result of a ledger. Each thing in it is named.
type Balance struct {
	Messages, Acknowledged, Histories int
	Lost, Doubled                     []string // Doubled: those that no guarantee allows
	Disordered, Early, Strange        []string
	Malformed                         []string
	Allowed                           []string // duplicates that the guarantee names
	Gone                              []string // messages that a killed master may take with it
}

func (b Balance) String() string {
	return fmt.Sprintf("messages %d, acknowledged %d, histories %d, lost %d, doubled %d, out of order %d, early %d, strange %d, malformed %d, allowed duplicates %d, gone with a master %d",
		b.Messages, b.Acknowledged, b.Histories, len(b.Lost), len(b.Doubled), len(b.Disordered), len(b.Early), len(b.Strange), len(b.Malformed), len(b.Allowed), len(b.Gone))
}

// Violations is all that must not be.
func (b Balance) Violations() (all []string) {
	for name, list := range map[string][]string{
		"lost": b.Lost, "doubled": b.Doubled, "out of order": b.Disordered, "early": b.Early, "strange": b.Strange, "malformed": b.Malformed,
	} {
		for _, what := range list {
			all = append(all, name+": "+what)
		}
	}
	slices.Sort(all)
	return all
}

// histories returns the copies that did not fail afterwards, by time.
func (l *Ledger) histories() (all []*historyCopy) {
	for _, c := range l.copies {
		if !l.failed[c.id] {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b *historyCopy) int { return a.at.Compare(b.at) })
	return all
}

// Balance judges what the ledger has noted.
func (l *Ledger) Balance() (b Balance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.faults {
		l.faults[i].woken = false
	}
	all := l.histories()
	b.Messages, b.Histories = len(l.written), len(all)
	held := make(map[string][]*historyCopy, len(l.written)) // the copies that hold a message
	sequence := make(map[string][]*message)                 // by user: what came back, the first time it did
	for _, c := range all {
		if c.form != "" {
			b.Malformed = append(b.Malformed, c.name()+": "+c.form)
		}
		var earlier []*historyCopy
		var last *message
		for _, line := range c.lines {
			m := l.written[line.text]
			if m == nil || m.user != c.user {
				b.Strange = append(b.Strange, fmt.Sprintf("%q in %s, which %s did not write", line.text, c.name(), c.user))
				continue
			}
			if m.clock != line.clock {
				b.Malformed = append(b.Malformed, fmt.Sprintf("%q in %s has the time %s, want %s", line.text, c.name(), line.clock, m.clock))
			}
			if last == nil || m.delivered.After(last.delivered) {
				last = m
			}
			for _, e := range held[m.text] {
				if !slices.Contains(earlier, e) {
					earlier = append(earlier, e)
				}
			}
			if held[m.text] == nil {
				sequence[c.user] = append(sequence[c.user], m)
			}
			held[m.text] = append(held[m.text], c)
		}
		if last != nil && c.at.Before(last.delivered.Add(l.silence)) {
			b.Early = append(b.Early, fmt.Sprintf("%s, %s after the delivery of %q", c.name(), c.at.Sub(last.delivered), last.text))
		}
		if len(earlier) > 0 {
			if why, allowed := l.judge(c, earlier); allowed {
				b.Allowed = append(b.Allowed, why)
			} else {
				b.Doubled = append(b.Doubled, why)
			}
		}
	}
	for _, m := range l.written {
		if m.acknowledged.IsZero() {
			continue
		}
		b.Acknowledged++
		if held[m.text] != nil {
			continue
		}
		what := fmt.Sprintf("%q of %s, acknowledged at %s", m.text, m.user, m.acknowledged.Format(time.StampMilli))
		if l.failover.mayBeLost(m) {
			b.Gone = append(b.Gone, what)
		} else {
			b.Lost = append(b.Lost, what)
		}
	}
	for _, messages := range sequence {
		b.Disordered = append(b.Disordered, disorder(messages)...)
	}
	for _, list := range [][]string{b.Lost, b.Gone, b.Disordered} {
		slices.Sort(list)
	}
	return b
}

// disorder finds messages that came back before another which had been acknowledged
// before they were delivered.
func disorder(messages []*message) (found []string) {
	var first *message // of those that came back later, the one that was acknowledged first
	for _, m := range slices.Backward(messages) {
		if first != nil && first.acknowledged.Before(m.delivered) {
			found = append(found, fmt.Sprintf("%q of %s came back before %q, which was acknowledged %s before it was delivered",
				m.text, m.user, first.text, m.delivered.Sub(first.acknowledged)))
		}
		if !m.acknowledged.IsZero() && (first == nil || m.acknowledged.Before(first.acknowledged)) {
			first = m
		}
	}
	return found
}
