package fakewa

// accountRoutes are what there is under the WhatsApp business account.
func (s *Server) accountRoutes(account string) []route { return nil }

// notSimulated are the edges that the real API has and the fake does not.
var notSimulated = map[string]bool{}
