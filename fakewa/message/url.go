package message

func ctaURL(i object) {
	i.optionalHeader(anyHeader...)
	i.body(1024)
	i.optionalFooter()
	i.action().openURL()
}

// openURL reads the action of a button that opens a URL.
func (o object) openURL() {
	o.enum("name", "cta_url")
	p := o.object("parameters")
	o.choice(Choice{Kind: "cta_url", Title: p.text("display_text", 20), ID: p.url("url")})
}
