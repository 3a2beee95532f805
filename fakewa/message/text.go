package message

func text(m object) {
	t := m.object("text")
	m.message.Text = t.text("body", 4096)
	t.flag("preview_url")
}
