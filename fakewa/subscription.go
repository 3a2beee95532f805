package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// getSubscribed lists the app, if it is subscribed to the account.
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

// subscribe subscribes the app to webhooks, at its own URL or at one that overrides it.
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

// unsubscribe stops all webhooks, and removes the account's override.
func (s *Server) unsubscribe(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.account, s.callbacks.unsubscribed = "", true
	return success, nil
}
