package fakewa

import (
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
)

// object answers calls to the app, and to objects that earlier calls made: media,
// templates, groups and flows.
func (s *Server) object(r *http.Request, body []byte) (any, *graph.Error) {
	id := r.PathValue("id")
	s.mu.Lock()
	m, _ := s.media.Get(id, s.clock.Now())
	isTemplate := s.templateByID(id) != nil
	s.mu.Unlock()
	switch {
	case id == s.cfg.AppID && r.Method == http.MethodGet:
		return s.getApp(r, body)
	case s.cfg.Flows.Has(id):
		return s.cfg.Flows.Object(r, body)
	case m != nil:
		return s.mediaObject(r, m.File)
	case isTemplate && r.Method == http.MethodGet:
		return s.getTemplate(r, body)
	case isTemplate && r.Method == http.MethodPost:
		return s.editTemplate(r, body)
	}
	return s.unknownObject(r, body)
}

// owns tells whether an id belongs to this business.
func (s *Server) owns(id string) bool {
	if id == s.cfg.PhoneNumberID || id == s.cfg.BusinessID || id == s.cfg.AppID || s.Groups.Has(id) || s.cfg.Flows.Has(id) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.media.Has(id) || s.resumable.Has(id) || s.templateByID(id) != nil
}

// Edges of a number, an account and an app that the real API has and the fake does not.
var (
	numberEdges = []string{
		"business_compliance_info", "conversational_automation", "marketing_messages", "message_history", "message_qrdls", "messages_encrypted", "official_business_account",
		"smb_app_data", "username", "username_suggestions",
		"whatsapp_commerce_settings",
	}
	accountEdges = []string{
		"activities", "assigned_users", "in_progress_onbehalf_request", "migrate_flows",
		"obo_mobility_intent", "product_catalogs", "schedules", "set_obo_mobility_intent",
		"set_solution_migration_intent", "solutions", "template_analytics",
	}
	appEdges = []string{
		"connected_client_businesses", "permissions", "roles", "whatsapp_business_solution", "whatsapp_business_solutions",
	}
)

// knows tells whether the real API has an edge, or a path under it, that the fake does
// not simulate.
func (s *Server) knows(id, edge string) bool {
	edge, _, _ = strings.Cut(edge, "/")
	switch id {
	case s.cfg.PhoneNumberID:
		return slices.Contains(numberEdges, edge)
	case s.cfg.BusinessID:
		return slices.Contains(accountEdges, edge)
	case s.cfg.AppID:
		return slices.Contains(appEdges, edge)
	}
	return false
}
