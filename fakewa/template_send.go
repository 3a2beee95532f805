package fakewa

import (
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

// refuseTemplate returns why the API refuses a message that fills in a template, or nil.
// The caller holds mu.
func (s *Server) refuseTemplate(m *message.Message) *graph.Error {
	t := s.templateOf(m)
	if refused := s.unusable(t, m.Template); refused != nil {
		return refused
	}
	if t.Category == "AUTHENTICATION" && m.To == "" {
		return graph.New(131062, "recipient is %q; an authentication template can be sent to a phone number only.", m.Recipient)
	}
	return t.CheckParameters(m.Template)
}

// templateOf returns the template that a message fills in, or nil. The caller holds mu.
func (s *Server) templateOf(m *message.Message) *storedTemplate {
	if m.Template == nil {
		return nil
	}
	return s.template(m.Template.Name, m.Template.Language)
}

// unusable returns why a template cannot be sent whatever its parameters are, or nil.
// The caller holds mu.
func (s *Server) unusable(t *storedTemplate, sent *message.Template) *graph.Error {
	switch {
	case t == nil:
		return s.noTemplate("template name (%s) does not exist in %s: %s.", sent.Name, sent.Language, s.languages(sent.Name))
	case t.Status == "APPROVED":
		return nil
	case t.Status == "PAUSED":
		return graph.New(132015, "template name (%s) in %s is paused.", t.Name, t.Language)
	case t.Status == "DISABLED":
		return graph.New(132016, "template name (%s) in %s is disabled.", t.Name, t.Language)
	}
	return s.noTemplate("template name (%s) in %s cannot be sent: it is %s, not APPROVED.", t.Name, t.Language, t.Status)
}

func (s *Server) noTemplate(format string, args ...any) *graph.Error {
	e := graph.New(132001, format, args...)
	e.Status = s.cfg.NoTemplate
	return e
}

// languages says in which languages there is a template with a name. The caller holds
// mu.
func (s *Server) languages(name string) string {
	var languages []string
	for _, t := range s.templates.all {
		if t.Name == name {
			languages = append(languages, t.Language)
		}
	}
	if languages == nil {
		return "there is no template of this name in any language"
	}
	return "its languages are " + strings.Join(languages, ", ")
}
