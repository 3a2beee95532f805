package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// metaHosts are the hosts of Meta that the fake stands in for.
var metaHosts = []string{"graph.facebook.com", "lookaside.fbsbx.com"}

const (
	day           = 24 * time.Hour
	authorityLife = 3650 * day
	leafLife      = 397 * day // Apple's systems accept no longer one
	authorityLeft = 7 * day   // what must be left of an authority to be used again
)

// authority is a certificate authority of this machine. Its certificates are valid for
// the fake's hosts only, so that it is safe to trust.
type authority struct {
	path string          // of its certificate, for clients
	own  tls.Certificate // with the key
	leaf tls.Certificate // the fake's, signed by own
}

// openAuthority returns the authority in a folder. If there is none, or it cannot be used,
// it makes a new one. ca-key.pem has its key and its certificate; ca.pem has only the
// certificate, for clients. The files stay, so that clients trust the next start too.
func openAuthority(dir string, now time.Time) (*authority, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	kept := filepath.Join(dir, "ca-key.pem")
	a, err := readAuthority(kept, now)
	if unfit, ok := errors.AsType[*unfitError](err); ok {
		err = makeAuthority(kept, unfit.exists, now)
		if err == nil {
			a, err = readAuthority(kept, now)
		}
	}
	if err != nil {
		return nil, err
	}
	a.path = filepath.Join(dir, "ca.pem")
	return a, a.publish()
}

// unfitError says why there must be a new authority.
type unfitError struct {
	exists bool // there is a file
	why    error
}

func (e *unfitError) Error() string { return "certificate authority: " + e.why.Error() }

// readAuthority reads an authority and makes the fake's certificate.
func readAuthority(kept string, now time.Time) (*authority, error) {
	data, err := os.ReadFile(kept)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &unfitError{why: err}
	}
	if err != nil {
		return nil, err
	}
	a := new(authority)
	if a.own, err = tls.X509KeyPair(data, data); err != nil {
		return nil, &unfitError{exists: true, why: err}
	}
	if err := a.sign(now); err != nil {
		return nil, &unfitError{exists: true, why: err}
	}
	return a, os.Chmod(kept, 0o600)
}

// sign makes the fake's certificate, and checks that clients will accept it now and in
// the next days.
func (a *authority) sign(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	end := now.Add(leafLife)
	if end.After(a.own.Leaf.NotAfter) {
		end = a.own.Leaf.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		Subject:               pkix.Name{CommonName: "fakewa"},
		NotBefore:             now.Add(-time.Hour), // clocks differ
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              append([]string{"localhost"}, metaHosts...),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}, a.own.Leaf, &key.PublicKey, a.own.PrivateKey)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	a.leaf = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	roots := x509.NewCertPool()
	roots.AddCert(a.own.Leaf)
	for _, name := range append([]string{"localhost", "127.0.0.1", "::1"}, metaHosts...) {
		for _, at := range []time.Time{now, now.Add(authorityLeft)} {
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: at}); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeAuthority replaces an unfit authority with a new one. If another start creates one
// meanwhile, that one stays, because its clients trust it.
func makeAuthority(kept string, unfit bool, now time.Time) error {
	data, err := generateAuthority(now)
	if err != nil {
		return fmt.Errorf("make a certificate authority: %w", err)
	}
	whole, err := writeTemporary(filepath.Dir(kept), data)
	if err != nil {
		return err
	}
	defer os.Remove(whole)
	if unfit {
		if err := os.Remove(kept); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Link(whole, kept); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func generateAuthority(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.CreateCertificate(rand.Reader, authorityTemplate(now), authorityTemplate(now), &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), certificatePEM(certificate)...), nil
}

func authorityTemplate(now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:                     pkix.Name{CommonName: "fakewa, for tests on this machine"},
		NotBefore:                   now.Add(-time.Hour), // clocks differ
		NotAfter:                    now.Add(authorityLife),
		KeyUsage:                    x509.KeyUsageCertSign,
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         append([]string{"localhost"}, metaHosts...),
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 1).To4(), Mask: net.CIDRMask(32, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
}

// publish writes the certificate for clients, unless it is there already.
func (a *authority) publish() error {
	want := certificatePEM(a.own.Leaf.Raw)
	if have, err := os.ReadFile(a.path); err == nil && bytes.Equal(have, want) {
		return nil
	}
	whole, err := writeTemporary(filepath.Dir(a.path), want)
	if err != nil {
		return err
	}
	defer os.Remove(whole)
	if err := os.Chmod(whole, 0o644); err != nil {
		return err
	}
	return os.Rename(whole, a.path)
}

// serverConfig is for one server: net/http changes it.
func (a *authority) serverConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.leaf}}
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// writeTemporary writes a file that only its owner may read. The caller renames or links
// it, so that nobody reads half a file, and removes it.
func writeTemporary(dir string, data []byte) (path string, err error) {
	f, err := os.CreateTemp(dir, "*.tmp")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}
