package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"wappasim/fakewa/internal/flowcrypt"
	"wappasim/fakewa/internal/wire"
)

// dataAPI is the version that requests have if the definition does not say.
const dataAPI = "3.0"

// Exchange is a request to the endpoint of a flow, and how it was answered; decrypted.
type Exchange struct {
	At      time.Time       `json:"at"`
	FlowID  string          `json:"flow_id"`
	User    string          `json:"user,omitempty"` // "": a health check
	Request json.RawMessage `json:"request"`
	Status  int             `json:"status"` // HTTP; 0: there was no answer
	Answer  json.RawMessage `json:"answer,omitempty"`
	Error   string          `json:"error,omitempty"` // what WhatsApp would report about the endpoint
}

// Exchanges returns the last requests to endpoints, oldest first.
func (a *Account) Exchanges() []Exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.exchanges)
}

// EndpointError is what went wrong between a phone and an endpoint. People see a message that
// says no more than that something did, but for Message.
type EndpointError struct {
	Kind    string // of Meta's list: timeout_error, response-decryption-error, …; flow-token-invalid and signature-refused are the fake's own
	Status  int    // HTTP; 0: there was no answer
	Message string // that people see after 427: error_msg
	Why     string // in the fake's words
}

func (e *EndpointError) Error() string {
	text := fmt.Sprintf("flow: the endpoint: %s: %s", e.Kind, e.Why)
	if e.Message != "" {
		text += fmt.Sprintf(": %q", e.Message)
	}
	return text
}

// HTTP statuses that only endpoints of flows answer.
const (
	tokenInvalid     = 427
	signatureRefused = 432
)

// exchange sends a request to the endpoint of a flow, a second time with a key that was
// fetched again if the endpoint cannot decrypt the first, and returns the decrypted answer.
func (a *Account) exchange(ctx context.Context, f *Flow, user string, request map[string]any) (answer map[string]any, failed *EndpointError) {
	for range 2 {
		if answer, failed = a.once(ctx, f, user, request); failed == nil || failed.Status != http.StatusMisdirectedRequest {
			return answer, failed
		}
	}
	failed.Kind = "business-decryption-error"
	return nil, failed
}

func (a *Account) once(ctx context.Context, f *Flow, user string, request map[string]any) (answer map[string]any, failed *EndpointError) {
	plain, err := wire.JSON(request)
	if err != nil {
		return nil, &EndpointError{Kind: "unsupported", Why: err.Error()}
	}
	x := Exchange{At: a.host.Now(), FlowID: f.ID, User: user, Request: plain}
	a.mu.Lock()
	key := a.key
	a.mu.Unlock()
	if f.EndpointURI == "" || key == nil {
		return nil, &EndpointError{Kind: "public-key-missing", Why: "the flow has no endpoint_uri, or no public key was uploaded"}
	}
	var sealed *flowcrypt.Sealed
	seed := a.host.Draw("flow request of " + user + " in " + f.ID)
	status, body, err := a.host.Post(ctx, Post{f.EndpointURI, user, plain, func(wrongKey bool) ([]byte, error) {
		if wrongKey {
			key = flowcrypt.Other()
		}
		var err error
		if sealed, err = flowcrypt.Seal(key, rand.NewChaCha8(seed), plain); err != nil {
			return nil, err
		}
		return sealed.Body, nil
	}})
	x.Status = status
	if answer, failed = a.read(sealed, status, body, err); failed != nil {
		x.Error = failed.Error()
	} else {
		x.Answer, _ = wire.JSON(answer) // decoded from JSON: no error
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.exchanges = kept(append(a.exchanges, x), a.host.Limit)
	return answer, failed
}

// blame adds to the log what is wrong with the last answer to a user.
func (a *Account) blame(user string, failed *EndpointError) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := len(a.exchanges) - 1; i >= 0; i-- {
		if a.exchanges[i].User == user {
			a.exchanges[i].Error = failed.Error()
			return
		}
	}
}

// read reads the answer of an endpoint.
func (a *Account) read(sealed *flowcrypt.Sealed, status int, body []byte, err error) (answer map[string]any, failed *EndpointError) {
	fail := func(kind, why string, args ...any) *EndpointError {
		return &EndpointError{Kind: kind, Status: status, Why: fmt.Sprintf(why, args...)}
	}
	switch {
	case err != nil && status == 0 && isTimeout(err):
		return nil, fail("timeout_error", "there was no answer within 10 s: %v", err)
	case err != nil || sealed == nil:
		return nil, fail("no_http_response_error", "there was no answer: %v", err)
	case status == http.StatusMisdirectedRequest:
		return nil, fail("cannot-decrypt", "it answered 421: it cannot decrypt the request")
	case status == tokenInvalid:
		failed = fail("flow-token-invalid", "it answered 427: the flow token is no longer valid")
		var told struct {
			Message string `json:"error_msg"`
		}
		_ = json.Unmarshal(body, &told) // people see nothing else
		failed.Message = told.Message
		return nil, failed
	case status == signatureRefused:
		return nil, fail("signature-refused", "it answered 432: the signature is wrong")
	case status != http.StatusOK:
		return nil, fail("unexpected_http_status_code", "it answered %d", status)
	}
	opened, err := sealed.Open(bytes.TrimSpace(body))
	if err != nil {
		return nil, fail("response-decryption-error", "%v", err)
	}
	if err := json.Unmarshal(opened, &answer); err != nil || answer == nil {
		return nil, fail("payload-schema-error", "the answer is no JSON object: %.100s", opened)
	}
	return answer, nil
}

func isTimeout(err error) bool {
	timeout, ok := err.(interface{ Timeout() bool })
	return ok && timeout.Timeout()
}
