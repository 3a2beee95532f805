package fakewa

import (
	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
)

func (s *Server) mediaRoutes(phone string) []route { return nil }

// refuseMedia returns why the API does not take the media of a message. The
// caller holds mu.
func (s *Server) refuseMedia(m *message.Message) *graph.Error { return nil }

// undeliverable returns why the media of a message that the API took cannot be
// delivered. The caller holds mu.
func (s *Server) undeliverable(m *message.Message) *graph.Error { return nil }

// attach completes the media of a user's message. It does not change what it is
// given. The caller holds mu.
func (s *Server) attach(typ string, given map[string]any) map[string]any {
	id, sha := s.mediaID()
	media := map[string]any{"id": id, "sha256": sha, "mime_type": mime[typ]}
	for name, value := range given {
		media[name] = value
	}
	return media
}
