package message

// Read marks a user's message, and all earlier ones, as read.
type Read struct {
	MessageID string
	Typing    bool // the user sees that an answer is being typed
}

func read(o object) {
	o.enum("status", "read")
	r := &Read{MessageID: o.text("message_id", unlimited)}
	if o.has("typing_indicator") {
		o.object("typing_indicator").enum("type", "text")
		r.Typing = true
	}
	o.message.Read = r
}
