package template

import (
	"fmt"
	"math"
	"slices"
)

var otpTypes = []string{"COPY_CODE", "ONE_TAP", "ZERO_TAP"}

// The minutes for which a one-time password is valid.
const (
	minExpiration = 1
	maxExpiration = 90
)

const maxApps = 5 // that can take a one-time password

// passwords checks an authentication template, whose words are WhatsApp's [Meta's pages of
// authentication templates; the codes [?]].
func (d *definition) passwords(at string, parts []component) {
	buttons := false
	for i, c := range parts {
		field := fmt.Sprintf("%s[%d]", at, i)
		switch c.Type {
		case "BODY":
			if !c.worded {
				d.refuse(noSubcode, field+".text", "is set; WhatsApp words the body of an authentication template.")
			}
			d.onOff(field+".add_security_recommendation", c.advises)
		case "FOOTER":
			if c.Text != "" {
				d.refuse(noSubcode, field+".text", "is set; WhatsApp words the footer of an authentication template.")
			}
			d.expiration(field+".code_expiration_minutes", c.expires)
		case "BUTTONS":
			buttons = true
			for j, b := range c.Buttons {
				d.password(fmt.Sprintf("%s.buttons[%d]", field, j), b)
			}
		default:
			d.refuse(noSubcode, field+".type", "is %s; an authentication template cannot have it.", c.Type)
		}
	}
	if !buttons {
		d.refuse(noSubcode, at, "has no BUTTONS; an authentication template must have one of the type OTP.")
	}
}

// noPasswords refuses what only authentication templates have.
func (d *definition) noPasswords(at string, parts []component) {
	for i, c := range parts {
		for j, b := range c.Buttons {
			if b.Type == "OTP" {
				d.refuse(noSubcode, fmt.Sprintf("%s[%d].buttons[%d].type", at, i, j), "is OTP; only an AUTHENTICATION template can have it.")
			}
		}
	}
}

func (d *definition) password(at string, b button) {
	if b.Type != "OTP" {
		d.refuse(noSubcode, at+".type", "is %s; an authentication template can have OTP only.", b.Type)
	}
	d.oneOf(at+".otp_type", b.otp.typ, otpTypes)
	if b.otp.typ == "COPY_CODE" {
		return
	}
	if b.otp.apps == 0 || b.otp.apps > maxApps {
		d.refuse(noSubcode, at+".supported_apps", "names %d apps with a package_name and a signature_hash; 1 to %d must be.", b.otp.apps, maxApps)
	}
	if b.otp.typ == "ZERO_TAP" && b.otp.terms != true {
		d.refuse(noSubcode, at+".zero_tap_terms_accepted", "is %v; it must be true.", b.otp.terms)
	}
}

func (d *definition) expiration(field string, minutes any) {
	n, isNumber := minutes.(float64)
	switch {
	case minutes == nil:
	case !isNumber:
		d.mustBe(field, "an integer", minutes)
	case n != math.Trunc(n) || n < minExpiration || n > maxExpiration:
		d.refuse(noSubcode, field, "is %v; it must be a whole number from %d to %d.", n, minExpiration, maxExpiration)
	}
}

// onOff checks a boolean, which a form has as a string.
func (d *definition) onOff(field string, value any) {
	if !slices.Contains([]any{nil, true, false, "true", "false"}, value) {
		d.mustBe(field, "a boolean", value)
	}
}
