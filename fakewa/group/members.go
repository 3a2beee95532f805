package group

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/host"
	"wappasim/fakewa/internal/params"
)

// remove removes members, of whom some may be none: a webhook says who failed.
func (l *List) remove(f params.Fields, g *Group) (any, *graph.Error) {
	f.Product()
	var users []string
	for object := range f.Objects("participants") {
		users = append(users, object.Need("user", "a phone number or a user id"))
	}
	switch n := len(users); {
	case f.Refused() != nil:
		return nil, f.Refused()
	case n == 0:
		f.Missing("participants", `an array like [{"user":"+16505551234"}]`)
		return nil, f.Refused()
	case n > MaxMembers:
		return nil, graph.New(131204, "participants has %d entries; %d are allowed.", n, MaxMembers)
	}
	keys := make([]string, len(users))
	for i, user := range users {
		if keys[i] = l.srv.User(user).Key; slices.Contains(keys[:i], keys[i]) {
			return nil, graph.New(131202, "participants has %s twice.", user)
		}
	}
	removed, failed := []any{}, []any{}
	for i, user := range users {
		at := slices.Index(g.Members, keys[i])
		if at < 0 {
			who := map[string]any{"input": user, "errors": []any{failure(graph.New(131212, "%s is no member of the group.", user))}}
			failed = append(failed, who)
			continue
		}
		removed = append(removed, l.participant(keys[i], user))
		g.Members = slices.Delete(g.Members, at, at+1)
		g.removed = append(g.removed, keys[i])
	}
	more := map[string]any{"initiated_by": "business"}
	if len(removed) > 0 {
		more["removed_participants"] = removed
	}
	if len(failed) > 0 {
		code := 131201
		if len(removed) == 0 {
			code = 131212
		}
		more["failed_participants"] = failed
		more["errors"] = []any{failure(graph.New(code, "%d of %d participants were not removed.", len(failed), len(users)))}
	}
	return l.then(func(request string) {
		more["request_id"] = request
		l.tell("group_participants_update", "group_participants_remove", g, more)
	}), nil
}

// requests lists who wants to join.
func (l *List) requests(r *http.Request, g *Group) (any, *graph.Error) {
	var entries []params.Entry
	for i, request := range g.Requests {
		object := map[string]any{"join_request_id": request.ID, "creation_timestamp": request.At.Unix()}
		l.srv.User(request.User).Put(object, "wa_id", "user_id", "parent_user_id")
		entries = append(entries, params.Entry{Key: fmt.Sprintf("%09d", i), Object: object})
	}
	return params.Page(r, entries)
}

// decide approves or rejects requests, as do says. The answer lists both kinds: with 206 if
// some failed, and it is a refusal if all did [?].
func (l *List) decide(f params.Fields, g *Group, done string, do func(*Group, Request) *graph.Error) (any, *graph.Error) {
	f.Product()
	given := f.List("join_requests")
	if len(given) == 0 {
		f.Missing("join_requests", "an array of ids of requests")
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	decided, failed, added := []any{}, []any{}, []any{}
	var last *graph.Error
	for _, id := range given {
		at := slices.IndexFunc(g.Requests, func(r Request) bool { return r.ID == id })
		if at < 0 {
			last = graph.New(131213, "%s is the id of no request.", params.Shown(id))
		} else {
			last = do(g, g.Requests[at])
		}
		if last != nil {
			failed = append(failed, map[string]any{"join_request_id": id, "errors": []any{failure(last)}})
			continue
		}
		user := g.Requests[at].User
		decided = append(decided, id)
		added = append(added, l.participant(user, l.srv.User(user).Number))
		g.Requests = slices.Delete(g.Requests, at, at+1)
	}
	if len(decided) == 0 {
		return nil, last
	}
	answer := map[string]any{"messaging_product": "whatsapp", done: decided}
	then := host.Then{Answer: answer}
	if len(failed) > 0 {
		partly := graph.New(131201, "%d of %d requests failed.", len(failed), len(given))
		maps.Copy(answer, map[string]any{"failed_join_requests": failed, "errors": []any{failure(partly)}})
		then.Status = partly.Status
	}
	then.Do = func() {
		if done == "approved_join_requests" {
			defer l.lock()()
			l.added(g, added)
		}
	}
	return then, nil
}

// approve makes who asked a member.
func (l *List) approve(g *Group, r Request) *graph.Error {
	if len(g.Members) >= MaxMembers {
		return graph.New(131204, "The group has %d members.", MaxMembers)
	}
	g.Members = append(g.Members, r.User)
	return nil
}

// sendable are the types of messages that a business can send to a group.
var sendable = []string{"text", "audio", "document", "image", "sticker", "video", "template"}

// Send is for package fakewa: it sends a message of a type to the members of a group, unless
// that is refused.
func (l *List) Send(id, typ string, send func(members []string) (any, *graph.Error)) (any, *graph.Error) {
	defer l.lock()()
	switch g := l.byID(id); {
	case g == nil:
		return nil, graph.New(131041, "%.80q is the id of no group of this business.", id)
	case g.Suspended:
		return nil, graph.New(131207, "WhatsApp has suspended the group.")
	case len(g.Members) == 0:
		return nil, graph.New(131020, "The group has no members beside the business.")
	case !slices.Contains(sendable, typ): // the code is [?]
		return nil, graph.New(131051, "type is %q; groups take %v.", typ, sendable)
	default:
		return send(slices.Clone(g.Members))
	}
}
