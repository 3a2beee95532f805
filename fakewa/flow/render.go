package flow

import (
	"strings"
)

// rendering is a screen with the components that can be pressed, by the words on them.
type rendering struct {
	Screen
	pressable map[string]map[string]any
}

// render returns what a page shows. The caller holds mu.
func (v *Visit) render(p *page) (Screen, map[string]map[string]any) {
	screen := v.definition.screens[p.screen]
	find := v.find(p)
	title, _ := screen["title"].(string)
	r := &rendering{Screen{ID: p.screen, Title: asText(evaluate(title, find)), Message: v.banner}, make(map[string]map[string]any)}
	layout, _ := screen["layout"].(map[string]any)
	r.components(layout["children"], p, find, nil)
	return r.Screen, r.pressable
}

// components adds what a list of components shows. Errors are those of the form around it.
func (r *rendering) components(list any, p *page, find lookup, errors map[string]any) {
	children, _ := list.([]any)
	for _, child := range children {
		c, _ := child.(map[string]any)
		typ, _ := c["type"].(string)
		if visible, has := c["visible"]; has && !truth(evaluate(visible, find)) {
			continue
		}
		switch typ {
		case "Form":
			inner, _ := evaluate(c["error-messages"], find).(map[string]any)
			r.components(c["children"], p, find, inner)
		case "If":
			branch := "else"
			condition, _ := c["condition"].(string)
			if e, err := parseExpression(condition); err == nil && truth(e(find)) {
				branch = "then"
			}
			r.components(c[branch], p, find, errors)
		case "Switch":
			cases, _ := c["cases"].(map[string]any)
			r.components(cases[asText(evaluate(c["value"], find))], p, find, errors)
		case "Footer":
			r.button(evaluate(c["label"], find), c)
		case "EmbeddedLink":
			r.button(evaluate(c["text"], find), c)
		case "NavigationList":
			r.items(evaluate(c["list-items"], find), c)
		default:
			if text := evaluate(c["text"], find); text != nil {
				r.text(text)
			}
			if takesInput(typ) {
				r.Fields = append(r.Fields, fieldOf(typ, c, p, find, errors))
			}
		}
	}
}

func (r *rendering) text(text any) {
	if lines, ok := text.([]any); ok {
		for _, line := range lines {
			r.text(line)
		}
		return
	}
	r.Texts = append(r.Texts, asText(text))
}

func (r *rendering) button(label any, c map[string]any) {
	words := asText(label)
	r.Buttons = append(r.Buttons, words)
	r.pressable[words] = c
}

// items adds the rows of a list. One may have an action of its own.
func (r *rendering) items(list any, c map[string]any) {
	rows, _ := list.([]any)
	for _, row := range rows {
		item, _ := row.(map[string]any)
		main, _ := item["main-content"].(map[string]any)
		action := item["on-click-action"]
		if action == nil {
			action = c["on-click-action"]
		}
		r.button(main["title"], map[string]any{"type": "NavigationList", "on-click-action": action})
	}
}

func fieldOf(typ string, c map[string]any, p *page, find lookup, errors map[string]any) Field {
	name, _ := c["name"].(string)
	f := Field{Type: typ, Name: name, Enabled: true, Value: p.form[name], component: make(map[string]any)}
	for property, value := range c {
		if strings.HasPrefix(property, "on-") { // actions count when they are done
			f.component[property] = value
		} else {
			f.component[property] = evaluate(value, find)
		}
	}
	f.Input, _ = f.component["input-type"].(string)
	f.Label, f.Required = asText(f.component["label"]), truth(f.component["required"])
	if enabled, has := f.component["enabled"]; has {
		f.Enabled = truth(enabled)
	}
	if message, ok := f.component["error-message"].(string); ok {
		f.Error = message
	}
	if message, ok := errors[name].(string); ok {
		f.Error = message
	}
	options, _ := f.component["data-source"].([]any)
	for _, option := range options {
		o, _ := option.(map[string]any)
		f.Options = append(f.Options, Option{asText(o["id"]), asText(o["title"]), o["enabled"] != false})
	}
	return f
}

// find returns the lookup of a page. The caller holds mu when it is used.
func (v *Visit) find(p *page) lookup {
	return func(name string) any {
		root, rest, _ := strings.Cut(name, ".")
		from := p
		if root == "screen" {
			id, below, _ := strings.Cut(rest, ".")
			if from = v.pages[id]; from == nil {
				return nil
			}
			root, rest, _ = strings.Cut(below, ".")
		}
		if root == "form" {
			return dig(from.form, rest)
		}
		return dig(from.data, rest)
	}
}

// dig returns the value at a path like a.b.
func dig(object map[string]any, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return object[name]
	}
	inner, _ := object[name].(map[string]any)
	return dig(inner, rest)
}

// initial returns what the fields of a page hold at first, all of them, also those that are
// not shown yet. The caller holds mu.
func (v *Visit) initial(p *page) map[string]any {
	form, find := make(map[string]any), v.find(p)
	var visit func(list any, given map[string]any)
	visit = func(list any, given map[string]any) {
		children, _ := list.([]any)
		for _, child := range children {
			c, _ := child.(map[string]any)
			typ, _ := c["type"].(string)
			name, _ := c["name"].(string)
			switch typ {
			case "Form":
				inner, _ := evaluate(c["init-values"], find).(map[string]any)
				visit(c["children"], inner)
			case "If":
				visit(c["then"], given)
				visit(c["else"], given)
			case "Switch":
				cases, _ := c["cases"].(map[string]any)
				for _, name := range sorted(cases) {
					visit(cases[name], given)
				}
			default:
				if !takesInput(typ) {
					continue
				}
				form[name] = empty(typ)
				for _, value := range []any{given[name], evaluate(c["init-value"], find)} {
					if value != nil {
						form[name] = value
					}
				}
			}
		}
	}
	layout, _ := v.definition.screens[p.screen]["layout"].(map[string]any)
	visit(layout["children"], nil)
	return form
}

// empty is the value of a field that is not filled in. That it is there at all, as an empty
// text or list, is [?].
func empty(typ string) any {
	switch inputType(typ) {
	case "array":
		return []any{}
	case "boolean":
		return false
	}
	return ""
}
