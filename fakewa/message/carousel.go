package message

import "strconv"

func carousel(i object) {
	i.without("header")
	i.body(1024)
	i.without("footer")
	d := deck{ids: unique{}, indexes: map[int]bool{}}
	for _, c := range i.action().items("cards", 2, 10) {
		d.card(c)
	}
}

// deck is what the cards of a carousel have in common, or must not have.
type deck struct {
	ids            unique
	indexes        map[int]bool
	first, catalog string // the buttons and the catalog of the first card, in words
}

func (d *deck) card(c object) {
	index := c.integer("card_index", 0, 9)
	if d.indexes[index] {
		c.refuse(131009, "card_index", "is %d, which an earlier card has too; it must be unique.", index) // [?]
	}
	d.indexes[index] = true
	buttons := ""
	if c.has("type") && c.enum("type", "cta_url", "product") == "product" { // cards with quick replies are cta_url, too
		buttons = d.product(c)
	} else {
		buttons = d.media(c)
	}
	if d.first == "" {
		d.first = buttons
	}
	if buttons != d.first {
		c.refuse(131009, "action", "has %s, but the first card has %s; all cards must have the same.", buttons, d.first)
	}
}

// product reads a card with a product. It returns in words what the card has.
func (d *deck) product(c object) string {
	c.without("header")
	c.without("body")
	a := c.action()
	catalog := a.text("catalog_id", unlimited)
	if d.catalog == "" {
		d.catalog = catalog
	}
	if catalog != d.catalog {
		a.refuse(131009, "catalog_id", "is %.60q, but that of the first card is %.60q; all cards must have the same.", catalog, d.catalog)
	}
	a.product()
	return "product"
}

// media reads a card with a picture or film. It returns in words which buttons it has.
func (d *deck) media(c object) string {
	c.header("image", "video")
	c.optionalBody(160)
	a := c.action()
	if !a.has("buttons") {
		a.openURL()
		return "cta_url"
	}
	buttons, titles := a.items("buttons", 1, unlimited), unique{}
	for _, b := range buttons {
		b.enum("type", "quick_reply")
		b.reply("quick_reply", "quick_reply", d.ids, titles)
	}
	return strconv.Itoa(len(buttons)) + " quick_reply"
}
