package fakewa

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
)

// maxCreations is how many templates may be created in an hour.
const maxCreations = 100

func (s *Server) templateRoutes(account string) []route {
	edge := " /" + account + "/message_templates"
	return []route{
		{"GET" + edge, s.listTemplates, 0},
		{"POST" + edge, s.createTemplate, 0},
		{"DELETE" + edge, s.deleteTemplates, 0},
		{"GET /{id}", s.getTemplate, 0},
		{"POST /{id}", s.editTemplate, 0},
	}
}

func (t *Template) object() map[string]any {
	return map[string]any{
		"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": t.Category,
		"parameter_format": t.Format, "components": t.Components,
	}
}

func (s *Server) createTemplate(_ *http.Request, body []byte) (any, *graph.Error) {
	var t Template
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, unreadableTemplate(err, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	s.creations = slices.DeleteFunc(s.creations, func(at time.Time) bool { return now.Sub(at) >= time.Hour })
	if len(s.creations) >= maxCreations {
		return nil, s.throttled(80007, "%d templates were created within an hour; the next may be in %s.", maxCreations, s.creations[0].Add(time.Hour).Sub(now).Round(time.Second))
	}
	created, refused := s.addTemplate(t, s.firstStatus())
	if refused != nil {
		return nil, refused
	}
	s.creations = append(s.creations, now)
	if s.cfg.ApproveTemplates {
		s.tellTemplate(created, created.Status, "")
	}
	return map[string]string{"id": created.ID, "status": created.Status, "category": created.Category}, nil
}

// firstStatus is that of a template that is new or was edited.
func (s *Server) firstStatus() string {
	if s.cfg.ApproveTemplates {
		return "APPROVED"
	}
	return "PENDING"
}

func (s *Server) getTemplate(r *http.Request, _ []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.templateByID(r.PathValue("id"))
	if t == nil {
		return nil, graph.NoObject(r.Method, r.PathValue("id"))
	}
	return chosen(r, t.object())
}

// editableStatuses are the statuses of templates that can be edited.
var editableStatuses = []string{"APPROVED", "REJECTED", "PAUSED"}

// editTemplate changes what the body has, and leaves the rest as it is.
func (s *Server) editTemplate(r *http.Request, body []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.templateByID(r.PathValue("id"))
	if t == nil {
		return nil, graph.NoObject(r.Method, r.PathValue("id"))
	}
	if !slices.Contains(editableStatuses, t.Status) {
		return nil, invalidTemplate(notEditable, "status", "of the template is %s; it can be edited while it is %s.", t.Status, strings.Join(editableStatuses, ", "))
	}
	changed := *t
	changed.Components = slices.Clone(t.Components) // JSON is decoded into its bytes
	if err := json.Unmarshal(body, &changed); err != nil {
		return nil, unreadableTemplate(err, "")
	}
	if changed.Name != t.Name || changed.Language != t.Language {
		return nil, invalidTemplate(noSubcode, "name", "and language cannot be changed; they are %q and %q.", t.Name, t.Language)
	}
	if refused := changed.complete(); refused != nil {
		return nil, refused
	}
	changed.ID, changed.Status = t.ID, s.firstStatus()
	s.replaceTemplate(&changed, "")
	return success, nil
}

// deleteTemplates deletes those with a name, in all languages or, with hsm_id, one.
func (s *Server) deleteTemplates(r *http.Request, _ []byte) (any, *graph.Error) {
	name, id := r.URL.Query().Get("name"), r.URL.Query().Get("hsm_id")
	if name == "" {
		return nil, graph.New(100, "name is missing; it must be that of a template.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	s.templates = slices.DeleteFunc(s.templates, func(t *Template) bool {
		gone := t.Name == name && (id == "" || t.ID == id)
		if gone {
			found = true
			s.tellTemplate(t, "PENDING_DELETION", "")
		}
		return gone
	})
	switch {
	case found:
		return success, nil
	case id != "":
		return nil, graph.New(100, "hsm_id is %q; there is no template of this id with the name %q.", id, name)
	}
	return nil, graph.New(100, "name is %q; there is no template of this name.", name)
}

// templatesOnPage is how many a page has if the call does not say.
const templatesOnPage = 25

// listTemplates returns a page of those that the call asks for, oldest first.
func (s *Server) listTemplates(r *http.Request, _ []byte) (any, *graph.Error) {
	q := r.URL.Query()
	all, refused := s.filterTemplates(q)
	if refused != nil {
		return nil, refused
	}
	page, refused := pageOfTemplates(q, all)
	if refused != nil {
		return nil, refused
	}
	data := []any{}
	for _, t := range page {
		object, refused := chosen(r, t.object())
		if refused != nil {
			return nil, refused
		}
		data = append(data, object)
	}
	answer := map[string]any{"data": data}
	if len(page) > 0 {
		first, last := page[0], page[len(page)-1]
		paging := map[string]any{"cursors": map[string]string{"before": first.cursor(), "after": last.cursor()}}
		if last != all[len(all)-1] {
			paging["next"] = templatesURL(r, "after", last.cursor())
		}
		if first != all[0] {
			paging["previous"] = templatesURL(r, "before", first.cursor())
		}
		answer["paging"] = paging
	}
	return answer, nil
}

func (s *Server) filterTemplates(q url.Values) (chosen []*Template, refused *graph.Error) {
	status, category := strings.ToUpper(q.Get("status")), strings.ToUpper(q.Get("category"))
	var d definition
	if status != "" {
		d.oneOf("status", status, templateStatuses)
	}
	if category != "" {
		d.oneOf("category", category, templateCategories)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.templates {
		if wants(q.Get("name"), t.Name) && wants(q.Get("language"), t.Language) && wants(status, t.Status) && wants(category, t.Category) {
			chosen = append(chosen, t)
		}
	}
	return chosen, d.refused
}

// wants tells whether a filter lets a value pass; "" lets all.
func wants(filter, value string) bool { return filter == "" || filter == value }

// pageOfTemplates returns the templates after or before a cursor.
func pageOfTemplates(q url.Values, all []*Template) ([]*Template, *graph.Error) {
	limit := templatesOnPage
	if given := q.Get("limit"); given != "" {
		var err error
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 {
			return nil, graph.New(100, "limit is %.60q; it must be a number from 1 on.", given)
		}
	}
	limit = min(limit, len(all))
	after, before := q.Get("after"), q.Get("before")
	switch {
	case after != "":
		n, refused := placeOfCursor("after", after)
		i := slices.IndexFunc(all, func(t *Template) bool { return t.n > n })
		if i < 0 {
			return nil, refused
		}
		return all[i:min(i+limit, len(all))], refused
	case before != "":
		n, refused := placeOfCursor("before", before)
		i := slices.IndexFunc(all, func(t *Template) bool { return t.n >= n })
		if i < 0 {
			i = len(all)
		}
		return all[max(i-limit, 0):i], refused
	}
	return all[:limit], nil
}

// cursor is the place of a template in the list. It stays the same when others
// are deleted.
func (t *Template) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatUint(t.n, 10)))
}

func placeOfCursor(name, cursor string) (uint64, *graph.Error) {
	text, _ := base64.RawURLEncoding.DecodeString(cursor)
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return 0, graph.New(100, "%s is %.60q; it must be a cursor of an earlier page.", name, cursor)
	}
	return n, nil
}

// templatesURL is where the page after or before a cursor is. It has no token.
func templatesURL(r *http.Request, name, cursor string) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	q := r.URL.Query()
	for _, old := range []string{"access_token", "after", "before"} {
		q.Del(old)
	}
	q.Set(name, cursor)
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path + "?" + q.Encode()
}
