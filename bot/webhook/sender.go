package webhook

import "strings"

// sender returns who sent a message, and if it says that they have another id now, their
// new names. Such a message may lack the sender: then its words have the old id (Meta's page
// on business-scoped user ids: "User … changed from <old id> to <new id>").
func sender(m fields) (from, newNumber, newID string) {
	from = m.first("from", "from_user_id")
	system := m.object("system")
	if system.text("type") != "user_changed_user_id" {
		return from, "", ""
	}
	if from == "" {
		from = system.text("previous_user_id")
	}
	if from == "" {
		_, ids, _ := cutLast(system.text("body"), " changed from ")
		from, _, _ = strings.Cut(ids, " to ")
	}
	return from, system.text("wa_id"), system.text("user_id")
}

// cutLast is strings.Cut at the last separator: a user may be called anything.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
