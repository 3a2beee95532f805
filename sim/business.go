package sim

import (
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

// SetTemplateStatus sets the status of a template, APPROVED, REJECTED or PAUSED for
// example, as Meta does, and has the bot told by a webhook. An empty language means all
// languages.
func (w *World) SetTemplateStatus(name, language, status string) error {
	return w.do(func() error {
		if err := w.fake.SetTemplateStatus(name, language, status, ""); err != nil {
			return err
		}
		w.settle()
		return nil
	})
}
