package message

import "strconv"

func carousel(i object) {
	i.without("header")
	i.body(1024)
	i.without("footer")
	ids := unique{}
	var first string
	for n, c := range i.action().items("cards", 2, 10) {
		buttons := card(c, ids)
		if n == 0 {
			first = buttons
		}
		if buttons != first {
			c.refuse(131009, "action", "has %s, but the first card has %s; all cards must have the same.", buttons, first)
		}
	}
}

// card reads a card. It returns in words which buttons the card has.
func card(c object, ids unique) string {
	c.integer("card_index", 0, 9)
	c.optionalText("type", unlimited)
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
		b.reply("quick_reply", "quick_reply", ids, titles)
	}
	return strconv.Itoa(len(buttons)) + " quick_reply"
}
