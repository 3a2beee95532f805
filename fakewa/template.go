package fakewa

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/template"
)

// Template is a message template of the business account. Package template has its
// rules.
type Template = template.Template

// maxTemplates is how many templates an account may have that Meta has not verified.
const maxTemplates = 250

// templateList is the templates of the account. The server's mu guards it.
type templateList struct {
	all     []*storedTemplate // oldest first; one is never changed, but replaced
	last    uint64            // order of the newest template, also if it was deleted
	created []time.Time       // when the API created templates, within the last hour

	utilityPaused time.Time // when one of the category UTILITY was paused last; zero: never
}

type storedTemplate struct {
	Template
	order    uint64    // grows from template to template
	rejected string    // why, if it is REJECTED
	rated    time.Time // when it got its quality
	life     *living
	info     *otherInfo // of its pause, or of its end
	ttl      int        // seconds for which its messages are tried, if its creator said so; 0: the category's
}

// otherInfo is what a webhook says of a pause.
type otherInfo struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

// helloWorld is the template that each new account has.
var helloWorld = Template{
	Name: "hello_world", Language: "en_US", Category: "UTILITY",
	Components: json.RawMessage(`[{"type":"HEADER","format":"TEXT","text":"Hello World"},{"type":"BODY","text":"This is a template to try things out with."},{"type":"FOOTER","text":"Fake Business"}]`),
}

// beginTemplates is part of begin.
func (s *Server) beginTemplates() {
	s.templates = templateList{}
	if _, refused := s.addTemplate(helloWorld, "APPROVED"); refused != nil {
		panic(refused) // a mistake in this file
	}
	for _, t := range s.cfg.Templates {
		if _, refused := s.addTemplate(t, cmp.Or(t.Status, "APPROVED")); refused != nil {
			panic(fmt.Errorf("fakewa: a template of the Config: %w", refused)) // Config.Check tells beforehand
		}
	}
}

// AddTemplate adds an approved template, whatever its ID and Status are. It returns
// an error where the API would refuse to create the template, except that the API's
// limit of 100 in an hour does not apply, and that the examples may be missing: they are for
// Meta's reviewers.
func (s *Server) AddTemplate(t Template) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added, refused := s.addTemplate(t, "APPROVED")
	if refused != nil {
		return "", fmt.Errorf("fakewa: add template %q: %w", t.Name, refused)
	}
	return added.ID, nil
}

// addTemplate checks and stores a template. The caller holds mu, or is alone.
func (s *Server) addTemplate(t Template, status string) (*storedTemplate, *graph.Error) {
	if refused := t.Complete(); refused != nil {
		return nil, refused
	}
	if s.template(t.Name, t.Language) != nil {
		return nil, template.Refusal(template.Duplicate, "name", "is %q; there is already a template of this name in %s.", t.Name, t.Language)
	}
	if len(s.templates.all) >= maxTemplates {
		return nil, template.Refusal(template.TooMany, "name", "is that of one template more than the %d an account may have.", maxTemplates)
	}
	s.templates.last++
	t.ID, t.Status, t.Quality = s.templateID(t.Name, t.Language), status, cmp.Or(t.Quality, unknown)
	added := &storedTemplate{Template: t, order: s.templates.last, rated: s.clock.Now(), life: &living{id: t.ID}}
	s.templates.all = append(s.templates.all, added)
	return added, nil
}

// templateID returns an id of 15 digits: webhooks have it as a number, and
// JavaScript's numbers have no more than 53 bits. The caller holds mu, or is alone.
func (s *Server) templateID(name, language string) string {
	sum := s.draw("template " + s.cfg.BusinessID + " " + name + " " + language)
	return strconv.FormatUint(1e14+binary.BigEndian.Uint64(sum[:8])%9e14, 10)
}

// templateByID returns a template, or nil. The caller holds mu.
func (s *Server) templateByID(id string) *storedTemplate {
	return s.findTemplate(func(t *storedTemplate) bool { return t.ID == id })
}

// template returns a template, or nil. The caller holds mu.
func (s *Server) template(name, language string) *storedTemplate {
	return s.findTemplate(func(t *storedTemplate) bool { return t.Name == name && t.Language == language })
}

func (s *Server) findTemplate(matches func(*storedTemplate) bool) *storedTemplate {
	if i := slices.IndexFunc(s.templates.all, matches); i >= 0 {
		return s.templates.all[i]
	}
	return nil
}

// Templates returns the templates of the account, oldest first.
func (s *Server) Templates() (templates []Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.templates.all {
		copied := t.Template
		copied.Components = slices.Clone(t.Components)
		templates = append(templates, copied)
	}
	return templates
}

// SetTemplateStatus sets the status of a template, given by its id or name, as Meta does
// after a review or when it pauses a template, and sends a webhook about it. An empty
// language means all languages. An empty reason is INVALID_FORMAT if the template is
// rejected, and else NONE; the webhook of a rejection says in words what to do.
func (s *Server) SetTemplateStatus(which, language, status, reason string) error {
	if !slices.Contains(template.Statuses, status) {
		return fmt.Errorf("fakewa: set the status of template %q: status is %q; want one of %s", which, status, strings.Join(template.Statuses, ", "))
	}
	return s.eachTemplate(fmt.Sprintf("set the status of template %q", which), which, language, func(t *storedTemplate) error {
		changed := *t
		changed.Status, changed.rejected, changed.info = status, "", nil
		if status == "REJECTED" {
			changed.rejected = cmp.Or(reason, template.InvalidFormat)
		}
		s.replaceTemplate(&changed, status, reason)
		return nil
	})
}

// replaceTemplate puts a template in the place of the one with its id, and sends a
// webhook about its status. The caller holds mu.
func (s *Server) replaceTemplate(changed *storedTemplate, event, reason string) {
	i := slices.IndexFunc(s.templates.all, func(t *storedTemplate) bool { return t.ID == changed.ID })
	was := s.templates.all[i]
	s.templates.all[i] = changed
	s.notifyTemplate(changed, event, reason)
	s.turn(was, changed)
}

// notifyTemplate sends the webhook about the status of a template. The caller holds
// mu.
func (s *Server) notifyTemplate(t *storedTemplate, event, reason string) {
	value := map[string]any{
		"event":                     event,
		"message_template_id":       json.Number(t.ID), // a string everywhere else
		"message_template_name":     t.Name,
		"message_template_language": t.Language,
		"message_template_category": t.Category,
		"reason":                    cmp.Or(reason, "NONE"),
	}
	if event == "REJECTED" {
		value["reason"], value["rejection_info"] = t.rejected, template.RejectionOf(t.rejected)
	}
	if t.info != nil {
		value["other_info"] = t.info
	}
	if event == "DISABLED" {
		value["disable_info"] = map[string]any{"disable_date": s.clock.Now().Unix()} // Meta's page has it in quotes in one place and as a number in another
	}
	s.notify("message_template_status_update", value)
}
