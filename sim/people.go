package sim

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"wappasim/fakewa"
)

// firstNumber is the number of the first name that a world hears.
const firstNumber = 15550000001

// Number returns the number of a person. Numbers in any form stand for
// themselves; names get +15550000001 and on, by first appearance.
func (w *World) Number(who string) string {
	if n := fakewa.Number(who); strings.HasPrefix(n, "+") || fakewa.BusinessScoped(n) {
		return n
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.numbers[who]; !ok {
		w.numbers[who] = fmt.Sprintf("+%d", firstNumber+len(w.numbers))
	}
	return w.numbers[who]
}

// Message is what somebody sends.
type Message struct {
	Who     string // a name or a number
	Content fakewa.Content
}

// Say sends a text. It returns when the bot has answered the webhook and is
// idle; time passes only if the bot lets it. It fails if the answer was not 200.
func (w *World) Say(who, text string) error {
	return w.Send(Message{who, fakewa.Text(text)})
}

// Send sends messages, all in one webhook. It returns and fails as Say does.
func (w *World) Send(batch ...Message) error {
	inbound := make([]fakewa.Inbound, len(batch))
	for i, m := range batch {
		inbound[i] = fakewa.Inbound{From: w.Number(m.Who), Content: m.Content}
	}
	return w.do(func() error {
		var (
			answer fakewa.Answer
			err    error
		)
		stuck := w.aside("answer to a webhook", func() { _, answer, err = w.fake.Deliver(context.Background(), inbound...) })
		if stuck != nil {
			return stuck
		}
		if err != nil {
			return err
		}
		return taken(answer)
	})
}

// Redeliver brings the webhook of somebody's last message once more. It returns
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
		var (
			answer fakewa.Answer
			err    error
		)
		stuck := w.aside("answer to a webhook", func() { answer, err = w.fake.Redeliver(context.Background(), last) })
		if stuck != nil {
			return stuck
		}
		if err != nil {
			return err
		}
		return taken(answer)
	})
}

func taken(a fakewa.Answer) error {
	if a.Status != http.StatusOK {
		return &Refused{a}
	}
	return nil
}

// Refused is returned for a webhook that the bot did not answer with 200.
type Refused struct{ Answer fakewa.Answer }

func (e *Refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("sim: the bot did not take the webhook: status %d %s%.200s", e.Answer.Status, e.Answer.Error, e.Answer.Body))
}

// Forge brings a message that is not signed with the app secret, and returns
// the bot's answer.
func (w *World) Forge(m Message) (answer fakewa.Answer, err error) {
	from := w.Number(m.Who)
	err = w.do(func() error {
		body, err := w.fake.Compose(fakewa.Inbound{From: from, Content: m.Content})
		if err != nil {
			return err
		}
		return w.aside("answer to a webhook", func() {
			answer = w.fake.Post(context.Background(), body, fakewa.Sign("not the app secret", body))
		})
	})
	return answer, err
}

// Read makes somebody read all that the bot sent.
func (w *World) Read(who string) error {
	user := w.Number(who)
	return w.do(func() error {
		w.fake.Phone(user).Read()
		w.settle()
		return nil
	})
}

// Inbox returns what the bot sent to somebody, oldest first. It is nil if the
// world is broken.
func (w *World) Inbox(who string) (messages []fakewa.Message) {
	user := w.Number(who)
	_ = w.do(func() error { messages = w.fake.Phone(user).Inbox(); return nil })
	return messages
}

// Sent returns what the bot sent to anybody, oldest first. It is nil if the
// world is broken.
func (w *World) Sent() (messages []fakewa.Message) {
	_ = w.do(func() error { messages = w.fake.Sent(); return nil })
	return messages
}

// Conversation returns what somebody and the bot said, oldest first. It is nil
// if the world is broken.
func (w *World) Conversation(who string) (messages []fakewa.Message) {
	user := w.Number(who)
	_ = w.do(func() error { messages = w.fake.Conversation(user); return nil })
	return messages
}
