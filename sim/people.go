package sim

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
)

// firstNumber is the number of the first name that a world hears.
const firstNumber = 15550000001

// Number returns the number of a person. Numbers in any form stand for
// themselves; names get +15550000001 and on, by first appearance.
func (w *World) Number(who string) string {
	if n := fakewa.Number(who); strings.HasPrefix(n, "+") || message.BusinessScoped(n) {
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
	inbound := w.inbound(batch)
	return w.do(func() error {
		hooks, err := w.write(inbound)
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			if err := w.bring(func(ctx context.Context) fakewa.Answer { return w.fake.DeliverOnce(ctx, hook) }); err != nil {
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

// write has messages written, and returns the webhooks that bring them, or none
// while they are held.
func (w *World) write(inbound []fakewa.Inbound) ([]fakewa.Webhook, error) {
	if w.holding.Kind == MessagesTogether {
		for _, in := range inbound {
			if err := in.Content.Check(); err != nil {
				return nil, err
			}
		}
		w.held = append(w.held, inbound...)
		if w.holding.N -= len(inbound); w.holding.N > 0 {
			return nil, nil
		}
		inbound, w.held, w.holding = w.held, nil, Fault{}
	}
	hook, err := w.fake.Compose(inbound...)
	if err != nil {
		return nil, err
	}
	for i, in := range inbound {
		w.trace.add(Event{Who: fakewa.Number(in.From), What: Says, To: "whatsapp", IDs: hook.IDs[i : i+1], Text: in.Content.String()})
	}
	if w.holding.Kind != MessagesReversed {
		return []fakewa.Webhook{hook}, nil
	}
	w.heldHooks = append(w.heldHooks, hook)
	if w.holding.N--; w.holding.N > 0 {
		return nil, nil
	}
	hooks := w.heldHooks
	slices.Reverse(hooks)
	w.heldHooks, w.holding = nil, Fault{}
	return hooks, nil
}

// letGo sends what is held.
func (w *World) letGo() {
	held, hooks := w.held, w.heldHooks
	w.held, w.heldHooks, w.holding = nil, nil, Fault{}
	if len(held) > 0 {
		written, _ := w.write(held) // the content was looked at when it was held
		hooks = append(hooks, written...)
	}
	for _, hook := range slices.Backward(hooks) {
		w.background.Go(func() { w.fake.Deliver(context.Background(), hook) })
	}
}

// post has messages written and brought while time goes on.
func (w *World) post(batch ...Message) error {
	hooks, err := w.write(w.inbound(batch))
	for _, hook := range hooks {
		w.background.Go(func() { w.fake.Deliver(context.Background(), hook) })
	}
	return err
}

// bring lets time pass until a webhook is answered, and looks at the answer.
func (w *World) bring(post func(context.Context) fakewa.Answer) error {
	var answer fakewa.Answer
	if err := w.aside("answer to a webhook", func() { answer = post(context.Background()) }); err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return &Refused{answer}
	}
	return nil
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
		var err error
		refused := w.bring(func(ctx context.Context) (answer fakewa.Answer) {
			answer, err = w.fake.Redeliver(ctx, last)
			return answer
		})
		return cmp.Or(err, refused)
	})
}

// Refused is returned for a webhook that the bot did not answer with 200.
type Refused struct{ Answer fakewa.Answer }

func (e *Refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("sim: the bot did not take the webhook: status %d %s%.200s", e.Answer.Status, e.Answer.Error, e.Answer.Body))
}

// SendUnsigned brings a message that is not signed with the app secret, and returns
// the bot's answer.
func (w *World) SendUnsigned(m Message) (answer fakewa.Answer, err error) {
	from := w.Number(m.Who)
	err = w.do(func() error {
		hook, err := w.fake.Compose(fakewa.Inbound{From: from, Content: m.Content})
		if err != nil {
			return err
		}
		return w.aside("answer to a webhook", func() {
			answer = w.fake.Post(context.Background(), hook.Body, fakewa.Sign("not the app secret", hook.Body))
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

// Requests returns every call of the bot to the Graph API, oldest first.
func (w *World) Requests() (requests []fakewa.Request) {
	_ = w.do(func() error { requests = w.fake.Requests(); return nil })
	return requests
}
