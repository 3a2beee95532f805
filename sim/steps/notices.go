package steps

import (
	"encoding/json"
	"fmt"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/fakewa/bill"
	"wappasim/fakewa/notice"
)

func (s *scenario) noticeSteps() []step {
	ready := func(field string) error { return s.notifyReady(field, nil) }
	return []step{
		{`Meta notifies the bot of (\w+)`, "Meta notifies the bot of account_update", "The bot gets the ready webhook of this field; those of account_update say that the account is disabled.", ready},
		{`Meta notifies the bot of (\w+) with:`, "Meta notifies the bot of account_update with:", "A doc string follows with JSON: fields of the ready webhook's value.", func(field string, with *godog.DocString) error {
			return s.notifyReady(field, []byte(with.Content))
		}},
		{`Meta notifies the bot of (\w+):`, "Meta notifies the bot of smb_message_echoes:", "A doc string follows with JSON: the whole value, of any field.", func(field string, value *godog.DocString) error {
			return s.notify(notice.Raw{Name: field, Value: json.RawMessage(value.Content)})
		}},
		{`the bill has (\d+) (marketing|utility|authentication) messages?`, "the bill has 2 marketing messages", "So many messages of the category reached people and are paid for.", func(want int, category string) error {
			return s.billed(func(b bill.Bill) int { return b.Billed(category) }, want)
		}},
		{`the bill has (\d+) free messages?`, "the bill has 1 free message", "So many messages reached people and are free.", func(want int) error {
			return s.billed(func(b bill.Bill) int { return b.Free }, want)
		}},
	}
}

func (s *scenario) notifyReady(field string, with []byte) error {
	n, err := notice.Ready(field, with)
	if err != nil {
		return err
	}
	return s.notify(n)
}

func (s *scenario) notify(n notice.Notice) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Meta(func(wa *fakewa.Server) error { return notice.Send(wa, n) })
}

// billed compares a number of messages on the bill.
func (s *scenario) billed(count func(bill.Bill) int, want int) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	var b bill.Bill
	if err := w.Meta(func(wa *fakewa.Server) error { b = bill.Of(wa); return nil }); err != nil {
		return err
	}
	if got := count(b); got != want {
		return fmt.Errorf("the bill has %d of them; its lines are %+v", got, b.Lines)
	}
	return nil
}
