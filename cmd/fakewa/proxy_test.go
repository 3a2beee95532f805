package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProxyAnswersForMetasHosts(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir(), "-token", "token")
	client := r.client()
	for _, host := range []string{"https://graph.facebook.com", "https://lookaside.fbsbx.com", "http://graph.facebook.com", "http://GRAPH.facebook.com:80"} {
		resp, body := get(t, client, host+"/v23.0/106540352242922?fields=display_phone_number")
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, number) {
			t.Errorf("%s: got %s %s", host, resp.Status, body)
		}
		resp, body = get(t, client, host+"/_fakewa/users/1234567890/messages")
		if resp.StatusCode == http.StatusOK || strings.Contains(body, "messages\":[") {
			t.Errorf("%s: the control is on the proxy: %s %s", host, resp.Status, body)
		}
	}
	resp, body := get(t, http.DefaultClient, "http://"+r.addr+"/_fakewa/users/1234567890/messages")
	if resp.StatusCode != http.StatusOK || body != "{\"messages\":[]}\n" {
		t.Errorf("the control is not on the main address: %s %s", resp.Status, body)
	}
}

// TestProxyAndMainAddressAreOneFake sends a message through the proxy, and looks for it
// on the main address.
func TestProxyAndMainAddressAreOneFake(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir(), "-webhook", "http://127.0.0.1:1/nobody")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://graph.facebook.com/v23.0/106540352242922/messages",
		strings.NewReader(`{"messaging_product":"whatsapp","to":"1234567890","type":"text","text":{"body":"through the proxy"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	if _, body := get(t, http.DefaultClient, "http://"+r.addr+"/_fakewa/users/1234567890/messages"); !strings.Contains(body, "through the proxy") {
		t.Errorf("got %s", body)
	}
}

// TestMediaBehindTheProxyAreOnMetasHost downloads a file from the URL in its webhook, which
// is under the host that GET /{media-id} gives.
func TestMediaBehindTheProxyAreOnMetasHost(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir(), "-webhook", "http://127.0.0.1:1/nobody")
	resp, err := http.Post("http://"+r.addr+"/_fakewa/users/16505551234/messages", "application/json", strings.NewReader(`{"type":"image"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	var said struct {
		Messages []struct {
			Message struct{ Image struct{ ID, URL string } }
		}
	}
	_, body := get(t, http.DefaultClient, "http://"+r.addr+"/_fakewa/users/16505551234/messages")
	if err := json.Unmarshal([]byte(body), &said); err != nil || len(said.Messages) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	image := said.Messages[0].Message.Image
	var asked struct{ URL string }
	if _, body = get(t, r.client(), "https://graph.facebook.com/v23.0/"+image.ID); json.Unmarshal([]byte(body), &asked) != nil {
		t.Fatal(body)
	}
	const host = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid="
	for _, link := range []string{image.URL, asked.URL} {
		if !strings.HasPrefix(link, host+image.ID+"&") {
			t.Errorf("the URL is %s", link)
		}
		if resp, _ := get(t, r.client(), link); resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: got %s %s", link, resp.Status, resp.Header)
		}
	}
}

func TestProxyRefusesOtherHosts(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir())
	for _, line := range []string{
		"CONNECT example.com:443", "CONNECT graph.facebook.com:80", "CONNECT graph.facebook.com", "CONNECT evil.graph.facebook.com:443",
		"CONNECT [2001:db8::1]:443", "GET http://example.com/", "GET http://graph.facebook.com:8080/", "GET /v23.0/106540352242922",
	} {
		conn, err := net.Dial("tcp", r.proxy)
		if err != nil {
			t.Fatal(err)
		}
		_, target, _ := strings.Cut(line, " ")
		host := strings.TrimSuffix(strings.TrimPrefix(target, "http://"), "/")
		if strings.HasPrefix(target, "/") {
			host = r.proxy
		}
		if _, err := io.WriteString(conn, line+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		want := "fakewa: " + host + " is refused: this proxy is for tests of WhatsApp bots. " +
			"It answers for graph.facebook.com and lookaside.fbsbx.com itself and forwards nothing.\n"
		if err != nil || resp.StatusCode != http.StatusForbidden || string(body) != want {
			t.Errorf("%s: got %s %s %v", line, resp.Status, body, err)
		}
		conn.Close()
	}
	if _, err := r.client().Get("https://example.com/"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("got %v", err)
	}
}

// TestProxyNeedsTheAuthority has a client that does not trust the authority: it must get
// nothing in the tunnel.
func TestProxyNeedsTheAuthority(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir())
	client := r.client()
	client.Transport.(*http.Transport).TLSClientConfig = nil // the system's authorities
	resp, err := client.Get("https://graph.facebook.com/v23.0/106540352242922")
	if err == nil {
		resp.Body.Close()
		t.Errorf("got %s", resp.Status)
	} else if !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
}

// eagerConn sends its first bytes together with the CONNECT that opens the tunnel.
type eagerConn struct {
	net.Conn
	connect string
}

func (c *eagerConn) Write(b []byte) (int, error) {
	if c.connect == "" {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(append([]byte(c.connect), b...)); err != nil {
		return 0, err
	}
	c.connect = ""
	return len(b), nil
}

// TestProxyAcceptsTLSBeforeItsAnswer has a client that begins TLS without waiting for the
// tunnel.
func TestProxyAcceptsTLSBeforeItsAnswer(t *testing.T) {
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir())
	conn, err := net.Dial("tcp", r.proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const answer = "HTTP/1.1 200 Connection established\r\n\r\n"
	eager := &eagerConn{Conn: conn, connect: "CONNECT graph.facebook.com:443 HTTP/1.1\r\nHost: graph.facebook.com:443\r\n\r\n"}
	secure := tls.Client(&skipConn{Conn: eager, skip: len(answer)}, &tls.Config{RootCAs: r.roots(), ServerName: "graph.facebook.com"})
	if err := secure.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(secure, "GET /106540352242922?access_token=token HTTP/1.1\r\nHost: graph.facebook.com\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(secure), nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("got %v %v", resp, err)
	}
}

// skipConn leaves out the first bytes that arrive.
type skipConn struct {
	net.Conn
	skip int
}

func (c *skipConn) Read(b []byte) (int, error) {
	if c.skip > 0 {
		if _, err := io.CopyN(io.Discard, c.Conn, int64(c.skip)); err != nil {
			return 0, err
		}
		c.skip = 0
	}
	return c.Conn.Read(b)
}

// TestProxyServesCurl uses curl, which others wrote. Without curl it is skipped, but in
// CI it fails.
func TestProxyServesCurl(t *testing.T) {
	path, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("curl is not installed")
		}
		t.Skip("needs curl: apt-get install curl")
	}
	r := start(t, "-proxy", "127.0.0.1:0", "-ca-dir", t.TempDir())
	curl := func(args ...string) (string, error) {
		args = append([]string{"--silent", "--show-error", "--noproxy", "", "--proxy", "http://" + r.proxy, "--header", "Authorization: Bearer token"}, args...)
		out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
		return string(out), err
	}
	if out, err := curl("--cacert", r.pem, "https://graph.facebook.com/v23.0/106540352242922"); err != nil || !strings.Contains(out, number) {
		t.Errorf("got %s %v", out, err)
	}
	if out, err := curl("http://graph.facebook.com/v23.0/106540352242922"); err != nil || !strings.Contains(out, number) {
		t.Errorf("got %s %v", out, err)
	}
	if out, err := curl("--cacert", r.pem, "https://example.com/"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("got %s %v", out, err)
	}
	other, err := openAuthority(filepath.Join(t.TempDir(), "other"), certificate(t, r.pem).NotBefore)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := curl("--cacert", other.path, "https://graph.facebook.com/v23.0/106540352242922"); err == nil || !strings.Contains(out, "certificate") {
		t.Errorf("got %s %v", out, err)
	}
}
