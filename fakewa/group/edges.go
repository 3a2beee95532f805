package group

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/host"
	"wappasim/fakewa/internal/params"
)

const (
	maxSubject     = 128 // characters
	maxDescription = 2048
	maxPage        = 1024 // groups
)

// Has tells whether an id is that of a group.
func (l *List) Has(id string) bool {
	defer l.lock()()
	return l.byID(id) != nil
}

// Serve is for package fakewa: it answers a call to the groups of the number, if the path
// ends with "groups", or to a group.
func (l *List) Serve(r *http.Request, body []byte) (any, *graph.Error) {
	id, edge, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	defer l.lock()()
	f := params.Read(r, body)
	if edge == "groups" {
		if r.Method == http.MethodGet {
			return l.list(r)
		}
		return l.post(f)
	}
	g := l.byID(id)
	if g == nil { // it was deleted meanwhile
		return nil, graph.NoObject(r.Method, id)
	}
	switch call := r.Method + " " + edge; call {
	case "GET ":
		return l.get(f, g)
	case "POST ":
		return l.change(f, g)
	case "DELETE ":
		return l.delete(g)
	case "GET invite_link":
		return l.invite(g), nil
	case "POST invite_link":
		if f.Product(); f.Refused() == nil {
			g.InviteLink = l.link(g)
		}
		return l.invite(g), f.Refused()
	case "DELETE invite_link": // in Meta's OpenAPI file only
		if f.Product(); f.Refused() == nil {
			g.InviteLink = ""
		}
		return map[string]string{"messaging_product": "whatsapp", "success": "true"}, f.Refused()
	case "POST participants":
		return nil, graph.NotSimulated(call + ", which is in its OpenAPI file, while its pages say that people join by the invite link only")
	case "DELETE participants":
		return l.remove(f, g)
	case "GET join_requests":
		return l.requests(r, g)
	case "POST join_requests":
		return l.decide(f, g, "approved_join_requests", l.approve)
	case "DELETE join_requests":
		return l.decide(f, g, "rejected_join_requests", func(*Group, Request) *graph.Error { return nil })
	}
	return nil, graph.NoObject(r.Method, id)
}

// list answers with a page of groups, under data.groups.
func (l *List) list(r *http.Request) (any, *graph.Error) {
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n > maxPage {
		return nil, graph.New(100, "limit is %d; it must be at most %d.", n, maxPage)
	}
	var entries []params.Entry
	for _, g := range l.groups {
		created := strconv.FormatInt(g.Created.Unix(), 10)
		entries = append(entries, params.Entry{Key: created + g.ID, Object: map[string]string{"id": g.ID, "subject": g.Subject, "created_at": created}})
	}
	page, refused := params.Page(r, entries)
	if refused != nil {
		return nil, refused
	}
	answer := page.(map[string]any)
	answer["data"] = map[string]any{"groups": answer["data"]}
	return answer, nil
}

func (l *List) post(f params.Fields) (any, *graph.Error) {
	f.Product()
	subject := subjectOf(f)
	description := f.Short("description", maxDescription)
	approval := false
	if f.Has("join_approval_mode") {
		approval = f.OneOf("join_approval_mode", "approval_required", "auto_approve") == "approval_required"
	}
	switch {
	case f.Refused() != nil:
		return nil, f.Refused()
	case len(l.groups) >= maxGroups:
		return nil, graph.New(131211, "The number has %d groups.", maxGroups)
	}
	g := l.make(subject, description, approval)
	return l.then(func(request string) { l.created(g, request) }), nil
}

func subjectOf(f params.Fields) string {
	subject := strings.TrimSpace(f.Text("subject"))
	if subject == "" {
		f.Missing("subject", "the subject of the group")
	} else if n := params.Characters(subject); n > maxSubject {
		f.Refuse("subject", "has %d characters; %d are allowed.", n, maxSubject)
	}
	return subject
}

// then answers with the id of a request, and does it after the answer.
func (l *List) then(do func(request string)) host.Then {
	request := l.requestID()
	return host.Then{Answer: map[string]any{"messaging_product": "whatsapp", "request_id": request}, Do: func() {
		defer l.lock()()
		do(request)
	}}
}

// get answers with the fields for which the call asks: without any, with the id alone.
func (l *List) get(f params.Fields, g *Group) (any, *graph.Error) {
	members := []any{}
	for _, user := range g.Members {
		members = append(members, l.participant(user, ""))
	}
	known := map[string]any{
		"id": g.ID, "messaging_product": "whatsapp", "subject": g.Subject, "description": g.Description, "join_approval_mode": g.mode(),
		"suspended": g.Suspended, "creation_timestamp": g.Created.Unix(), "participants": members, "total_participant_count": len(members),
	}
	answer := map[string]any{"id": g.ID, "messaging_product": "whatsapp"}
	names, refused := params.Names(cmp.Or(f.Text("fields"), "id"))
	if refused != nil {
		return nil, refused
	}
	for _, name := range names {
		value, ok := known[name]
		if !ok {
			return nil, graph.New(100, "Tried accessing nonexisting field (%s)", name)
		}
		answer[name] = value
	}
	return answer, f.Refused()
}

// change sets the subject and the description. What the answer is, Meta's pages do not say [?].
func (l *List) change(f params.Fields, g *Group) (any, *graph.Error) {
	f.Product()
	f.NotSimulated("file", "profile_picture_file")
	more := make(map[string]any)
	subject, description := g.Subject, g.Description
	if f.Has("subject") {
		subject = subjectOf(f)
		more["group_subject"] = map[string]any{"text": subject, "update_successful": true}
	}
	if f.Has("description") {
		description = f.Short("description", maxDescription)
		more["group_description"] = map[string]any{"text": description, "update_successful": true}
	}
	if f.Refused() == nil && len(more) == 0 {
		f.Missing("subject", "the new subject, if there is no new description")
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	g.Subject, g.Description = subject, description
	return l.then(func(request string) {
		more["request_id"] = request
		l.tell("group_settings_update", "group_settings_update", g, more)
	}), nil
}

func (l *List) delete(g *Group) (any, *graph.Error) {
	l.groups = slices.DeleteFunc(l.groups, func(other *Group) bool { return other == g })
	then := l.then(func(request string) { l.deleted(g, request) })
	then.Answer = map[string]bool{"success": true}
	return then, nil
}

func (l *List) invite(g *Group) any {
	return map[string]string{"messaging_product": "whatsapp", "invite_link": g.InviteLink}
}
