package fakewa

import (
	"strconv"
	"strings"
	"wappasim/fakewa/graph"
)

// queue has a status of a message delivered after those before it, with why it
// failed if it did. The caller holds mu.
func (s *Server) queue(m *Message, status string, failed ...*graph.Error) {
	object := map[string]any{"id": m.ID, "status": status, "timestamp": strconv.FormatInt(s.cfg.Now().Unix(), 10)}
	if number, ok := strings.CutPrefix(m.User, "+"); ok {
		object["recipient_id"] = number
	} else {
		object["recipient_user_id"] = m.User
	}
	if m.opaque != "" {
		object["biz_opaque_callback_data"] = m.opaque
	}
	var errs []any
	for _, e := range failed {
		title := graph.Title(e.Code)
		errs = append(errs, map[string]any{"code": e.Code, "title": title, "message": title, "error_data": map[string]string{"details": e.Details}})
	}
	if errs != nil {
		object["errors"] = errs
	}
	body, err := s.envelope(map[string]any{"statuses": []any{object}})
	if err != nil || s.cfg.WebhookURL == "" || s.closing.Err() != nil {
		return
	}
	s.outbox = append(s.outbox, Webhook{body, []string{status + " " + m.ID}})
	if !s.busy {
		s.busy = true
		s.sending.Go(s.deliverOutbox)
	}
}

// deliverOutbox brings the queued statuses to the bot, one after another, until
// there are none. Those that are to be delivered again don't hold the others up.
func (s *Server) deliverOutbox() {
	for {
		s.mu.Lock()
		if len(s.outbox) == 0 || s.closing.Err() != nil {
			s.busy = false
			s.mu.Unlock()
			return
		}
		hook := s.outbox[0]
		s.outbox = s.outbox[1:]
		s.mu.Unlock()
		if s.cfg.Redeliver > 0 {
			s.sending.Go(func() { s.Bring(s.closing, hook) })
			continue
		}
		s.Bring(s.closing, hook)
	}
}
