package group

import (
	"maps"
	"strconv"

	"wappasim/fakewa/graph"
)

// tell queues a webhook about a group.
func (l *List) tell(field, kind string, g *Group, more map[string]any) {
	object := map[string]any{"timestamp": strconv.FormatInt(l.srv.Now().Unix(), 10), "group_id": g.ID, "type": kind}
	maps.Copy(object, more)
	l.srv.Notify(field, l.srv.Value(map[string]any{"groups": []any{object}}))
}

func (l *List) created(g *Group, request string) {
	more := map[string]any{"request_id": request, "subject": g.Subject, "invite_link": g.InviteLink, "join_approval_mode": g.mode()}
	if g.Description != "" {
		more["description"] = g.Description
	}
	l.tell("group_lifecycle_update", "group_create", g, more)
}

func (l *List) deleted(g *Group, request string) {
	l.tell("group_lifecycle_update", "group_delete", g, map[string]any{"request_id": request})
}

func (l *List) added(g *Group, participants []any) {
	l.tell("group_participants_update", "group_participants_add", g, map[string]any{"reason": "invite_link", "added_participants": participants})
}

func (l *List) asked(g *Group, r Request, kind string) {
	more := map[string]any{"reason": "invite_link", "join_request_id": r.ID}
	l.srv.User(r.User).Put(more, "wa_id", "user_id", "parent_user_id")
	l.tell("group_participants_update", kind, g, more)
}

func (l *List) left(g *Group, user string) {
	l.tell("group_participants_update", "group_participants_remove", g, map[string]any{
		"removed_participants": []any{l.participant(user, "")}, "initiated_by": "participant",
	})
}

func (l *List) suspended(g *Group) {
	kind := "group_suspend"
	if !g.Suspended {
		kind = "group_suspend_cleared"
	}
	l.tell("group_status_update", kind, g, nil)
}

// participant is a member in the form of webhooks. An input is how the business named them.
func (l *List) participant(user, input string) map[string]any {
	object := map[string]any{}
	l.srv.User(user).Put(object, "wa_id", "user_id", "parent_user_id")
	if input != "" {
		object["input"] = input
	}
	return object
}

// failure is an error in the lists of webhooks and answers.
func failure(e *graph.Error) map[string]any {
	return map[string]any{"code": e.Code, "message": e.Message, "title": graph.Title(e.Code), "error_data": map[string]string{"details": e.Details}}
}

func (g *Group) mode() string {
	if g.Approval {
		return "approval_required"
	}
	return "auto_approve"
}
