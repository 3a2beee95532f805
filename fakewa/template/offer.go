package template

import "fmt"

// The limits of a limited-time offer, in characters.
const (
	maxOffer     = 16
	maxOfferBody = 600
)

// offer checks a template with a limited-time offer [Meta's page of limited-time offers; the
// codes [?]].
func (d *definition) offer(at, category string, parts []component) {
	c := find(parts, "LIMITED_TIME_OFFER")
	if c == nil {
		return
	}
	field := fmt.Sprintf("%s[%d].limited_time_offer", at, indexOf(parts, c.Type))
	if c.offer == nil {
		d.missing(field)
		return
	}
	if category != "MARKETING" {
		d.refuse(noSubcode, "category", "is %s; that of a template with a limited-time offer must be MARKETING.", category)
	}
	d.length(field+".text", c.offer.text, 1, maxOffer)
	d.onOff(field+".has_expiration", c.offer.expires)
	d.length(fmt.Sprintf("%s[%d].text", at, indexOf(parts, "BODY")), find(parts, "BODY").Text, 1, maxOfferBody)
	if i := indexOf(parts, "FOOTER"); i >= 0 {
		d.refuse(noSubcode, fmt.Sprintf("%s[%d].type", at, i), "is FOOTER; a template with a limited-time offer cannot have it.")
	}
	if header := find(parts, "HEADER"); header != nil && header.Format != "IMAGE" && header.Format != "VIDEO" {
		d.refuse(noSubcode, fmt.Sprintf("%s[%d].format", at, indexOf(parts, "HEADER")), "is %s; with a limited-time offer it must be IMAGE or VIDEO.", header.Format)
	}
	d.offerButtons(at, c.offer, parts)
}

// offerButtons checks that the code of an offer comes first, and that an offer that expires
// has one.
func (d *definition) offerButtons(at string, o *offer, parts []component) {
	code, i := -1, indexOf(parts, "BUTTONS")
	if i >= 0 {
		for j, b := range parts[i].Buttons {
			if b.Type == "COPY_CODE" {
				code = j
			}
		}
	}
	if code > 0 {
		d.refuse(noSubcode, fmt.Sprintf("%s[%d].buttons[%d].type", at, i, code), "is COPY_CODE; with a limited-time offer it must be the first button.")
	}
	if code < 0 && (o.expires == true || o.expires == "true") {
		d.refuse(noSubcode, at, "has no button of the type COPY_CODE; an offer that expires must have one.")
	}
}
