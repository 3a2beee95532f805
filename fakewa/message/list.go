package message

import "cmp"

func list(i object) {
	i.optionalHeader("text")
	i.body(cmp.Or(i.rules.ListBody, 4096))
	i.optionalFooter()
	a := i.action()
	a.text("button", 20)
	ids := unique{}
	a.sections("rows", 10, func(row object) {
		c := Choice{
			Kind:        "row",
			ID:          row.text("id", 200),
			Title:       row.text("title", 24),
			Description: row.optionalText("description", 72),
		}
		ids.add(row, "id", c.ID)
		i.choice(c)
	})
}

// sections reads sections that have at most max items together. The field named items
// has those of a section. Only a single section may have no title.
func (o object) sections(items string, max int, item func(object)) {
	sections, total := o.items("sections", 1, 10), 0
	for _, s := range sections {
		if len(sections) > 1 {
			s.text("title", 24)
		} else {
			s.optionalText("title", 24)
		}
		for _, i := range s.items(items, 1, unlimited) {
			item(i)
			total++
		}
	}
	if total > max {
		o.refuse(131009, "sections", "has %d %s together; %d are allowed.", total, items, max)
	}
}
