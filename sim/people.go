package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
)

// firstNumber is the number of the first name in a world.
const firstNumber = 15550000001

// Number returns the number of a person. A number in any form stands for itself;
// names get +15550000001, +15550000002 and so on, in the order of their first use.
func (w *World) Number(who string) string {
	if n := fakewa.Number(who); strings.HasPrefix(n, "+") || message.BusinessScoped(n) {
		return n
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.numbers[who]; !ok {
		w.numbers[who] = nth(len(w.numbers))
	}
	return w.numbers[who]
}

// nth returns the number of the n-th name, from 0.
func nth(n int) string { return fmt.Sprintf("+%d", firstNumber+n) }

// Message is what a person sends.
type Message struct {
	Who     string // a name or a number
	Content fakewa.Content
}

// Say has a person send a text. It returns when the bot has answered the webhook and
// is idle; time passes only if the bot waits before it answers. An answer other than
// 200 is a [*Refused].
func (w *World) Say(who, text string) error {
	return w.Send(Message{who, fakewa.Text(text)})
}

// Send has people send messages, all in one webhook. It returns and fails as Say does.
func (w *World) Send(batch ...Message) error {
	for _, m := range batch {
		if m.Who == "" {
			return errors.New("sim: a message has no sender: want a name or a number")
		}
	}
	inbound := w.inbound(batch)
	return w.do(func() error {
		hooks, err := w.write(inbound)
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			if err := w.deliver(func(ctx context.Context) fakewa.Answer { return w.fake.DeliverOnce(ctx, hook) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) inbound(batch []Message) []fakewa.Inbound {
	inbound := make([]fakewa.Inbound, len(batch))
	for i, m := range batch {
		inbound[i] = fakewa.Inbound{From: w.Number(m.Who), Content: m.Content}
	}
	return inbound
}

// sendAside has people send messages as Send does, for a goroutine that runs aside. Without an
// error there is an id for each; it is "" if a fault holds the messages.
func (w *World) sendAside(batch []fakewa.Inbound) (ids []string, answer fakewa.Answer, err error) {
	hooks, err := w.write(batch)
	if err != nil {
		return nil, answer, err
	}
	if len(hooks) == 0 {
		return make([]string, len(batch)), fakewa.Answer{Error: "a fault holds the message until others come"}, nil
	}
	for _, hook := range hooks {
		ids = append(ids, hook.IDs...)
		answer = w.fake.DeliverOnce(context.Background(), hook)
	}
	return ids[max(0, len(ids)-len(batch)):], answer, nil
}

// deliver delivers a webhook and lets time pass until it is answered. An answer
// other than 200 is an error.
func (w *World) deliver(post func(context.Context) fakewa.Answer) error {
	var answer fakewa.Answer
	if err := w.aside(webhookAnswer, func() { answer = post(context.Background()) }); err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return &Refused{answer}
	}
	return nil
}

const webhookAnswer = "the bot's answer to a webhook"

// Refused is returned by [World.Say], [World.Send] and [World.Redeliver] for a
// webhook that the bot did not answer with 200.
type Refused struct{ Answer fakewa.Answer }

func (e *Refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("sim: the bot did not take the webhook: status %d %s%.200s", e.Answer.Status, e.Answer.Error, e.Answer.Body))
}

// Tap has a person tap a button, or pick a row, by its title or id, of the latest message that
// offers it. It is an error if none does. Else it returns and fails as Say does.
func (w *World) Tap(who, choice string) error {
	content, err := w.Choose(who, choice)
	if err != nil {
		return err
	}
	return w.Send(Message{who, content})
}

// Choose returns what a person would send if they tapped a button or a row; see
// [fakewa.Phone.Choose].
func (w *World) Choose(who, choice string) (content fakewa.Content, err error) {
	user := w.Number(who)
	err = w.do(func() (err error) {
		content, err = w.fake.Phone(user).Choose(choice, "")
		return err
	})
	return content, err
}

// Redeliver delivers the webhook of a person's last message once more. It returns
// and fails as Say does.
func (w *World) Redeliver(who string) error {
	user := w.Number(who)
	return w.do(func() error {
		var last string
		for _, m := range w.fake.Conversation(user) {
			if m.Direction == fakewa.In {
				last = m.ID
			}
		}
		var err error
		refused := w.deliver(func(ctx context.Context) (answer fakewa.Answer) {
			answer, err = w.fake.Redeliver(ctx, last)
			return answer
		})
		return cmp.Or(err, refused)
	})
}

// SendUnsigned delivers a message that is not signed with the app secret, and
// returns the bot's answer.
func (w *World) SendUnsigned(m Message) (answer fakewa.Answer, err error) {
	from := w.Number(m.Who)
	err = w.do(func() error {
		hook, err := w.fake.Compose(fakewa.Inbound{From: from, Content: m.Content})
		if err != nil {
			return err
		}
		return w.aside(webhookAnswer, func() {
			answer = w.fake.Post(context.Background(), hook.Body, fakewa.Sign("not the app secret", hook.Body))
		})
	})
	return answer, err
}

// Read has a person read everything that the bot sent.
func (w *World) Read(who string) error {
	user := w.Number(who)
	return w.do(func() error {
		w.fake.Phone(user).Read()
		w.settle()
		return nil
	})
}

// React has a person react to the bot's last message that has arrived, or take the
// reaction back if the emoji is empty. It is an error if none has; else it returns and
// fails as Say does.
func (w *World) React(who, emoji string) error {
	for _, m := range slices.Backward(w.Inbox(who)) {
		if m.Type != "reaction" {
			return w.Send(Message{who, fakewa.Reaction(m.ID, emoji)})
		}
	}
	return fmt.Errorf("sim: react: %s has received nothing to react to", who)
}

// SetProfile changes what a person is to WhatsApp: their name, whether their phone is off
// (Silent), and whether they block the business (Blocks). A phone that is switched on gets
// what it has missed.
func (w *World) SetProfile(who string, set func(*fakewa.Profile)) error {
	user := w.Number(who)
	return w.do(func() error {
		phone := w.fake.Phone(user)
		profile := phone.Profile()
		set(&profile)
		phone.SetProfile(profile)
		w.settle()
		return nil
	})
}
