package fakewa

import (
	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

func (s *Server) templateRoutes(account string) []route { return nil }

// refuseTemplate returns why the API does not take a template. The caller holds mu.
func (s *Server) refuseTemplate(user string, m *message.Message) *graph.Error { return nil }

// category returns the category of a template that was sent. The caller holds mu.
func (s *Server) category(t *message.Template) string { return "UTILITY" }

// choices returns what a user can tap on a message. The caller holds mu.
func (s *Server) choices(m *Message) []message.Choice { return m.content.Choices }
