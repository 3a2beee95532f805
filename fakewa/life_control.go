package fakewa

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/life"
)

// lives is the life.Control of a server.
type lives struct{ *Server }

var _ life.Control = lives{}

func (s lives) Rate(which, language, quality string) error {
	doing := fmt.Sprintf("rate template %q", which)
	if !slices.Contains(life.Qualities, quality) {
		return fmt.Errorf("fakewa: %s: the quality is %q; want one of %s", doing, quality, strings.Join(life.Qualities, ", "))
	}
	return s.eachTemplate(doing, which, language, func(t *storedTemplate) error {
		s.rate(t, quality)
		return nil
	})
}

func (s lives) Unpause(which, language string) error {
	return s.eachTemplate(fmt.Sprintf("unpause template %q", which), which, language, func(t *storedTemplate) error {
		if t.Status != "PAUSED" {
			return fmt.Errorf("it is %s in %s, not PAUSED", t.Status, t.Language)
		}
		s.unpause(t)
		return nil
	})
}

func (s lives) Report(user string) error {
	return s.withUser("report", user, func(c *conversation) { s.resents(c) })
}

func (s lives) Prefer(user, choice string) error {
	if choice != "stop" && choice != "resume" {
		return fmt.Errorf("fakewa: prefer: the choice is %q; want stop or resume", choice)
	}
	return s.withUser(choice+" marketing messages", user, func(c *conversation) { s.prefer(c, choice) })
}

// withUser calls f for somebody who is known.
func (s lives) withUser(doing, user string, f func(*conversation)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[s.user(user)]
	if c == nil {
		return fmt.Errorf("fakewa: %s: the user is %q; want somebody who has written to the business or was written to", doing, user)
	}
	f(c)
	return nil
}

// prefer notes whether a user wants marketing messages, and tells the bot. The caller holds mu.
func (s *Server) prefer(c *conversation, choice string) {
	c.stopped = choice == "stop"
	n := s.namesOf(c)
	said := map[string]any{
		"category": "marketing_messages", "value": choice, "timestamp": s.clock.Now().Unix(),
		"detail": "The user asked to " + choice + " marketing messages.",
	}
	for key, name := range map[string]string{"wa_id": n.number, "user_id": n.id, "parent_user_id": n.parent} {
		if name != "" {
			said[key] = name
		}
	}
	s.notify("user_preferences", s.value(map[string]any{"contacts": []any{s.contact(c, "")}, "user_preferences": []any{said}}))
	if c.stopped {
		s.resents(c)
	}
}

func (s lives) SetTier(tier string) error {
	if err := s.portfolio.SetTier(tier); err != nil {
		return fmt.Errorf("fakewa: set the limit of people: %w", err)
	}
	return nil
}

// tellTier tells the bot that the portfolio has another limit.
func (s *Server) tellTier(was, tier string) {
	before, _ := life.Users(was)
	now, _ := life.Users(tier)
	event := "DOWNGRADE"
	if now == 0 || before != 0 && now > before {
		event = "UPGRADE"
	}
	numbers := "max_phone_numbers_per_waba"
	most := 25
	if tier == "TIER_250" {
		numbers, most = "max_phone_numbers_per_business", 2
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notify("business_capability_update", map[string]any{"max_daily_conversations_per_business": tier, numbers: most})
	s.notify("phone_number_quality_update", map[string]any{
		"display_phone_number": s.cfg.displayDigits(), "event": event, "max_daily_conversations_per_business": tier,
	})
}

func (s lives) State() life.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := life.State{Templates: []life.Template{}, Stopped: []string{}}
	state.Tier, state.Users = s.portfolio.Tier(s.clock.Now())
	for _, t := range s.templates.all {
		l := life.Template{ID: t.ID, Name: t.Name, Language: t.Language, Status: t.Status, Quality: t.Quality, Pauses: t.life.Pauses, Held: len(t.life.held)}
		if until := t.life.Until; !until.IsZero() {
			l.Until = &until
		}
		state.Templates = append(state.Templates, l)
	}
	for _, user := range slices.Sorted(maps.Keys(s.conversations)) {
		if s.conversations[user].stopped {
			state.Stopped = append(state.Stopped, user)
		}
	}
	return state
}

// eachTemplate calls f for the templates with an id or name, in a language or in all, until it
// fails.
func (s *Server) eachTemplate(doing, which, language string, f func(*storedTemplate) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := errors.New("no template has this id or name in this language")
	for _, t := range slices.Clone(s.templates.all) {
		if (t.Name == which || t.ID == which) && (language == "" || t.Language == language) {
			if err = f(t); err != nil {
				break
			}
		}
	}
	if err != nil {
		return fmt.Errorf("fakewa: %s: %w", doing, err)
	}
	return nil
}

// unpauseTemplate ends a pause. That of a template which is not paused has no error, but a reason
// [?].
func (s *Server) unpauseTemplate(r *http.Request, body []byte) (any, *graph.Error) {
	s.mu.Lock()
	t := s.templateByID(r.PathValue("id"))
	if t == nil || r.PathValue("edge") != "unpause" {
		s.mu.Unlock()
		return s.unknownObject(r, body)
	}
	defer s.mu.Unlock()
	if t.Status != "PAUSED" {
		return map[string]any{"success": false, "reason": "The template is " + t.Status + ", not PAUSED."}, nil
	}
	s.unpause(t)
	return success, nil
}
