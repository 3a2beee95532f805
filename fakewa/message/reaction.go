package message

// Reaction is a reaction to a message.
type Reaction struct {
	MessageID string // of the user's message
	Emoji     string // "" removes the reaction
}

func reaction(m object) {
	r := m.object("reaction")
	id := r.text("message_id", unlimited)
	emoji, _ := need[string](r, "emoji")
	m.message.Reaction = &Reaction{id, emoji}
}
