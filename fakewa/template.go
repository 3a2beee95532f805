package fakewa

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wappasim/fakewa/graph"
)

// maxTemplates is how many an account may have that Meta has not verified.
const maxTemplates = 250

// templateStatuses are what the approval of a template can have come to.
var templateStatuses = []string{"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION"}

// Template is a message template of the business account.
type Template struct {
	ID         string          `json:"id"`   // digits
	Name       string          `json:"name"` // at most 512 of a-z, 0-9 and _
	Language   string          `json:"language"`
	Status     string          `json:"status"`           // APPROVED, PENDING, REJECTED, PAUSED, DISABLED, IN_APPEAL or PENDING_DELETION
	Category   string          `json:"category"`         // UTILITY, MARKETING or AUTHENTICATION
	Format     string          `json:"parameter_format"` // POSITIONAL, the default, for {{1}}; NAMED for {{first_name}}
	Components json.RawMessage `json:"components"`       // as in Meta's API: [{"type":"BODY","text":"Hello {{1}}."}]

	n     uint64         // grows from template to template
	parts []templatePart // what Components has
}

// helloWorld is the template that each new account has.
var helloWorld = Template{
	Name: "hello_world", Language: "en_US", Category: "UTILITY",
	Components: json.RawMessage(`[{"type":"HEADER","format":"TEXT","text":"Hello World"},{"type":"BODY","text":"This is a template to try things out with."},{"type":"FOOTER","text":"Fake Business"}]`),
}

// beginTemplates is part of begin.
func (s *Server) beginTemplates() {
	s.templates, s.lastTemplate, s.creations = nil, 0, nil
	if _, refused := s.addTemplate(helloWorld, "APPROVED"); refused != nil {
		panic(refused) // a mistake in this file
	}
}

// AddTemplate adds an approved template, whatever ID and Status it has. It fails
// where the API would refuse to create it, but for the 100 creations in an hour.
func (s *Server) AddTemplate(t Template) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added, refused := s.addTemplate(t, "APPROVED")
	if refused != nil {
		return "", fmt.Errorf("fakewa: add template %q: %w", t.Name, refused)
	}
	return added.ID, nil
}

// addTemplate checks and keeps a template. A Template that is kept never changes:
// another takes its place. The caller holds mu, or is alone.
func (s *Server) addTemplate(t Template, status string) (*Template, *graph.Error) {
	if refused := t.complete(); refused != nil {
		return nil, refused
	}
	if s.template(t.Name, t.Language) != nil {
		return nil, invalidTemplate(duplicateTemplate, "name", "is %q; there is already a template of this name in %s.", t.Name, t.Language)
	}
	if len(s.templates) >= maxTemplates {
		return nil, invalidTemplate(tooManyTemplates, "name", "is that of one template more than the %d an account may have.", maxTemplates)
	}
	s.lastTemplate++
	t.n, t.ID, t.Status = s.lastTemplate, s.templateID(t.Name, t.Language), status
	s.templates = append(s.templates, &t)
	return &t, nil
}

// templateID returns an id of 15 digits: webhooks have it as a number, and
// JavaScript's have no more than 53 bits. The caller holds mu, or is alone.
func (s *Server) templateID(name, language string) string {
	sum := s.draw("template " + s.cfg.BusinessID + " " + name + " " + language)
	return strconv.FormatUint(1e14+binary.BigEndian.Uint64(sum[:8])%9e14, 10)
}

// templateByID returns a template, or nil. The caller holds mu.
func (s *Server) templateByID(id string) *Template {
	return s.findTemplate(func(t *Template) bool { return t.ID == id })
}

// template returns a template, or nil. The caller holds mu.
func (s *Server) template(name, language string) *Template {
	return s.findTemplate(func(t *Template) bool { return t.Name == name && t.Language == language })
}

func (s *Server) findTemplate(is func(*Template) bool) *Template {
	if i := slices.IndexFunc(s.templates, is); i >= 0 {
		return s.templates[i]
	}
	return nil
}

// Templates returns the templates of the account, oldest first.
func (s *Server) Templates() (templates []Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.templates {
		copied := *t
		copied.Components = slices.Clone(t.Components)
		templates = append(templates, copied)
	}
	return templates
}

// SetTemplateStatus does what Meta does when it has looked at a template, or is
// weary of it, and tells the bot with a webhook. An empty language means all of
// them, an empty reason is "NONE".
func (s *Server) SetTemplateStatus(name, language, status, reason string) error {
	return s.setTemplateStatus(name, status, reason, func(t *Template) bool {
		return t.Name == name && (language == "" || t.Language == language)
	})
}

var errNoTemplate = errors.New("there is no such template")

func (s *Server) setTemplateStatus(which, status, reason string, is func(*Template) bool) error {
	if !slices.Contains(templateStatuses, status) {
		return fmt.Errorf("fakewa: set the status of template %q: status is %q; it is one of %s", which, status, strings.Join(templateStatuses, ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, t := range slices.Clone(s.templates) {
		if is(t) {
			found = true
			changed := *t
			changed.Status = status
			s.replaceTemplate(&changed, reason)
		}
	}
	if !found {
		return fmt.Errorf("fakewa: set the status of template %q: %w", which, errNoTemplate)
	}
	return nil
}

// replaceTemplate puts a template in the place of the one with its id, and tells
// the bot of its status. The caller holds mu.
func (s *Server) replaceTemplate(changed *Template, reason string) {
	i := slices.IndexFunc(s.templates, func(t *Template) bool { return t.ID == changed.ID })
	s.templates[i] = changed
	s.tellTemplate(changed, changed.Status, reason)
}

// tellTemplate tells the bot what became of a template. The caller holds mu.
func (s *Server) tellTemplate(t *Template, event, reason string) {
	s.notify("message_template_status_update", map[string]any{
		"event":                     event,
		"message_template_id":       json.Number(t.ID), // a string everywhere else
		"message_template_name":     t.Name,
		"message_template_language": t.Language,
		"reason":                    cmp.Or(reason, "NONE"),
	})
}
