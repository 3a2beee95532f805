package call

import "strconv"

// connect tells the bot of a call that rings: the offer of a user, or the answer to its own.
func (l *Line) connect(c *Call, kind, sdp string) {
	object := l.object(c, "connect")
	object["session"] = map[string]string{"sdp_type": kind, "sdp": sdp}
	l.srv.Notify("calls", l.srv.Value(map[string]any{
		"contacts": []any{l.srv.User(c.User).Contact()}, "calls": []any{object},
	}))
}

// terminate tells the bot that a call is over. Calls that nobody answered are COMPLETED too:
// FAILED are those that break, which the fake does not simulate.
func (l *Line) terminate(c *Call) {
	object := l.object(c, "terminate")
	object["status"] = "COMPLETED"
	if !c.Answered.IsZero() {
		object["start_time"] = strconv.FormatInt(c.Answered.Unix(), 10)
		object["end_time"] = strconv.FormatInt(c.Ended.Unix(), 10)
		object["duration"] = c.Ended.Unix() - c.Answered.Unix()
	}
	l.srv.Notify("calls", l.srv.Value(map[string]any{"calls": []any{object}}))
}

// status tells the bot how a call of its own is: RINGING, ACCEPTED or REJECTED.
func (l *Line) status(c *Call, status string) {
	object := map[string]any{"id": c.ID, "type": "call", "status": status, "timestamp": l.timestamp()}
	l.srv.User(c.User).Put(object, "recipient_id", "recipient_user_id", "parent_recipient_user_id")
	if c.Opaque != "" {
		object["biz_opaque_callback_data"] = c.Opaque
	}
	l.srv.Notify("calls", l.srv.Value(map[string]any{"statuses": []any{object}}))
}

// object is a call in the form of webhooks.
func (l *Line) object(c *Call, event string) map[string]any {
	u := l.srv.User(c.User)
	object := map[string]any{"id": c.ID, "event": event, "timestamp": l.timestamp()}
	if c.Outgoing {
		object["direction"], object["from"] = "BUSINESS_INITIATED", l.srv.DisplayNumber
		u.Put(object, "to", "to_user_id", "to_parent_user_id")
	} else {
		object["direction"], object["to"] = "USER_INITIATED", l.srv.DisplayNumber
		u.Put(object, "from", "from_user_id", "from_parent_user_id")
	}
	if c.Opaque != "" {
		object["biz_opaque_callback_data"] = c.Opaque
	}
	return object
}

func (l *Line) timestamp() string { return strconv.FormatInt(l.srv.Now().Unix(), 10) }
