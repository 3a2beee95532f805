package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Visit is a user who has a flow open. [Account.Open] makes one. Its methods are what the
// user does, one at a time: a second call while the phone waits for the endpoint is an error.
type Visit struct {
	account       *Account
	user, message string
	sent          Sent
	flow          *Flow
	definition    *definition

	mu     sync.Mutex // guards what follows; it is not held during a request
	busy   bool
	stack  []*page          // the last one is on the screen
	pages  map[string]*page // by screen: the last of each
	banner string           // a message of the endpoint
	over   string           // how it has ended; "": it has not
}

// page is a screen that was opened.
type page struct {
	screen string
	data   map[string]any
	form   map[string]any // what is filled in, by name
}

// Open opens the flow of the latest message of the bot whose button has a title; "": any. It
// fails if there is no such message or flow, if the button can no longer be tapped, and with
// an [EndpointError] if the endpoint, which gives the first screen, does not answer well.
func (a *Account) Open(ctx context.Context, user, button string) (*Visit, error) {
	user = a.host.User(user)
	message, body, err := a.host.Find(user, button)
	if err != nil {
		return nil, err
	}
	sent, _ := ReadSent(body)
	if sent.Token == "" {
		sent.Token = "unused"
	}
	f := a.find(sent.ID, sent.Name)
	if f == nil {
		return nil, fmt.Errorf("flow: open %q: the account has no flow %q: create it, or give it to the settings", sent.Button, sent.ID+sent.Name)
	}
	a.mu.Lock()
	off := slices.Contains(a.disabled, message)
	a.mu.Unlock()
	switch {
	case off:
		return nil, fmt.Errorf("flow: open %q: the button can no longer be tapped: the endpoint has answered 427", sent.Button)
	case f.Status == deprecated:
		return nil, fmt.Errorf("flow: open %q: the flow is DEPRECATED", sent.Button)
	}
	d, err := parse(f.Definition)
	if err != nil {
		return nil, fmt.Errorf("flow: open %q: %w", sent.Button, err)
	}
	v := &Visit{account: a, user: user, message: message, sent: sent, flow: f, definition: d, pages: make(map[string]*page)}
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.visits = slices.DeleteFunc(a.visits, func(other *Visit) bool { return other.user == user })
	a.visits = kept(append(a.visits, v), a.host.Limit)
	return v, nil
}

// Visit returns the flow that a user has opened last, or nil.
func (a *Account) Visit(user string) *Visit {
	user = a.host.User(user)
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := slices.IndexFunc(a.visits, func(v *Visit) bool { return v.user == user }); i >= 0 {
		return a.visits[i]
	}
	return nil
}

// begin shows the first screen.
func (v *Visit) begin(ctx context.Context) error {
	if v.sent.Action == "data_exchange" {
		return v.ask(ctx, "INIT", "", "", nil)
	}
	first, data := v.sent.Payload.Screen, v.sent.Payload.Data
	if first == "" {
		first = v.definition.entry()
	}
	if v.definition.screens[first] == nil {
		return fmt.Errorf("flow: open %q: the flow has no screen %q", v.sent.Button, first)
	}
	if wrong := v.definition.misfit(first, data); wrong != "" {
		return fmt.Errorf("flow: open %q: %s: flow_action_payload.data has what the message gives", v.sent.Button, wrong)
	}
	v.show(first, data)
	return nil
}

// show puts a screen on top. One that is on top already keeps what is filled in.
func (v *Visit) show(screen string, data map[string]any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if top := v.top(); top != nil && top.screen == screen {
		top.data = merged(top.data, data)
		return
	}
	p := &page{screen, data, nil}
	v.stack = append(v.stack, p)
	v.pages[screen] = p
	p.form = v.initial(p)
}

func merged(old, more map[string]any) map[string]any {
	all := maps.Clone(old)
	if all == nil {
		all = make(map[string]any)
	}
	maps.Copy(all, more)
	return all
}

// top returns the page on the screen, or nil. The caller holds mu.
func (v *Visit) top() *page {
	if len(v.stack) == 0 {
		return nil
	}
	return v.stack[len(v.stack)-1]
}

// begun marks the beginning of an act, until done, and returns the page on the screen.
func (v *Visit) begun(what string) (p *page, done func(), err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.over != "":
		return nil, nil, fmt.Errorf("flow: %s: the flow %q is closed: %s", what, v.flow.Name, v.over)
	case v.busy:
		return nil, nil, fmt.Errorf("flow: %s: the phone waits for the endpoint", what)
	}
	v.busy, v.banner = true, ""
	return v.top(), func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.busy = false
	}, nil
}

// Close closes the flow without sending anything. The endpoint hears nothing of it.
func (v *Visit) Close() error {
	_, done, err := v.begun("close")
	if err != nil {
		return err
	}
	defer done()
	v.close("the user has closed it")
	return nil
}

// Back goes back to the screen before, over the endpoint if the screen is one with
// refresh_on_back. On the first screen it closes the flow.
func (v *Visit) Back(ctx context.Context) error {
	p, done, err := v.begun("go back")
	if err != nil {
		return err
	}
	defer done()
	v.mu.Lock()
	first := len(v.stack) == 1
	if !first {
		v.stack = v.stack[:len(v.stack)-1]
	}
	before := v.top()
	v.mu.Unlock()
	if first {
		v.close("the user went back from the first screen")
		return nil
	}
	if v.definition.screens[p.screen]["refresh_on_back"] != true {
		return nil
	}
	return v.ask(ctx, "BACK", p.screen, before.screen, nil)
}
