package steps

import (
	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
)

// coexistenceSteps are what somebody of the business does in the WhatsApp Business app.
func (s *scenario) coexistenceSteps() []step {
	return []step{
		{`the app says {text} to {who}`, `the app says "I take over." to Ana`, "Somebody of the business writes to the person in the WhatsApp Business app: the bot gets an echo. The person does not receive it.", func(text, who string) error {
			return s.inApp(func(to func(string) string, b *coexist.Business) error {
				_, err := b.Say(to(who), text)
				return err
			})
		}},
		{`the app edits {text} to {text}`, `the app edits "I take over." to "Ben takes over."`, "Gives the latest message with these words in the app others; for 15 minutes.", func(of, words string) error {
			return s.inApp(func(_ func(string) string, b *coexist.Business) error {
				id, err := b.Find(of)
				if err != nil {
					return err
				}
				return b.Edit(id, words)
			})
		}},
		{`the app deletes {text}`, `the app deletes "I take over."`, "Deletes the latest message with these words in the app; for two days.", func(of string) error {
			return s.inApp(func(_ func(string) string, b *coexist.Business) error {
				id, err := b.Find(of)
				if err != nil {
					return err
				}
				return b.Delete(id)
			})
		}},
		{`the app shares its history in chunks of (\d+)`, "the app shares its history in chunks of 2", "The bot gets what was said, in webhooks of the field history of at most so many messages.", func(chunk int) error {
			return s.inApp(func(_ func(string) string, b *coexist.Business) error { return b.ShareHistory(chunk) })
		}},
		{`the app does not share its history`, "the app does not share its history", "The bot gets the error that the business has declined.", func() error {
			return s.inApp(func(_ func(string) string, b *coexist.Business) error { return b.DeclineHistory() })
		}},
		{`the app saves {who} as {text}`, `the app saves Ana as "Ana María"`, "The bot gets a change of the address book, smb_app_state_sync.", func(who, name string) error {
			return s.inApp(func(to func(string) string, b *coexist.Business) error { return b.SaveContact(to(who), name) })
		}},
		{`the app removes {who}`, "the app removes Ana", "The bot gets that the person is no longer in the address book.", func(who string) error {
			return s.inApp(func(to func(string) string, b *coexist.Business) error { return b.RemoveContact(to(who)) })
		}},
	}
}

// inApp does something in the app. To returns the number of a person.
func (s *scenario) inApp(do func(to func(who string) string, b *coexist.Business) error) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	return w.Meta(func(wa *fakewa.Server) error {
		if s.app == nil {
			s.app = coexist.New(wa)
		}
		return do(w.Number, s.app)
	})
}
