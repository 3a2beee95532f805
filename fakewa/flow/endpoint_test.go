package flow_test

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
	"io"
	"net/http"
	"sync"

	"wappasim/fakewa"
)

// key is that of the business in these tests.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func publicKey() string {
	der, err := x509.MarshalPKIXPublicKey(&key().PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// bot is a bot with the endpoint of a flow, as Meta's guide describes it.
type bot struct {
	answer   func(request map[string]any) (status int, answer any)
	raw      func(w http.ResponseWriter) bool // writes the answer itself; nil: it does not
	straight bool                             // the initial vector is not inverted

	mu       sync.Mutex // guards what follows
	requests []map[string]any
	bodies   [][]byte
	webhooks []string
}

type any2 = map[string]any

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Path != "/flow" {
		b.webhooks = append(b.webhooks, string(body))
		return
	}
	b.bodies = append(b.bodies, body)
	if r.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		w.WriteHeader(432)
		return
	}
	var in struct {
		Data   []byte `json:"encrypted_flow_data"`
		Key    []byte `json:"encrypted_aes_key"`
		Vector []byte `json:"initial_vector"`
	}
	if json.Unmarshal(body, &in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, key(), in.Key, nil)
	if err != nil {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	block, _ := aes.NewCipher(secret)
	gcm, _ := cipher.NewGCMWithNonceSize(block, len(in.Vector))
	plain, err := gcm.Open(nil, in.Vector, in.Data, nil)
	var request map[string]any
	if err != nil || json.Unmarshal(plain, &request) != nil {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	b.requests = append(b.requests, request)
	if b.raw != nil && b.raw(w) {
		return
	}
	status, answer := b.reply(request)
	text, _ := json.Marshal(answer)
	if status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = w.Write(text)
		return
	}
	inverted := bytes.Clone(in.Vector)
	for i := range inverted {
		if !b.straight {
			inverted[i] ^= 0xff
		}
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, base64.StdEncoding.EncodeToString(gcm.Seal(nil, inverted, text, nil)))
}

var tables = []any{any2{"id": "window", "title": "At the window"}, any2{"id": "door", "title": "At the door", "enabled": false}}

// reply answers as a bot that takes bookings; answer may say otherwise, with a status.
func (b *bot) reply(request map[string]any) (int, any) {
	data, _ := request["data"].(map[string]any)
	if data["error"] != nil {
		return 200, any2{"data": any2{"acknowledged": true}}
	}
	if b.answer != nil {
		if status, answer := b.answer(request); status != 0 {
			return status, answer
		}
	}
	switch request["action"] {
	case "ping":
		return 200, any2{"data": any2{"status": "active"}}
	case "INIT", "BACK":
		return 200, any2{"screen": "DAY", "data": any2{"tables": tables}}
	}
	if request["screen"] == "DAY" {
		return 200, any2{"screen": "DETAILS", "data": any2{"held": data["table"].(string) + " on " + data["day"].(string)}}
	}
	return 200, any2{"screen": "SUCCESS", "data": any2{"extension_message_response": any2{"params": any2{"flow_token": request["flow_token"], "booking": "7"}}}}
}
