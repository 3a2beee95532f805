package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/jarcoal/httpmock"

	"wappasim/bot/graph"
)

const messages = "https://graph.example/v23.0/555/messages"

// client returns a client whose requests meet the mock.
func client(mock http.RoundTripper) *graph.Client {
	return &graph.Client{HTTP: &http.Client{Transport: mock}, Clock: clock.New(), URL: "https://graph.example/v23.0/", PhoneNumberID: "555", Token: "EAAG-secret"}
}

var hi = graph.Text{To: "+1", Body: "hi"}

func accepted(id string) httpmock.Responder {
	return httpmock.NewJsonResponderOrPanic(200, map[string]any{"messages": []any{map[string]string{"id": id}}})
}

func refused(status, code int) httpmock.Responder {
	return httpmock.NewJsonResponderOrPanic(status, map[string]any{"error": map[string]any{
		"message": "(#131056) pair rate limit hit", "type": "OAuthException", "code": code, "fbtrace_id": "AbC",
		"error_data": map[string]string{"messaging_product": "whatsapp", "details": "wait a little, EAAG-secret"},
	}})
}

func TestSendTextRequest(t *testing.T) {
	for _, test := range []struct {
		text  graph.Text
		field string
	}{
		{graph.Text{To: "+1234567890", Body: "<hi> 👋"}, "to"},
		{graph.Text{To: "US.134912", Body: "<hi> 👋", Opaque: "history +1 abc-1 0"}, "recipient"},
	} {
		mock := httpmock.NewMockTransport()
		var got map[string]any
		mock.RegisterResponder("POST", messages, func(r *http.Request) (*http.Response, error) {
			if auth := r.Header.Get("Authorization"); auth != "Bearer EAAG-secret" {
				t.Errorf("Authorization: got %q", auth)
			}
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Error(err)
			}
			return accepted("wamid.X")(r)
		})
		id, err := client(mock).SendText(context.Background(), test.text)
		if err != nil || id != "wamid.X" {
			t.Fatalf("got %q, %v", id, err)
		}
		if got["messaging_product"] != "whatsapp" || got["type"] != "text" || got[test.field] != test.text.To || got["text"].(map[string]any)["body"] != "<hi> 👋" {
			t.Errorf("sent %v", got)
		}
		if opaque, sent := got["biz_opaque_callback_data"]; sent != (test.text.Opaque != "") || sent && opaque != test.text.Opaque {
			t.Errorf("sent %v", got)
		}
	}
}

// What an error is.
const (
	temporary = "a refusal for now"
	permanent = "a refusal for good"
	unknown   = "an answer that never came"
	neither   = "surely not sent"
)

func kind(err error) string {
	refused, ok := errors.AsType[*graph.Error](err)
	switch {
	case graph.Unknown(err):
		return unknown
	case ok && refused.Temporary():
		return temporary
	case ok:
		return permanent
	}
	return neither
}

// TestSendTextFaults checks for each fault what is known of the message afterwards, and
// that one attempt is made, in what virtual time.
func TestSendTextFaults(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	for name, test := range map[string]struct {
		responder httpmock.Responder
		kind      string
		took      time.Duration
		want      string
	}{
		"pair rate":                     {refused(400, 131056), temporary, 0, "code 131056"},
		"throughput, as 429":            {refused(429, 130429), temporary, 0, "HTTP 429"},
		"service":                       {refused(503, 2), temporary, 0, "wait a little"},
		"internal, with a code, as 500": {refused(500, 131000), temporary, 0, "code 131000"},
		"unknown, as 500":               {refused(500, 1), temporary, 0, "code 1"},
		"a gateway's 429":               {httpmock.NewStringResponder(429, ""), temporary, 0, "HTTP 429"},
		"a gateway's 503":               {httpmock.NewStringResponder(503, ""), temporary, 0, "HTTP 503"},
		"a gateway's 500":               {httpmock.NewStringResponder(500, ""), unknown, 0, "HTTP 500"},
		"a gateway's 502":               {httpmock.NewStringResponder(502, "<html>bad gateway</html>"), unknown, 0, "HTTP 502"},
		"a gateway's 504":               {httpmock.NewStringResponder(504, ""), unknown, 0, "HTTP 504"},
		"nobody listens":                {httpmock.NewErrorResponder(dial), neither, 0, "connection refused"},
		"token expired":                 {refused(401, 190), permanent, 0, "code 190"},
		"outside 24 hours":              {refused(400, 131047), permanent, 0, "code 131047"},
		"outside 24 hours, as 500":      {refused(500, 131047), permanent, 0, "code 131047"},
		"unknown, as 400":               {refused(400, 1), permanent, 0, "code 1"},
		"a gateway's 404":               {httpmock.NewStringResponder(404, ""), permanent, 0, "HTTP 404"},
		"the answer was lost":           {httpmock.NewErrorResponder(reset), unknown, 0, "connection reset"},
		"half an answer":                {httpmock.NewStringResponder(200, `{"messages":[`), unknown, 0, "read the answer"},
		"an answer without id":          {httpmock.NewStringResponder(200, `{}`), unknown, 0, "names no message"},
		"a page, as 200":                {httpmock.NewStringResponder(200, `<html>`), unknown, 0, "read the answer"},
		"no answer at all": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, unknown, graph.Timeout, "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mock := httpmock.NewMockTransport()
				mock.RegisterResponder("POST", messages, test.responder)
				start := time.Now()
				_, err := client(mock).SendText(context.Background(), hi)
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got error %v, want one with %q", err, test.want)
				}
				if strings.Contains(err.Error(), "EAAG-secret") {
					t.Errorf("the token is in the error: %v", err)
				}
				if got := kind(err); got != test.kind {
					t.Errorf("%v is %s, want %s", err, got, test.kind)
				}
				if got := mock.GetTotalCallCount(); got != 1 {
					t.Errorf("got %d attempts", got)
				}
				if got := time.Since(start); got != test.took {
					t.Errorf("took %s, want %s", got, test.took)
				}
			})
		})
	}
}

// TestCutOff has a server end a connection at different points, over TCP.
func TestCutOff(t *testing.T) {
	for name, answer := range map[string]string{
		"before the answer":                "",
		"in the headers":                   "HTTP/1.1 200 OK\r\nContent-Len",
		"in the body":                      "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"messages\":[{\"id\":\"x\"}]}",
		"in the body of a refusal":         "HTTP/1.1 400 Bad Request\r\nContent-Length: 400\r\n\r\n{\"error\":{\"code\":131047}}",
		"in a body without a known length": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n{\"messages\":[{\"id\":\"x\"}]}\r\n",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, answer); err != nil {
				t.Error(err)
			}
		}))
		c := &graph.Client{HTTP: server.Client(), Clock: clock.New(), URL: server.URL + "/v23.0", PhoneNumberID: "555", Token: "EAAG-secret"}
		if _, err := c.SendText(context.Background(), hi); kind(err) != unknown || err == nil {
			t.Errorf("%s: %v is %s", name, err, kind(err))
		}
		server.Close()
		if _, err := c.SendText(context.Background(), hi); kind(err) != neither || err == nil {
			t.Errorf("after the server has ended: %v is %s", err, kind(err))
		}
	}
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for header, want := range map[string]time.Duration{
			"":       0,
			"7":      7 * time.Second,
			"0":      0,
			"-3":     0,
			"3600":   time.Hour,
			"3601":   time.Hour,
			"864000": time.Hour,
			"soon":   0,
			time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat):   90 * time.Second,
			time.Now().Add(240 * time.Hour).UTC().Format(http.TimeFormat):    time.Hour,
			time.Now().Add(-240 * time.Second).UTC().Format(http.TimeFormat): 0,
		} {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder("POST", messages, refused(429, 131056).HeaderAdd(http.Header{"Retry-After": {header}}))
			_, err := client(mock).SendText(context.Background(), hi)
			if e, ok := errors.AsType[*graph.Error](err); !ok || e.RetryAfter != want {
				t.Errorf("%q: got %+v, want %s", header, e, want)
			}
		}
	})
}

// TestSendTextCompletes ends the context before and during an attempt, which is
// still made.
func TestSendTextCompletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder("POST", messages, accepted("wamid.Z").Delay(3*time.Second))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		for range 2 { // the second time it has ended before
			if id, err := client(mock).SendText(ctx, hi); id != "wamid.Z" || err != nil {
				t.Errorf("the attempt was not completed: %q, %v", id, err)
			}
		}
		mock.RegisterResponder("POST", messages, refused(500, 131000))
		_, err := client(mock).SendText(ctx, hi)
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != 131000 || e.TraceID != "AbC" || e.Status != 500 {
			t.Errorf("got %v, want WhatsApp's own error", err)
		}
	})
}

// TestTimeoutByClock moves a mock clock by hand: the client has no other time.
func TestTimeoutByClock(t *testing.T) {
	mock, time := httpmock.NewMockTransport(), clock.NewMock()
	asked := make(chan struct{})
	mock.RegisterResponder("POST", messages, func(r *http.Request) (*http.Response, error) {
		close(asked)
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	c := client(mock)
	c.Clock = time
	done := make(chan error, 1)
	go func() {
		_, err := c.SendText(context.Background(), hi)
		done <- err
	}()
	<-asked
	time.Add(graph.Timeout - 1)
	select {
	case err := <-done:
		t.Errorf("given up early: %v", err)
	default:
	}
	time.Add(1)
	if err := <-done; !graph.Unknown(err) {
		t.Errorf("got %v", err)
	}
}

func TestPhoneNumber(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("GET", "https://graph.example/v23.0/555?fields=display_phone_number", httpmock.NewStringResponder(200, `{"id":"555","display_phone_number":"+1 555"}`))
	if got, err := client(mock).PhoneNumber(context.Background()); got != "+1 555" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	mock.RegisterResponder("GET", "https://graph.example/v23.0/555?fields=display_phone_number", refused(401, 190))
	if _, err := client(mock).PhoneNumber(context.Background()); err == nil || !strings.Contains(err.Error(), "190") {
		t.Errorf("got %v", err)
	}
}

// endless is an answer that never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestAnswerIsBounded(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("POST", messages, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(endless{})}, nil
	})
	if _, err := client(mock).SendText(context.Background(), hi); !graph.Unknown(err) {
		t.Errorf("an endless answer was read: %v", err)
	}
}

// TestRetryAfterOverflow asks for more seconds than a time.Duration holds: the bound
// still holds.
func TestRetryAfterOverflow(t *testing.T) {
	for _, header := range []string{"9999999999", "99999999999", "999999999999999999999"} {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder("POST", messages, refused(429, 131056).HeaderAdd(http.Header{"Retry-After": {header}}))
		_, err := client(mock).SendText(context.Background(), hi)
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.RetryAfter != time.Hour {
			t.Errorf("%s: got %+v", header, e.RetryAfter)
		}
	}
}
