package fakewa

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Control returns the server with users' handsets beside the Graph API, for
// tests and bots in any language:
//
//	POST /_fakewa/users/{number}/messages   {"type":"text","text":{"body":"hi"}}
//	GET  /_fakewa/users/{number}/messages
//
// The first sends what its body says, the messages[] object of a webhook without
// from, id and timestamp, and answers 201 with the id and the bot's answer. The
// second returns the conversation.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_fakewa/users/{user}/messages", s.controlSend)
	mux.HandleFunc("GET /_fakewa/users/{user}/messages", func(w http.ResponseWriter, r *http.Request) {
		messages := s.Conversation(r.PathValue("user"))
		if messages == nil {
			messages = []Message{}
		}
		reply(w, http.StatusOK, map[string]any{"messages": messages})
	})
	mux.HandleFunc("/_fakewa/", func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusNotFound, fmt.Errorf("fakewa: there is no %s %s", r.Method, r.URL.Path))
	})
	mux.Handle("/", s)
	return mux
}

func (s *Server) controlSend(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		complain(w, http.StatusRequestEntityTooLarge, fmt.Errorf("fakewa: read the message: %w", err))
		return
	}
	var content Content
	if err := json.Unmarshal(body, &content); err != nil {
		complain(w, http.StatusBadRequest, errors.New(`fakewa: the body is not a JSON object like {"type":"text","text":{"body":"hi"}}`))
		return
	}
	ids, answer, err := s.Deliver(r.Context(), Inbound{From: r.PathValue("user"), Content: content})
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusCreated, map[string]any{"id": ids[0], "webhook": answer})
}

func complain(w http.ResponseWriter, status int, err error) {
	reply(w, status, map[string]string{"error": err.Error()})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client went away
}
