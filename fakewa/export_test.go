package fakewa

// BlockAll blocks users who never wrote, which the API does not do.
func (s *Server) BlockAll(users []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, user := range users {
		s.with(Number(user)).profile.blocked = true
	}
}
