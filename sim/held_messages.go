package sim

import (
	"context"
	"slices"

	"wappasim/fakewa"
	"wappasim/sim/trace"
)

// holdMessages holds the next N messages, until they are there.
func (w *World) holdMessages(f Fault) error {
	w.releaseMessages()
	f.N = max(f.N, 1)
	w.holding = f
	return nil
}

// write has people write messages. It returns the webhooks that deliver them, or
// none while messages are held.
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
		kind, _ := in.Content["type"].(string)
		w.trace.Add(trace.Event{
			Who: fakewa.Number(in.From), What: trace.Says, To: "whatsapp", IDs: hook.IDs[i : i+1],
			Type: kind, Text: in.Content.String(), Of: w.changed(in.Content),
		})
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

// changed returns the event in which somebody said what a message edits or deletes, or 0.
func (w *World) changed(c fakewa.Content) int {
	kind, _ := c["type"].(string)
	if kind != "edit" && kind != "revoke" {
		return 0
	}
	change, _ := c[kind].(map[string]any)
	for _, e := range w.trace.Events() {
		if e.What == trace.Says && e.IDs[0] == change["original_message_id"] {
			return e.N
		}
	}
	return 0
}

// releaseMessages sends the messages that are held.
func (w *World) releaseMessages() {
	held, hooks := w.held, w.heldHooks
	w.held, w.heldHooks, w.holding = nil, nil, Fault{}
	if len(held) > 0 {
		written, _ := w.write(held) // the content was checked before it was held
		hooks = append(hooks, written...)
	}
	slices.Reverse(hooks)
	w.deliverBeside(hooks)
}

// writeBeside has people write messages, which are delivered while time passes.
func (w *World) writeBeside(batch ...Message) error {
	hooks, err := w.write(w.inbound(batch))
	w.deliverBeside(hooks)
	return err
}

func (w *World) deliverBeside(hooks []fakewa.Webhook) {
	for _, hook := range hooks {
		w.background.Go(func() { w.fake.Deliver(context.Background(), hook) })
	}
}
