package template

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// mostOf is how many buttons of a type a template may have, if that is fewer than of all
// types [Meta's page of components; FLOW and those of catalogs [?]].
var mostOf = map[string]int{"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "VOICE_CALL": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1}

// sets checks which buttons a template has beside each other, and those of its cards.
func (d *definition) sets(at string, parts []component) {
	for i, c := range parts {
		field := fmt.Sprintf("%s[%d]", at, i)
		if c.Type == "BUTTONS" {
			d.set(field+".buttons", c.Buttons)
		}
		for j, card := range c.Cards {
			d.sets(fmt.Sprintf("%s.cards[%d].components", field, j), card.Components)
		}
	}
}

func (d *definition) set(at string, buttons []button) {
	count, groups := map[string]int{}, []bool{}
	for i, b := range buttons {
		if count[b.Type]++; mostOf[b.Type] > 0 && count[b.Type] > mostOf[b.Type] {
			d.refuse(noSubcode, at, "has %d buttons of the type %s; %d may be.", count[b.Type], b.Type, mostOf[b.Type])
		}
		if quick := b.Type == "QUICK_REPLY"; len(groups) == 0 || groups[len(groups)-1] != quick {
			groups = append(groups, quick)
		}
		d.target(fmt.Sprintf("%s[%d]", at, i), b)
	}
	if len(groups) > 2 {
		d.refuse(noSubcode, at, "has quick replies between other buttons; all quick replies must stand together.")
	}
}

// target checks where a button leads to.
func (d *definition) target(at string, b button) {
	switch u, _ := url.Parse(strings.TrimSuffix(b.URL, "{{1}}")); {
	case b.Type == "FLOW" && len(b.flows) != 1:
		d.refuse(noSubcode, at, "has %d of flow_id, flow_name and flow_json; it must have one of them.", len(b.flows))
	case b.Type == "URL" && u != nil && slices.Contains([]string{"wa.me", "api.whatsapp.com", "chat.whatsapp.com"}, u.Hostname()):
		// published code tells people that Meta refuses it; with which subcode is [?]
		d.refuse(noSubcode, at+".url", "is %.60q; a button cannot lead to WhatsApp itself.", b.URL)
	}
}
