package message

func product(i object) {
	i.without("header")
	i.optionalBody(1024)
	i.optionalFooter()
	a := i.action()
	a.text("catalog_id", unlimited)
	a.product()
}

func productList(i object) {
	i.header(anyHeader...)
	i.body(1024)
	i.optionalFooter()
	a := i.action()
	a.text("catalog_id", unlimited)
	a.sections("product_items", 30, object.product)
}

func (o object) product() {
	o.choice(Choice{Kind: "product", ID: o.text("product_retailer_id", unlimited)})
}

// catalogMessage may name a product for its picture. If it does not, WhatsApp takes the
// first product of the catalog.
func catalogMessage(i object) {
	i.optionalHeader(anyHeader...)
	i.body(1024)
	i.optionalFooter()
	a := i.action()
	a.enum("name", "catalog_message")
	c := Choice{Kind: "catalog_message"}
	if a.has("parameters") {
		c.ID = a.object("parameters").optionalText("thumbnail_product_retailer_id", unlimited)
	}
	i.choice(c)
}
