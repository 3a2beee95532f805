package message

import (
	"cmp"
	"time"
)

func contacts(m object) {
	for _, c := range m.items("contacts", 1, cmp.Or(m.rules.Contacts, 257)) {
		c.name()
		c.texts("phones", "phone", "type", "wa_id")
		c.texts("emails", "email", "type")
		c.texts("urls", "url", "type")
		c.texts("addresses", "street", "city", "state", "zip", "country", "country_code", "type")
		if c.has("org") {
			c.object("org").optionalTexts("company", "department", "title")
		}
		if c.has("birthday") {
			c.date("birthday")
		}
	}
}

// name reads a name, which must have another part besides formatted_name (131008 [?]).
func (o object) name() {
	n := o.object("name")
	n.text("formatted_name", unlimited)
	if !n.optionalTexts("first_name", "last_name", "middle_name", "prefix", "suffix") {
		o.refuse(131008, "name", "has only formatted_name; it must also have first_name, last_name, middle_name, prefix or suffix.")
	}
}

// texts reads an array, which may be missing, of objects with the strings named texts.
func (o object) texts(name string, texts ...string) {
	for _, item := range o.optionalItems(name) {
		item.optionalTexts(texts...)
	}
}

// optionalTexts reads strings that may be missing, and reports whether any is there.
func (o object) optionalTexts(names ...string) (any bool) {
	for _, name := range names {
		any = o.optionalText(name, unlimited) != "" || any
	}
	return any
}

// date reads a date (131009 [?]).
func (o object) date(name string) {
	s := o.text(name, unlimited)
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		o.refuse(131009, name, "is %.60q; it must be a date of the form YYYY-MM-DD.", s)
	}
}
