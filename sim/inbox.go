package sim

import (
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/report"
	"wappasim/sim/internal/talk"
	"wappasim/sim/trace"
)

// Inbox returns what the bot sent to a person, oldest first. It is nil if the world
// is closed or stuck.
func (w *World) Inbox(who string) (messages []fakewa.Message) {
	user := w.Number(who)
	_ = w.do(func() error { messages = w.fake.Phone(user).Inbox(); return nil })
	return messages
}

// Sent returns what the bot sent to anyone, oldest first. It is nil if the world is
// closed or stuck.
func (w *World) Sent() (messages []fakewa.Message) {
	_ = w.do(func() error { messages = w.fake.Sent(); return nil })
	return messages
}

// Conversation returns what a person and the bot wrote to each other, oldest first. It
// is nil if the world is closed or stuck.
func (w *World) Conversation(who string) (messages []fakewa.Message) {
	user := w.Number(who)
	_ = w.do(func() error { messages = w.fake.Conversation(user); return nil })
	return messages
}

// Talk returns what a person and the bot wrote to each other as people read it: a message
// a line, with the time of day, and more lines for one of several.
func (w *World) Talk(who string) string {
	var b strings.Builder
	w.Inbox(who) // what has just been sent arrives
	for _, m := range w.Conversation(who) {
		by := "bot"
		if m.Direction == fakewa.In {
			by = who
		}
		b.WriteString(talk.Line(by, m) + "\n")
	}
	return b.String()
}

// Report returns the report card of the bot so far: what production would punish. See
// [CleanReport].
func (w *World) Report() (card report.Report) {
	_ = w.do(func() error { card = report.Of(w.fake); return nil })
	return card
}

// Requests returns every call of the bot to the Graph API, oldest first.
func (w *World) Requests() (requests []fakewa.Request) {
	_ = w.do(func() error { requests = w.fake.Requests(); return nil })
	return requests
}

// Trace returns what has happened so far.
func (w *World) Trace() *trace.Trace { return &w.trace }
