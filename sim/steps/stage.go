package steps

import (
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/report"
	"wappasim/sim"
)

// stage is where a scenario plays: in a [sim.World], or with a running bot.
type stage interface {
	Number(who string) string
	Say(who, text string) error
	Send(batch ...sim.Message) error
	Redeliver(who string) error
	SendUnsigned(m sim.Message) (fakewa.Answer, error)
	Choose(who, choice string) (fakewa.Content, error)
	Read(who string) error
	Inbox(who string) []fakewa.Message
	Conversation(who string) []fakewa.Message
	Requests() []fakewa.Request
	Call(method, path, body string) (fakewa.Answer, error)
	SetProfile(who string, set func(*fakewa.Profile)) error
	Meta(f func(*fakewa.Server) error) error
	Report() report.Report

	Now() time.Time
	Wait(d time.Duration) error
	WaitUntil(t time.Time) error
	WaitFor(d time.Duration, so func() bool) (bool, error)

	Inject(f sim.Fault) error
	Keys() []sim.Key
	Close() error
}

var _ stage = (*sim.World)(nil)
