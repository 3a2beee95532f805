// Package flowcrypt is the phone's side of the encryption between WhatsApp and the endpoint
// of a flow: [Seal] encrypts a request for the public key of a business, and [Sealed.Open]
// decrypts the answer. The endpoint's side is the bot's; examples/booking has it.
package flowcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

// Sealed is an encrypted request.
type Sealed struct {
	Body []byte // JSON, as it is posted

	aead cipher.AEAD
	iv   []byte
}

// vector is the length of an initialization vector, in bytes: Meta's guide has 128 bits.
const vector = 16

// Seal encrypts a request. All random bytes come from random, so that the same ones give the
// same body; nil: they come from the system.
func Seal(key *rsa.PublicKey, random io.Reader, request []byte) (*Sealed, error) {
	if random == nil {
		random = rand.Reader
	}
	secret := make([]byte, 16+vector)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("flowcrypt: draw a key: %w", err)
	}
	aesKey, iv := secret[:16], secret[16:]
	wrapped, err := rsa.EncryptOAEP(sha256.New(), random, key, aesKey, nil)
	if err != nil {
		return nil, fmt.Errorf("flowcrypt: encrypt the AES key: %w", err)
	}
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		return nil, fmt.Errorf("flowcrypt: %w", err)
	}
	aead, err := cipher.NewGCMWithNonceSize(block, vector)
	if err != nil {
		return nil, fmt.Errorf("flowcrypt: %w", err)
	}
	body, err := json.Marshal(map[string][]byte{ // []byte becomes base64
		"encrypted_flow_data": aead.Seal(nil, iv, request, nil),
		"encrypted_aes_key":   wrapped,
		"initial_vector":      iv,
	})
	return &Sealed{body, aead, iv}, err
}

// Open decrypts the answer to the request: base64, encrypted with the same key and the
// inverted vector.
func (s *Sealed) Open(answer []byte) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(string(answer))
	if err != nil {
		return nil, fmt.Errorf("the answer is no base64: %w", err)
	}
	inverted := make([]byte, len(s.iv))
	for i, b := range s.iv {
		inverted[i] = ^b
	}
	opened, err := s.aead.Open(nil, inverted, sealed, nil)
	if err != nil {
		if _, same := s.aead.Open(nil, s.iv, sealed, nil); same == nil {
			return nil, errors.New("the answer is encrypted with the initial vector of the request; want all bits of it inverted")
		}
		return nil, errors.New("the answer cannot be decrypted; want AES-128-GCM with the key of the request and its initial vector inverted")
	}
	return opened, nil
}

// ParseKey reads the public key of a business, in PEM. It must be an RSA key of 2048 bits.
func ParseKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("is not PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("is no public key of the form SubjectPublicKeyInfo (BEGIN PUBLIC KEY)")
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok || key.N.BitLen() != 2048 {
		return nil, errors.New("is not an RSA key of 2048 bits")
	}
	return key, nil
}

//go:embed other.pem
var other string

// Other returns a key that is nobody's.
func Other() *rsa.PublicKey {
	key, err := ParseKey(other)
	if err != nil {
		panic(err) // it is embedded
	}
	return key
}
