package message

func button(i object) {
	i.optionalHeader(anyHeader...)
	i.body(1024)
	i.optionalFooter()
	ids, titles := unique{}, unique{}
	for _, b := range i.action().items("buttons", 1, 3) {
		b.enum("type", "reply")
		b.reply("reply", "button", ids, titles)
	}
}

// reply reads the object named name, which has the id and title of a button.
func (o object) reply(name, kind string, ids, titles unique) {
	r := o.object(name)
	id, title := r.trimmed("id", 256), r.trimmed("title", 20)
	ids.add(r, "id", id)
	titles.add(r, "title", title)
	o.choice(Choice{Kind: kind, ID: id, Title: title})
}
