package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// getSubscribed lists the app, if it gets webhooks of the account.
func (s *Server) getSubscribed(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	c := s.callbacks
	s.mu.Unlock()
	apps := []any{}
	if !c.unsubscribed {
		app := map[string]any{"whatsapp_business_api_data": map[string]string{
			"id": s.cfg.AppID, "name": s.cfg.Name, "link": "https://www.facebook.com/games/?app_id=" + s.cfg.AppID,
		}}
		set(app, "override_callback_uri", c.account, c.account != "")
		apps = append(apps, app)
	}
	return map[string]any{"data": apps}, nil
}

// subscribe has the app get webhooks, at a URL that overrides its own or at its own.
func (s *Server) subscribe(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	callback := s.override(r.Context(), f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.account, s.callbacks.unsubscribed = callback, false
	return success, nil
}

// unsubscribe ends all webhooks, and the account's override.
func (s *Server) unsubscribe(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.account, s.callbacks.unsubscribed = "", true
	return success, nil
}
