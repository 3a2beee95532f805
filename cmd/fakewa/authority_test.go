package main

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func certificate(t *testing.T, path string) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		t.Fatalf("not one certificate: %s", data)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAuthorityIsKept trusts the authority of the first start, and calls the second with
// it.
func TestAuthorityIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first := start(t, "-tls", "-ca-dir", dir)
	client := first.client()
	if status := first.stop(); status != 0 {
		t.Fatalf("status %d: %s", status, &first.stderr)
	}
	key := filepath.Join(dir, "ca-key.pem")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v %v", info.Mode(), err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(first.pem, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := start(t, "-tls", "-ca-dir", dir)
	if resp, body := get(t, client, "https://"+second.addr+"/106540352242922"); resp.StatusCode != 200 {
		t.Errorf("got %s %s", resp.Status, body)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode was not mended: %v %v", info.Mode(), err)
	}
	certificate(t, second.pem) // it was mended
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("got %v %v", files, err)
	}
}

func TestUnusableAuthorityIsReplaced(t *testing.T) {
	write := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if _, err := openAuthority(dir, time.Now()); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "ca-key.pem")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	open := func(now time.Time) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if _, err := openAuthority(dir, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, damage := range map[string]func(*testing.T, string){
		"expired":       open(time.Now().Add(-authorityLife - day)),
		"soon expired":  open(time.Now().Add(-authorityLife + 6*day)),
		"not yet valid": open(time.Now().Add(3 * day)),
		"empty":         write(func([]byte) []byte { return nil }),
		"corrupt":       write(func(b []byte) []byte { return b[:len(b)/2] }),
		"another's key": write(func(b []byte) []byte {
			other, err := generateAuthority(time.Now())
			if err != nil {
				t.Fatal(err)
			}
			_, certificate := pem.Decode(b)
			key, _ := pem.Decode(other)
			return append(pem.EncodeToMemory(key), certificate...)
		}),
		"no authority": func(t *testing.T, dir string) {
			a, err := openAuthority(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			key, err := x509.MarshalPKCS8PrivateKey(a.leaf.PrivateKey)
			if err != nil {
				t.Fatal(err)
			}
			data := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), certificatePEM(a.leaf.Leaf.Raw)...)
			if err := os.WriteFile(filepath.Join(dir, "ca-key.pem"), data, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			damage(t, dir)
			before := certificate(t, filepath.Join(dir, "ca.pem"))
			r := start(t, "-tls", "-ca-dir", dir)
			after := certificate(t, r.pem)
			if after.Equal(before) {
				t.Error("the authority is the old one")
			}
			if resp, body := get(t, r.client(), "https://"+r.addr+"/106540352242922"); resp.StatusCode != 200 {
				t.Errorf("got %s %s", resp.Status, body)
			}
		})
	}
}

func TestAuthorityIsKeptIfItIsValidForAWeek(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	first, err := openAuthority(dir, now.Add(-authorityLife+8*day))
	if err != nil {
		t.Fatal(err)
	}
	second, err := openAuthority(dir, now)
	if err != nil || !second.own.Leaf.Equal(first.own.Leaf) {
		t.Errorf("got %v", err)
	}
	if second.leaf.Leaf.NotAfter.After(first.own.Leaf.NotAfter) {
		t.Error("the certificate outlives its authority")
	}
}

// TestConcurrentStartsShareAnAuthority begins with an empty folder.
func TestConcurrentStartsShareAnAuthority(t *testing.T) {
	dir := t.TempDir()
	made := make([]*authority, 8)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() {
			a, err := openAuthority(dir, time.Now())
			if err != nil {
				t.Error(err)
			}
			made[i] = a
		})
	}
	group.Wait()
	kept := certificate(t, filepath.Join(dir, "ca.pem"))
	for _, a := range made {
		if a != nil && !a.own.Leaf.Equal(kept) {
			t.Error("two have different authorities")
		}
	}
}

func TestAuthorityIsNotValidForOtherHosts(t *testing.T) {
	a, err := openAuthority(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		DNSNames: []string{"www.example.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}, a.own.Leaf, a.leaf.Leaf.PublicKey, a.own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	other, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.own.Leaf)
	if _, err := other.Verify(x509.VerifyOptions{DNSName: "www.example.com", Roots: roots}); err == nil || !strings.Contains(err.Error(), "not permitted") {
		t.Errorf("got %v", err)
	}
}
