package model

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxRequest is the largest request that is read, in bytes.
const maxRequest = 16 << 20

// request is the body of a request, as far as it has an effect.
type request struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Stream        bool `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	MaxTokens           int `json:"max_tokens"`
	MaxCompletionTokens int `json:"max_completion_tokens"`
	N                   int `json:"n"`
}

// most is how many tokens the answer may have; 0: any number.
func (r request) most() int { return max(r.MaxCompletionTokens, r.MaxTokens, 0) }

// read reads a request and the question in it.
func (m *Model) read(w http.ResponseWriter, r *http.Request) (req request, q Question, refused *refusal) {
	bad := func(param, format string, args ...any) *refusal {
		return &refusal{Status: http.StatusBadRequest, Type: invalid, Param: param, Message: fmt.Sprintf(format, args...)}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return req, q, bad("", "the body could not be read: %v", err)
	}
	if err := json.Unmarshal(body, &req); err != nil {
		return req, q, bad("", "the body is not the JSON of a chat completion: %v", err)
	}
	switch {
	case req.Model == "":
		return req, q, bad("model", "model is missing")
	case len(m.cfg.Names) > 0 && !slices.Contains(m.cfg.Names, req.Model):
		return req, q, &refusal{Status: http.StatusNotFound, Type: invalid, Code: "model_not_found", Message: fmt.Sprintf("there is no model %q: GET /v1/models lists them", req.Model)}
	case len(req.Messages) == 0:
		return req, q, bad("messages", "messages are missing: want at least one")
	case req.N > 1:
		return req, q, bad("n", "n is %d: this model has one choice", req.N)
	}
	q = Question{At: time.Now().UTC(), Model: req.Model, Stream: req.Stream}
	for i, message := range req.Messages {
		text, err := content(message.Content)
		if err != nil {
			return req, q, bad(fmt.Sprintf("messages.[%d].content", i), "content of message %d: %v", i, err)
		}
		if message.Role == "" {
			return req, q, bad(fmt.Sprintf("messages.[%d].role", i), "role of message %d is missing", i)
		}
		q.Messages = append(q.Messages, Message{message.Role, text})
		if message.Role == "user" {
			q.Text = text
		}
	}
	return req, q, nil
}

// content returns the text of a message, which is a string, parts, or null.
func content(raw json.RawMessage) (string, error) {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	var parts []struct{ Type, Text string }
	if err := json.Unmarshal(raw, &parts); err != nil {
		return "", fmt.Errorf("it is neither a string nor a list of parts")
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		if part.Type != "text" {
			return "", fmt.Errorf("part %d is of the type %q: this model reads only text", i, part.Type)
		}
		texts[i] = part.Text
	}
	return strings.Join(texts, "\n"), nil
}

// invalid is the type of most refusals.
const invalid = "invalid_request_error"

// refusal is an error as OpenAI's API writes it.
type refusal struct {
	Status  int
	Message string
	Type    string
	Param   string // "": null
	Code    string // "": null
}

func refuse(w http.ResponseWriter, r refusal) {
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	write(w, r.Status, map[string]any{"error": map[string]any{"message": r.Message, "type": r.Type, "param": null(r.Param), "code": null(r.Code)}})
}

// write writes a value as JSON.
func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // fails only if the caller is gone
}
