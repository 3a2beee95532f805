package web

import "net/http"

// Broken is a handler that breaks while it has the world.
func (s *Server) Broken() http.Handler {
	return s.handler(func(*Server, *request) (any, error) { panic("a fault of the server's own") })
}

// Moving tells how many events there are; while time moves, too.
func (s *Server) Moving() int { return s.world.Trace().Len() }
