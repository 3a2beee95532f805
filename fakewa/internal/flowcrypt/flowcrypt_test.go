package flowcrypt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/rand/v2"
	"strings"
	"testing"

	"wappasim/fakewa/internal/flowcrypt"
	"wappasim/fakewa/internal/flowtest"
)

func TestRequestAndAnswer(t *testing.T) {
	key := flowtest.Key()
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
	request, err := flowtest.Open(one.Body)
	if err != nil || request.Action != "ping" {
		t.Fatalf("the endpoint got %+v %v", request, err)
	}
	if got, err := one.Open([]byte(request.Seal(map[string]int{"data": 1}, true))); err != nil || string(got) != `{"data":1}` {
		t.Errorf("the phone got %s %v", got, err)
	}
	for given, want := range map[string]string{request.Seal(1, false): "inverted", "{}": "base64", "AAAA": "cannot be decrypted"} {
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
