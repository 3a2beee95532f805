package fakewa

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/template"
)

// maxCreations is how many templates the API creates in an hour.
const maxCreations = 100

func (s *Server) templateRoutes(account string) []route {
	edge := " /" + account + "/message_templates"
	return []route{
		{"GET" + edge, s.listTemplates, 0},
		{"POST" + edge, s.createTemplate, 0},
		{"DELETE" + edge, s.deleteTemplates, 0},
		{"POST /{id}/{edge}", s.unpauseTemplate, 0},
	}
}

func templateObject(t *storedTemplate) map[string]any {
	return map[string]any{
		"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": t.Category,
		"parameter_format": t.Format, "components": t.Components,
	}
}

// moreOfTemplate is the rest of the fields of a template. Its category is never changed by
// Meta.
func moreOfTemplate(t *storedTemplate) rest {
	ttl := map[string]int{"AUTHENTICATION": 600}[t.Category]
	return rest{
		"message_send_ttl_seconds":        cmp.Or(t.ttl, ttl, 30*24*60*60), // by default 10 minutes, or 30 days
		"quality_score":                   map[string]any{"score": t.Quality, "date": t.rated.Unix()},
		"rejected_reason":                 cmp.Or(t.rejected, "NONE"),
		"cta_url_link_tracking_opted_out": false,

		"correct_category": empty, "library_template_name": empty, "previous_category": empty, "sub_category": empty,

		"bid_spec": nil, "degrees_of_freedom_spec": nil, "display_format": nil, "is_primary_device_delivery_only": nil,
		"specific_rejection_reason": nil, "send_result": nil,
	}
}

// readTTL returns for how many seconds the messages of a template are tried, as a call to
// create or edit it says; 0: it does not.
func readTTL(r *http.Request, body []byte) (seconds int) {
	var given struct {
		TTL json.Number `json:"message_send_ttl_seconds"`
	}
	given.TTL = json.Number(r.URL.Query().Get("message_send_ttl_seconds"))
	_ = json.Unmarshal(body, &given) // the body was read before
	seconds, _ = strconv.Atoi(given.TTL.String())
	return seconds
}

// readTemplate sets the fields that a call to create or edit a template has, and
// leaves the others. It returns the paths of unknown keys, if the rules take them.
func (s *Server) readTemplate(t *Template, r *http.Request, body []byte) (unknown []string, refused *graph.Error) {
	f := params.Read(r, body)
	set := func(field *string, name string) {
		if f.Has(name) {
			*field = f.Text(name)
		}
	}
	set(&t.Name, "name")
	set(&t.Language, "language")
	set(&t.Category, "category")
	set(&t.Format, "parameter_format")
	if f.Has("components") {
		t.Components, _ = wire.JSON(f.List("components")) // decoded from JSON: no error
	}
	f.NotSimulated("library_template_name")
	template.Read(f)
	template.CheckLifetime(f, t.Category)
	if s.cfg.Rules.TakeUnknown {
		unknown = f.Unknown()
	} else {
		f.RefuseUnknown()
	}
	return unknown, template.Bare(f.Refused())
}

func (s *Server) createTemplate(r *http.Request, body []byte) (any, *graph.Error) {
	var t Template
	unknown, refused := s.readTemplate(&t, r, body)
	if refused != nil {
		return nil, refused
	}
	if refused = t.Complete(); refused == nil {
		refused = t.CheckSubmission()
	}
	if refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	s.templates.created = slices.DeleteFunc(s.templates.created, func(at time.Time) bool { return now.Sub(at) >= time.Hour })
	if len(s.templates.created) >= maxCreations {
		return nil, s.throttled(80007, "%d templates were created within an hour; the next can be created in %s.", maxCreations, s.templates.created[0].Add(time.Hour).Sub(now).Round(time.Second))
	}
	created, refused := s.addTemplate(t, s.firstStatus())
	if refused != nil {
		return nil, refused
	}
	created.ttl = readTTL(r, body)
	s.templates.created = append(s.templates.created, now)
	if s.cfg.ApproveTemplates {
		s.notifyTemplate(created, created.Status, "")
	}
	return odd{map[string]string{"id": created.ID, "status": created.Status, "category": created.Category}, unknown}, nil
}

// firstStatus is the status of a template that is new or was edited.
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
	return chosen(r, "WhatsAppMessageTemplate", templateObject(t), moreOfTemplate(t))
}

// editableStatuses are the statuses of templates that can be edited.
var editableStatuses = []string{"APPROVED", "REJECTED", "PAUSED"}

// editTemplate changes the fields that the body has, and leaves the others.
func (s *Server) editTemplate(r *http.Request, body []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.templateByID(r.PathValue("id"))
	if t == nil {
		return nil, graph.NoObject(r.Method, r.PathValue("id"))
	}
	changed := *t
	unknown, refused := s.readTemplate(&changed.Template, r, body)
	switch {
	case refused != nil:
		return nil, refused
	case !slices.Contains(editableStatuses, t.Status):
		return nil, template.Refusal(template.NotEditable, "status", "of the template is %s; it can be edited while it is %s.", t.Status, strings.Join(editableStatuses, ", "))
	}
	edited := string(changed.Components) != string(t.Components)
	if changed.Name != t.Name || changed.Language != t.Language {
		return nil, template.Refusal(0, "name", "and language cannot be changed; they are %q and %q.", t.Name, t.Language)
	}
	if refused = changed.Complete(); refused == nil && edited {
		refused = changed.CheckSubmission()
	}
	if refused != nil {
		return nil, refused
	}
	changed.ID, changed.Status, changed.rejected, changed.info = t.ID, s.firstStatus(), "", nil
	changed.ttl = cmp.Or(readTTL(r, body), t.ttl)
	s.replaceTemplate(&changed, changed.Status, "")
	return odd{success, unknown}, nil
}

// deleteTemplates deletes the templates with a name, or only the one that has hsm_id.
func (s *Server) deleteTemplates(r *http.Request, _ []byte) (any, *graph.Error) {
	name, id := r.URL.Query().Get("name"), r.URL.Query().Get("hsm_id")
	if name == "" {
		return nil, graph.New(100, "name is missing; it must be that of a template.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	s.templates.all = slices.DeleteFunc(s.templates.all, func(t *storedTemplate) bool {
		gone := t.Name == name && (id == "" || t.ID == id)
		if gone {
			found = true
			s.notifyTemplate(t, "PENDING_DELETION", "")
			s.letGo(t.life, s.noTemplate("template name (%s) in %s was deleted while the message was held.", t.Name, t.Language))
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

// listTemplates returns a page of the templates that the call asks for, oldest first.
func (s *Server) listTemplates(r *http.Request, _ []byte) (any, *graph.Error) {
	templates, refused := s.filterTemplates(r.URL.Query())
	if refused != nil {
		return nil, refused
	}
	var list []params.Entry
	for _, t := range templates {
		object, refused := chosen(r, "WhatsAppMessageTemplate", templateObject(t), moreOfTemplate(t))
		if refused != nil {
			return nil, refused
		}
		list = append(list, params.Entry{Key: fmt.Sprintf("%020d", t.order), Object: object})
	}
	return params.Page(r, list)
}

// filterTemplates returns the templates that a call to list them asks for.
func (s *Server) filterTemplates(q url.Values) (chosen []*storedTemplate, refused *graph.Error) {
	status, category := strings.ToUpper(q.Get("status")), strings.ToUpper(q.Get("category"))
	refused = cmp.Or(refuseFilter("status", status, template.Statuses), refuseFilter("category", category, template.Categories))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.templates.all {
		if matches(q.Get("name"), t.Name) && matches(q.Get("language"), t.Language) && matches(status, t.Status) && matches(category, t.Category) {
			chosen = append(chosen, t)
		}
	}
	return chosen, refused
}

func refuseFilter(name, value string, allowed []string) *graph.Error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return graph.New(100, "%s is %.60q; it must be one of %s.", name, value, strings.Join(allowed, ", "))
}

// matches reports whether a value is the one that a filter wants. An empty filter
// wants all.
func matches(filter, value string) bool { return filter == "" || filter == value }
