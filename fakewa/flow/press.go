package flow

import (
	"context"
	"fmt"
)

// Press presses a button: the footer, a link or a row, by the words on it; "" is the footer.
// The footer is refused, with an error that names the field, as long as a phone would not let
// people go on: something required is missing, or a text is too short or of another type. Then
// nothing is sent. If the endpoint is asked, Press fails with an [EndpointError] unless it
// answers well. If that completes the flow, it also fails if the bot does not acknowledge the
// webhook.
func (v *Visit) Press(ctx context.Context, button string) error {
	p, done, err := v.begun("press")
	if err != nil {
		return err
	}
	defer done()
	v.mu.Lock()
	screen, pressable := v.render(p)
	find := v.find(p)
	c := pressable[button]
	if button == "" {
		for _, words := range screen.Buttons {
			if pressable[words]["type"] == "Footer" {
				c, button = pressable[words], words
			}
		}
	}
	enabled := c["enabled"] == nil || truth(evaluate(c["enabled"], find))
	v.mu.Unlock()
	switch {
	case c == nil && button == "":
		return fmt.Errorf("flow: press: the screen %s has no footer; it has %q", p.screen, screen.Buttons)
	case c == nil:
		return fmt.Errorf("flow: press %q: the screen %s has no such button; it has %q", button, p.screen, screen.Buttons)
	case !enabled:
		return fmt.Errorf("flow: press %q on screen %s: it is disabled", button, p.screen)
	}
	if c["type"] == "Footer" {
		for _, f := range screen.Fields {
			if why := f.complaint(); why != "" {
				return fmt.Errorf("flow: press %q on screen %s: the field %q: %s", button, p.screen, f.Label, why)
			}
		}
	}
	action, _ := c["on-click-action"].(map[string]any)
	return v.act(ctx, p, action)
}

// act does an action of a page; nil is none.
func (v *Visit) act(ctx context.Context, p *page, action map[string]any) error {
	v.mu.Lock()
	payload, _ := evaluate(action["payload"], v.find(p)).(map[string]any)
	v.mu.Unlock()
	if payload == nil {
		payload = make(map[string]any)
	}
	switch action["name"] {
	case "navigate":
		next, _ := action["next"].(map[string]any)
		name, _ := next["name"].(string)
		if v.definition.screens[name] == nil {
			return fmt.Errorf("flow: the screen %s leads to %q, which this fake does not simulate", p.screen, name)
		}
		v.show(name, payload)
	case "data_exchange":
		return v.ask(ctx, "data_exchange", p.screen, p.screen, payload)
	case "complete":
		return v.complete(ctx, payload)
	case "update_data":
		v.mu.Lock()
		defer v.mu.Unlock()
		p.data = merged(p.data, payload)
	}
	return nil
}
