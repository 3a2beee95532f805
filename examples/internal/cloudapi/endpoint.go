package cloudapi

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Endpoint takes the requests of phones on which a flow is open. They are signed, and
// encrypted for the public key that was uploaded for the number.
type Endpoint struct {
	Account Account
	Key     *rsa.PrivateKey

	// Answer says which screen follows, with its data, or [Done]. An error that is a
	// [TokenError] ends the flow; after any other the user can try again.
	Answer func(context.Context, FlowRequest) (screen string, data map[string]any, err error)
}

// FlowRequest is what a phone asks: for the first screen (INIT), after a button
// (data_exchange), or because the user went back (BACK).
type FlowRequest struct {
	Action, Screen string
	Token          string `json:"flow_token"`
	Data           map[string]any
}

// TokenError tells the user why a flow cannot go on.
type TokenError string

func (e TokenError) Error() string { return string(e) }

// Statuses that WhatsApp knows of endpoints alone.
const (
	statusToken     = 427
	statusSignature = 432
)

// Done ends a flow. The parameters come back in a message, in [Message].Filled.
func Done(token string, params map[string]any) (screen string, data map[string]any) {
	params["flow_token"] = token
	return "SUCCESS", map[string]any{"extension_message_response": map[string]any{"params": params}}
}

func (e Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3<<20))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	if !e.Account.signed(r, body) {
		http.Error(w, "the signature is wrong", statusSignature)
		return
	}
	plain, seal, err := decrypt(e.Key, body)
	var request FlowRequest
	if err == nil {
		err = json.Unmarshal(plain, &request)
	}
	if err != nil {
		http.Error(w, "the request cannot be decrypted", http.StatusMisdirectedRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	answer, err := e.answer(ctx, request)
	if told, ok := errors.AsType[TokenError](err); ok {
		w.WriteHeader(statusToken)
		_ = json.NewEncoder(w).Encode(map[string]string{"error_msg": string(told)}) // who is gone needs no answer
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	text, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, seal(text))
}

func (e Endpoint) answer(ctx context.Context, request FlowRequest) (any, error) {
	switch {
	case request.Action == "ping":
		return map[string]any{"data": map[string]string{"status": "active"}}, nil
	case request.Data["error"] != nil: // the phone could not use an answer
		return map[string]any{"data": map[string]bool{"acknowledged": true}}, nil
	}
	screen, data, err := e.Answer(ctx, request)
	return map[string]any{"screen": screen, "data": data}, err
}

// decrypt returns what a request holds, and the function that encrypts the answer: with the
// same key, and all bits of the initial vector inverted.
func decrypt(key *rsa.PrivateKey, body []byte) (plain []byte, seal func([]byte) string, err error) {
	var in struct {
		Data   []byte `json:"encrypted_flow_data"` // base64
		Key    []byte `json:"encrypted_aes_key"`
		Vector []byte `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, nil, fmt.Errorf("cloudapi: read the request: %w", err)
	}
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, key, in.Key, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("cloudapi: decrypt the AES key: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil || len(in.Vector) == 0 {
		return nil, nil, fmt.Errorf("cloudapi: an AES key of %d bytes, an initial vector of %d", len(secret), len(in.Vector))
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(in.Vector))
	if err != nil {
		return nil, nil, fmt.Errorf("cloudapi: %w", err)
	}
	if plain, err = gcm.Open(nil, in.Vector, in.Data, nil); err != nil {
		return nil, nil, fmt.Errorf("cloudapi: decrypt the request: %w", err)
	}
	inverted := make([]byte, len(in.Vector))
	for i, b := range in.Vector {
		inverted[i] = ^b
	}
	return plain, func(answer []byte) string {
		return base64.StdEncoding.EncodeToString(gcm.Seal(nil, inverted, answer, nil))
	}, nil
}
