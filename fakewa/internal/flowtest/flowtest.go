// Package flowtest is the bot's side of the encryption of flows, for the tests of the fake. It
// is written as Meta's guide for endpoints says, and shares nothing with package flowcrypt.
package flowtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"sync"
)

// Key is that of the business: one for all tests of a process.
var Key = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// PublicKey is that of [Key], in PEM.
func PublicKey() string {
	der, err := x509.MarshalPKIXPublicKey(&Key().PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Request is a request that was decrypted.
type Request struct {
	Action string
	Fields map[string]any // all of it

	aead   cipher.AEAD
	vector []byte
}

// Open decrypts a body.
func Open(body []byte) (*Request, error) {
	var in struct {
		Data   []byte `json:"encrypted_flow_data"`
		Key    []byte `json:"encrypted_aes_key"`
		Vector []byte `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, Key(), in.Key, nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt the AES key: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	r := &Request{vector: in.Vector}
	if r.aead, err = cipher.NewGCMWithNonceSize(block, len(in.Vector)); err != nil {
		return nil, err
	}
	plain, err := r.aead.Open(nil, in.Vector, in.Data, nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt the request: %w", err)
	}
	if err := json.Unmarshal(plain, &r.Fields); err != nil {
		return nil, err
	}
	r.Action, _ = r.Fields["action"].(string)
	return r, nil
}

// Seal encrypts an answer; if inverted is unset, with the mistake that is made most.
func (r *Request) Seal(answer any, inverted bool) string {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	vector := bytes.Clone(r.vector)
	for i := range vector {
		if inverted {
			vector[i] ^= 0xff
		}
	}
	return base64.StdEncoding.EncodeToString(r.aead.Seal(nil, vector, text, nil))
}
