package fakewa

import (
	"slices"
	"strings"
)

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
