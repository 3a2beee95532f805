package fakewa

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/standing"
)

// living is the life of a template, through all of its statuses.
type living struct {
	standing.Template
	id   string
	held []*Message
}

const (
	aWeek   = 7 * 24 * time.Hour
	unknown = "UNKNOWN" // the quality of templates that nobody has rated
)

// later does something after a time, unless the server is closed or reset before. The caller
// holds mu, and so does f's.
func (s *Server) later(d time.Duration, due event.Due, f func()) {
	if s.closing.Err() != nil {
		return
	}
	s.spawn(func(era context.Context) {
		if s.clock.sleep(era, d, due) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if era.Err() == nil {
			f()
		}
	})
}

// paced tells whether messages of a template are held beyond the first ones. The caller holds mu.
func (s *Server) paced(t *storedTemplate) bool {
	if s.cfg.Life.PaceFrom == 0 || t.Quality == "GREEN" {
		return false
	}
	last := s.templates.utilityPaused
	return t.Category == "MARKETING" || t.Category == "UTILITY" && !last.IsZero() && s.clock.Now().Sub(last) < aWeek
}

// holdBack holds a message back, if its template is paced and enough went out. The first one that is
// held begins the time in which Meta looks how people take the others. The caller holds mu.
func (s *Server) holdBack(t *storedTemplate, m *Message) {
	l := t.life
	if !s.paced(t) || !l.Hold(s.cfg.Life.PaceFrom) {
		return
	}
	m.Status = onHold
	if l.held = append(l.held, m); len(l.held) > 1 {
		return
	}
	round := l.Round
	s.later(s.cfg.Life.PaceHold, event.Due{What: "messages held back", Text: "of template " + t.Name}, func() {
		t := s.templateByID(l.id)
		switch {
		case t == nil || l.Round != round || len(l.held) == 0: // it was decided before
		case t.Quality == "RED":
			s.pause(t)
		default:
			s.letGo(l, nil)
		}
	})
}

// letGo sends the messages that are held, or fails them. The caller holds mu.
func (s *Server) letGo(l *living, failed *graph.Error) {
	waiting := l.held
	l.held = nil
	if failed == nil && len(waiting) > 0 {
		l.Prove()
	}
	for _, m := range waiting {
		if m.Status = "sent"; failed != nil {
			m.Error, m.Price = failed, nil
		}
		if c := s.conversations[m.User]; c != nil { // else it was dropped already
			s.arrive(c, m)
		}
	}
}

// rate gives a template a quality, and does what follows from it. The caller holds mu.
func (s *Server) rate(t *storedTemplate, quality string) {
	if t.Quality == quality {
		return
	}
	t = s.setQuality(t, quality)
	l := t.life
	switch {
	case t.Status != "APPROVED":
	case quality == "RED" && (len(l.held) > 0 || !s.cfg.Life.NoPauses):
		s.pause(t)
	case quality == "YELLOW": // when Meta flags a template is not documented [?]
		if !l.Flagged {
			l.Flagged = true
			s.notifyTemplate(t, "FLAGGED", "")
		}
	case quality != "RED" && l.Flagged:
		l.Flagged = false
		s.notifyTemplate(t, "REINSTATED", "")
	}
	if quality == "GREEN" {
		s.letGo(l, nil)
	}
}

// setQuality puts a template with another quality in its place, and tells the bot. The caller
// holds mu.
func (s *Server) setQuality(t *storedTemplate, quality string) *storedTemplate {
	changed := *t
	changed.Quality, changed.rated = quality, s.clock.Now()
	s.templates.all[slices.Index(s.templates.all, t)] = &changed
	s.notify("message_template_quality_update", map[string]any{
		"previous_quality_score": t.Quality, "new_quality_score": quality, "message_template_id": json.Number(t.ID),
		"message_template_name": t.Name, "message_template_language": t.Language,
	})
	return &changed
}

// pause pauses a template: the first times for longer and longer, then for good. A pause while
// messages are held lasts until somebody ends it. The caller holds mu.
func (s *Server) pause(t *storedTemplate) {
	l, set, changed := t.life, s.cfg.Life, *t
	byPacing := len(l.held) > 0
	if l.Pauses >= len(set.Pauses) {
		changed.Status, changed.info = "DISABLED", &otherInfo{"DISABLED", "People keep taking this template badly. It is disabled."}
		s.replaceTemplate(&changed, changed.Status, "")
		return
	}
	lasts := set.Pauses[l.Pauses]
	title, until := "FIRST_PAUSE", "for "+lasts.String()
	if l.Pauses > 0 {
		title = "SECOND_PAUSE" // Meta has no third one
	}
	if byPacing {
		until = "until you unpause it"
	}
	l.Pauses++
	changed.Status, changed.info = "PAUSED", &otherInfo{title, "People take this template badly. It is paused " + until + "."}
	s.replaceTemplate(&changed, changed.Status, "")
	if byPacing {
		return
	}
	l.Until = s.clock.Now().Add(lasts)
	round := l.Round
	s.later(lasts, event.Due{What: "template unpaused", Text: t.Name}, func() {
		if t := s.templateByID(l.id); t != nil && l.Round == round {
			s.unpause(t)
		}
	})
}

// unpause ends a pause. The caller holds mu.
func (s *Server) unpause(t *storedTemplate) {
	changed := *t
	changed.Status, changed.info = "APPROVED", &otherInfo{"UNPAUSE", "The pause of this template is over."}
	s.replaceTemplate(&changed, s.cfg.Life.UnpauseEvent, "")
}

// turn is what another status means for the life of a template. The caller holds mu.
func (s *Server) turn(was, t *storedTemplate) {
	l := t.life
	if was.Status == t.Status {
		return
	}
	l.Turn()
	switch t.Status {
	case "PAUSED":
		if t.Category == "UTILITY" {
			s.templates.utilityPaused = s.clock.Now()
		}
		s.letGo(l, graph.New(132015, "template name (%s) in %s was paused while the message was held.", t.Name, t.Language))
	case "APPROVED":
		if l.Flagged = false; t.Quality != unknown && (was.Status == "PAUSED" || was.Status == "DISABLED") {
			s.setQuality(t, unknown)
		}
	default:
		s.letGo(l, graph.New(132016, "template name (%s) in %s became %s while the message was held.", t.Name, t.Language, t.Status))
	}
}

// took notes that a message of a template reached a user, or that they read it. The caller
// holds mu.
func (s *Server) took(m *Message, status string) {
	switch {
	case status == "delivered":
		m.mark = m.life.Arrive(s.clock.Now())
	case m.mark == nil:
		return
	default:
		m.mark.Read()
	}
	s.judge(m.life)
}

// resents notes that a user blocks or reports the business, or wants no more marketing. It
// counts against the last template that they got within a week. The caller holds mu.
func (s *Server) resents(c *conversation) {
	for _, m := range slices.Backward(c.messages) {
		if m.mark != nil && s.clock.Now().Sub(m.At) < aWeek {
			m.mark.Resent()
			s.judge(m.life)
			return
		}
	}
}

// judge rates a template by how people took it. The caller holds mu.
func (s *Server) judge(l *living) {
	t := s.templateByID(l.id)
	if t == nil || t.Status != "APPROVED" {
		return
	}
	if quality := l.Judge(&s.cfg.Life, s.clock.Now()); quality != "" {
		s.rate(t, quality)
	}
}
