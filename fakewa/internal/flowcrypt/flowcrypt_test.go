package flowcrypt_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/rand/v2"
	"strings"
	"testing"

	"wappasim/fakewa/internal/flowcrypt"
)

// endpoint decrypts a request as Meta's guide for endpoints says, and encrypts an answer.
// With invert unset it makes the usual mistake.
func endpoint(t *testing.T, key *rsa.PrivateKey, body []byte, answer string, invert bool) (request, sealed string) {
	t.Helper()
	var in struct {
		Data   string `json:"encrypted_flow_data"`
		Key    string `json:"encrypted_aes_key"`
		Vector string `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		t.Fatal(err)
	}
	decoded := func(text string) []byte {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	aesKey, err := rsa.DecryptOAEP(sha256.New(), nil, key, decoded(in.Key), nil)
	if err != nil || len(aesKey) != 16 {
		t.Fatalf("the AES key has %d bytes: %v", len(aesKey), err)
	}
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	iv := decoded(in.Vector)
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, iv, decoded(in.Data), nil)
	if err != nil || len(iv) != 16 {
		t.Fatalf("a vector of %d bytes: %v", len(iv), err)
	}
	for i := range iv {
		if invert {
			iv[i] ^= 0xff
		}
	}
	return string(plain), base64.StdEncoding.EncodeToString(gcm.Seal(nil, iv, []byte(answer), nil))
}

func TestRequestAndAnswer(t *testing.T) {
	key, err := rsa.GenerateKey(nil, 2048)
	if err != nil {
		t.Fatal(err)
	}
	seal := func() *flowcrypt.Sealed {
		sealed, err := flowcrypt.Seal(&key.PublicKey, rand.NewChaCha8([32]byte{1}), []byte(`{"action":"ping"}`))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	one := seal()
	if !bytes.Equal(one.Body, seal().Body) {
		t.Error("the same random bytes give two bodies")
	}
	request, answer := endpoint(t, key, one.Body, `{"data":{}}`, true)
	if got, err := one.Open([]byte(answer)); request != `{"action":"ping"}` || err != nil || string(got) != `{"data":{}}` {
		t.Errorf("the endpoint got %s, and the phone %s %v", request, got, err)
	}
	_, answer = endpoint(t, key, one.Body, "{}", false)
	for given, want := range map[string]string{answer: "inverted", "{}": "base64", "AAAA": "cannot be decrypted"} {
		if _, err := one.Open([]byte(given)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", given, err)
		}
	}
	if _, err := rsa.DecryptOAEP(sha256.New(), nil, key, wrappedFor(t, flowcrypt.Other()), nil); err == nil {
		t.Error("what is encrypted for another key can be read")
	}
}

// wrappedFor returns the encrypted AES key of a request.
func wrappedFor(t *testing.T, key *rsa.PublicKey) []byte {
	sealed, err := flowcrypt.Seal(key, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string][]byte
	if err := json.Unmarshal(sealed.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body["encrypted_aes_key"]
}

func TestParseKey(t *testing.T) {
	inPEM := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	small, err := rsa.GenerateKey(nil, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"MIIB": "PEM", inPEM(&small.PublicKey): "2048", inPEM(&curve.PublicKey): "RSA",
		"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n": "SubjectPublicKeyInfo",
	} {
		if _, err := flowcrypt.ParseKey(given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", given, err, want)
		}
	}
	if key, err := flowcrypt.ParseKey(inPEM(flowcrypt.Other())); err != nil || !key.Equal(flowcrypt.Other()) {
		t.Errorf("got %v", err)
	}
}
