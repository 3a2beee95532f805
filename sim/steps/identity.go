package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/sim"
)

// identitySteps are about how WhatsApp names people.
func (s *scenario) identitySteps() []step {
	setting := func(set func(*fakewa.Config)) error { return s.set(sim.WhatsApp(set)) }
	return []step{
		{`the business may write to (\+\d+) only`, "the business may write to +525512345678 only", "As a business with a test number: other numbers, and other spellings of this one, are refused (131030). It can be said of several.", func(number string) error {
			return setting(func(c *fakewa.Config) { c.Recipients = append(c.Recipients, number) })
		}},
		{`the business has no contact book`, "the business has no contact book", "WhatsApp names people with usernames by number for 30 days after a message to or from the number, not from then on.", func() error {
			return setting(func(c *fakewa.Config) { c.NoContactBook = true })
		}},
		s.profile(`has the username {text}`, `has the username "ana.b"`, "WhatsApp does not tell the number, until the bot knows it or the business has written to it.", func(p *fakewa.Profile, name string) { p.Username = name }),
		s.profile(`is not on WhatsApp`, "is not on WhatsApp", "What is sent to the number is taken, and fails (131026).", func(p *fakewa.Profile, _ string) { p.NotOnWhatsApp = true }),
		s.profile(`is on WhatsApp as {text}`, `is on WhatsApp as "553155550101"`, "The number of the account is another than the one that people dial.", func(p *fakewa.Profile, number string) { p.WaID = number }),
		{`{who} shares their number`, "Ana shares their number", "Taps what the bot has sent to ask for it.", func(who string) error { return s.tap(who, "request_contact_info") }},
		{`{who} gets another user id`, "Ana gets another user id", "WhatsApp tells the bot that it names the person by another id from now on.", func(who string) error {
			return s.send(who, fakewa.Content{"type": "system", "system": map[string]any{"type": "user_changed_user_id"}})
		}},
		{`the business writes {text} to the user id of {who}`, `the business writes "hello" to the user id of Ana`, "Sends a text to the id by which WhatsApp named the person last.", s.writeToID},
		{`the business asks {who} for their number`, "the business asks Ana for their number", "Sends a request for it to the id by which WhatsApp named the person last; it has a button.", s.askForNumber},
		{`WhatsApp answers with the wa_id (\d+)`, "WhatsApp answers with the wa_id 5215512345678", "The answer to the business says that the message goes to this number.", s.answersWith},
		{`WhatsApp names {who} by the number (\d+)`, "WhatsApp names Ana by the number 5215512345678", "The webhook with the person's last message has this number.", func(who, number string) error {
			return s.namedBy(who, number)
		}},
		{`WhatsApp does not tell the number of {who}`, "WhatsApp does not tell the number of Ana", "The webhook with the person's last message has a user id only.", func(who string) error {
			return s.namedBy(who, "")
		}},
	}
}

// sender is who sent a message, as its webhook has it.
type sender struct {
	From string
	ID   string `json:"from_user_id"`
}

// senderOf returns how WhatsApp named a person in the webhook with their last message.
func (s *scenario) senderOf(who string) (named sender, err error) {
	w, err := s.world()
	if err != nil {
		return sender{}, err
	}
	for _, m := range slices.Backward(w.Conversation(who)) {
		if m.Direction == fakewa.In {
			err := json.Unmarshal(m.Body, &named)
			return named, err
		}
	}
	return sender{}, fmt.Errorf("%s has sent nothing", who)
}

func (s *scenario) namedBy(who, number string) error {
	named, err := s.senderOf(who)
	if err == nil && (named.From != number || named.ID == "") {
		err = fmt.Errorf("the number is %q and the user id %q", named.From, named.ID)
	}
	return err
}

func (s *scenario) answersWith(waID string) error {
	var body struct {
		Contacts []struct {
			WaID string `json:"wa_id"`
		}
	}
	if err := json.Unmarshal([]byte(s.answer.Body), &body); err != nil || len(body.Contacts) != 1 || body.Contacts[0].WaID != waID {
		return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, strings.TrimSpace(s.answer.Body))
	}
	return nil
}

// writeToID sends a text as the business, to a user id.
func (s *scenario) writeToID(text, who string) error { return s.sendToID(who, textMessage(text)) }

func (s *scenario) askForNumber(who string) error {
	const asks = "request_contact_info"
	return s.sendToID(who, map[string]any{"type": "interactive", "interactive": map[string]any{
		"type": asks, "body": map[string]string{"text": "May we have your number?"}, "action": map[string]string{"name": asks},
	}})
}

func (s *scenario) sendToID(who string, message map[string]any) error {
	named, err := s.senderOf(who)
	if err != nil {
		return err
	}
	message["messaging_product"], message["recipient"] = "whatsapp", named.ID
	return s.call("POST", "/{phone-number-id}/messages", message)
}
