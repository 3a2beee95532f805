package sim

import (
	"time"

	"wappasim/fakewa"
	"wappasim/sim/internal/graphcall"
	"wappasim/sim/internal/inside"
)

func init() {
	inside.Do = func(world any, what string, f func(*fakewa.Server) error) error {
		w := world.(*World)
		return w.do(func() error {
			var failed error
			if err := w.aside(what, func() { failed = f(w.fake) }); err != nil {
				return err
			}
			return failed
		})
	}
	inside.Platform = func(world any) *fakewa.Platform { return world.(*World).platform }
	inside.Send = func(world any, batch []fakewa.Inbound) ([]string, fakewa.Answer, error) {
		return world.(*World).sendAside(batch)
	}
	inside.Next = func(world any, most time.Duration) (bool, error) { return world.(*World).passToNext(most) }
	inside.Active = func(world any) []inside.Fault { return world.(*World).active() }
}

// Call calls the Graph API as the business may do past its bot: with its token,
// under a path as Meta's documents write it, /{phone-number-id}/messages or
// /{whatsapp-business-account-id}/message_templates, or a whole URL. Time passes until the
// answer is there.
func (w *World) Call(method, path, body string) (answer fakewa.Answer, err error) {
	err = w.do(func() error {
		var failed error
		err := w.aside("WhatsApp's answer to the business", func() { answer, failed = graphcall.Do(w.fake, token, method, path, body) })
		if err != nil {
			return err
		}
		return failed
	})
	return answer, err
}

// Meta has Meta do something to the business: f gets its fake, as in
// notice.Send(wa, notice.AccountReview{}) or
// wa.SetTemplateStatus("ready", "", "APPROVED", ""). The bot has the webhooks of it when
// Meta returns, unless they take time. f must not wait for the bot.
func (w *World) Meta(f func(wa *fakewa.Server) error) error {
	return w.do(func() error {
		if err := f(w.fake); err != nil {
			return err
		}
		w.settle()
		return nil
	})
}
