// Package bill counts what the messages of a bot cost: a run's bill.
//
//	b := bill.Of(wa)
//	fmt.Println(b.Billed("utility"), b.Free)
//
// Only messages that reached the user's phone are on it, as at Meta. It has numbers of
// messages and no amounts of money, and sees what the server still keeps.
package bill

import (
	"cmp"
	"slices"

	"wappasim/fakewa"
)

// Bill is what the messages of a business cost.
type Bill struct {
	Lines    []Line `json:"lines"`    // by category, then type; none: nothing was delivered
	Billable int    `json:"billable"` // messages that are paid for
	Free     int    `json:"free"`     // messages that are not
}

// Line counts the messages of one price.
type Line struct {
	Category string `json:"category"` // as in package pricing
	Type     string `json:"type"`
	Billable bool   `json:"billable"`
	Messages int    `json:"messages"`
}

// delivered are the statuses of messages that reached the phone.
var delivered = []string{"delivered", "read", "played"}

// Of returns the bill of what the bot of a server has sent since the start, or since
// [fakewa.Server.Reset].
func Of(s *fakewa.Server) Bill {
	counts := make(map[Line]int)
	for _, m := range s.Sent() {
		if m.Price != nil && slices.Contains(delivered, m.Status) {
			counts[Line{m.Price.Category, m.Price.Type, m.Price.Billable, 0}]++
		}
	}
	b := Bill{Lines: []Line{}}
	for line, n := range counts {
		if line.Billable {
			b.Billable += n
		} else {
			b.Free += n
		}
		line.Messages = n
		b.Lines = append(b.Lines, line)
	}
	slices.SortFunc(b.Lines, func(x, y Line) int { return cmp.Or(cmp.Compare(x.Category, y.Category), cmp.Compare(x.Type, y.Type)) })
	return b
}

// Billed returns how many messages of a category are paid for.
func (b Bill) Billed(category string) (n int) {
	for _, line := range b.Lines {
		if line.Billable && line.Category == category {
			n += line.Messages
		}
	}
	return n
}
