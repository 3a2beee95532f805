package template

import (
	"fmt"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/message"
)

// buttonParameter is the parameter that a button takes when it is sent.
type buttonParameter struct {
	subType  string
	typ      string // of the parameter
	required bool
}

// parameter returns the parameter that a button takes, or nil if it takes none.
// known is false for the types of which Meta does not document what they take.
func (b button) parameter() (p *buttonParameter, known bool) {
	switch b.Type {
	case "URL":
		if variable.MatchString(b.URL) {
			return &buttonParameter{"url", "text", true}, true
		}
		return nil, true
	case "OTP": // WhatsApp makes it a URL
		return &buttonParameter{"url", "text", true}, true
	case "PHONE_NUMBER":
		return nil, true
	case "COPY_CODE":
		return &buttonParameter{"copy_code", "coupon_code", true}, true
	case "QUICK_REPLY":
		return &buttonParameter{"quick_reply", "payload", false}, true
	case "FLOW":
		return &buttonParameter{"flow", "action", false}, true
	case "CATALOG":
		return &buttonParameter{"catalog", "action", false}, true
	case "MPM":
		return &buttonParameter{"mpm", "action", true}, true
	}
	return nil, false
}

// metaType is the type of a button as Meta's errors have it.
func (b button) metaType() string {
	switch b.Type {
	case "URL", "OTP":
		return "Url"
	case "PHONE_NUMBER":
		return "Call"
	}
	return b.Type
}

// checkButtons returns why components do not fill in the buttons of a template.
func checkButtons(at string, c *component, sent []message.Component) *graph.Error {
	if c == nil {
		return nil
	}
	for _, s := range sent {
		if s.Type == "button" && s.Index >= len(c.Buttons) {
			return graph.New(132012, "%s: there is no button at index %d; the template has %d.", at, s.Index, len(c.Buttons))
		}
	}
	for i, b := range c.Buttons {
		if refused := b.check(at, i, sent); refused != nil {
			return refused
		}
	}
	return nil
}

// check returns why components do not fill in the button, which is at index i.
func (b button) check(at string, i int, sent []message.Component) *graph.Error {
	p, known := b.parameter()
	if !known {
		return nil
	}
	given := buttonParameters(sent, i)
	switch {
	case p == nil && len(given) == 0:
		return nil
	case p == nil:
		return graph.New(100, "%s: Button at index %d is of type %s and does not support parameters", at, i, b.metaType())
	case len(given) == 0 && p.required:
		return graph.New(131008, "%s: Button at index %d of type %s requires a parameter", at, i, b.metaType())
	case len(given) > 1:
		return wrongCount(fmt.Sprintf("%s: Button at index %d", at, i), len(given), 1)
	}
	for _, s := range sent {
		if s.Type == "button" && s.Index == i && s.SubType != p.subType {
			return graph.New(132012, "%s: sub_type of the button at index %d is %q; it must be %q.", at, i, s.SubType, p.subType)
		}
	}
	for _, g := range given {
		if g.Type != p.typ {
			return graph.New(132012, "%s: the parameter of the button at index %d is of type %q; it must be %q.", at, i, g.Type, p.typ)
		}
		n := params.Characters(g.Text)
		if b.Type == "OTP" && n > maxCode {
			return graph.New(132012, "%s: the code of the button at index %d has %d characters; %d are allowed.", at, i, n, maxCode) // the code [?]
		}
		if b.Type == "COPY_CODE" && n > maxCoupon {
			return graph.New(132012, "%s: coupon_code of the button at index %d has %d characters; %d are allowed.", at, i, n, maxCoupon)
		}
	}
	return nil
}

// buttonParameters returns the parameters for the button at an index.
func buttonParameters(sent []message.Component, index int) (given []message.Parameter) {
	for _, s := range sent {
		if s.Type == "button" && s.Index == index {
			given = append(given, s.Parameters...)
		}
	}
	return given
}
