package cli_test

import (
	"context"
	"net/http"

	"wappasim/sim"
	"wappasim/sim/internal/botsend"
)

type object = map[string]any

// menu is a bot that asks with buttons, then with a list, and answers with a template.
type menu struct{ env sim.Env }

func newMenu(env sim.Env) (sim.App, error) { return menu{env}, nil }

func (menu) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (m menu) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, one := range heard(r) {
		tapped := one.Interactive.ButtonReply.ID + one.Interactive.ListReply.ID
		if err := m.answer(r.Context(), one.From, tapped); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}
}

func (m menu) answer(ctx context.Context, to, tapped string) error {
	reply := func(id, title string) object {
		return object{"type": "reply", "reply": object{"id": id, "title": title}}
	}
	switch tapped {
	case "dish-pizza":
		rows := []object{{"id": "size-small", "title": "Small", "description": "25 cm"}, {"id": "size-large", "title": "Large"}}
		return botsend.Send(ctx, m.env, to, "interactive", object{"type": "list", "body": object{"text": "Which size?"},
			"action": object{"button": "Sizes", "sections": []object{{"title": "Pizza", "rows": rows}}}})
	case "size-small", "size-large", "dish-pasta":
		return botsend.Send(ctx, m.env, to, "template", object{"name": "hello_world", "language": object{"code": "en_US"}})
	}
	return botsend.Send(ctx, m.env, to, "interactive", object{"type": "button", "body": object{"text": "Hungry?"},
		"action": object{"buttons": []object{reply("dish-pizza", "Pizza"), reply("dish-pasta", "Pasta")}}})
}
