package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
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
func client(mock *httpmock.MockTransport) *graph.Client {
	return &graph.Client{HTTP: &http.Client{Transport: mock}, Clock: clock.New(), URL: "https://graph.example/v23.0/", PhoneNumberID: "555", Token: "EAAG-secret"}
}

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
	for to, field := range map[string]string{"+1234567890": "to", "US.134912": "recipient"} {
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
		id, err := client(mock).SendText(context.Background(), to, "<hi> 👋")
		if err != nil || id != "wamid.X" {
			t.Fatalf("got %q, %v", id, err)
		}
		if got["messaging_product"] != "whatsapp" || got["type"] != "text" || got[field] != to || got["text"].(map[string]any)["body"] != "<hi> 👋" {
			t.Errorf("sent %v", got)
		}
	}
}

// TestSendTextFaults says for each trouble how often the request is made, and
// in what virtual time.
func TestSendTextFaults(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	for name, test := range map[string]struct {
		responder httpmock.Responder
		attempts  int
		took      time.Duration
		want      string
	}{
		"pair rate":            {refused(400, 131056), 5, 15 * time.Second, "code 131056"},
		"throughput, as 429":   {refused(429, 130429), 5, 15 * time.Second, "HTTP 429"},
		"service":              {refused(503, 2), 5, 15 * time.Second, "wait a little"},
		"a gateway's 502":      {httpmock.NewStringResponder(502, "<html>bad gateway</html>"), 5, 15 * time.Second, "HTTP 502"},
		"unknown, as 500":      {refused(500, 1), 5, 15 * time.Second, "code 1"},
		"nobody listens":       {httpmock.NewErrorResponder(dial), 5, 15 * time.Second, "connection refused"},
		"token expired":        {refused(401, 190), 1, 0, "code 190"},
		"outside 24 hours":     {refused(400, 131047), 1, 0, "code 131047"},
		"unknown, as 400":      {refused(400, 1), 1, 0, "code 1"},
		"a gateway's 404":      {httpmock.NewStringResponder(404, ""), 1, 0, "HTTP 404"},
		"the answer was lost":  {httpmock.NewErrorResponder(reset), 1, 0, "connection reset"},
		"half an answer":       {httpmock.NewStringResponder(200, `{"messages":[`), 1, 0, "read the answer"},
		"an answer without id": {httpmock.NewStringResponder(200, `{}`), 1, 0, "names no message"},
		"no answer at all": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, 1, 10 * time.Second, "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mock := httpmock.NewMockTransport()
				mock.RegisterResponder("POST", messages, test.responder)
				start := time.Now()
				_, err := client(mock).SendText(context.Background(), "+1", "hi")
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want one with %q", err, test.want)
				}
				if strings.Contains(err.Error(), "EAAG-secret") {
					t.Errorf("the token is in the error: %v", err)
				}
				if got := mock.GetTotalCallCount(); got != test.attempts {
					t.Errorf("got %d attempts, want %d", got, test.attempts)
				}
				if got := time.Since(start); got != test.took {
					t.Errorf("took %s, want %s", got, test.took)
				}
			})
		})
	}
}

func TestSendTextSucceedsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder("POST", messages, refused(400, 131056).Then(refused(500, 131000)).Then(accepted("wamid.Y")))
		start := time.Now()
		id, err := client(mock).SendText(context.Background(), "+1", "hi")
		if err != nil || id != "wamid.Y" {
			t.Fatalf("got %q, %v", id, err)
		}
		if got, want := time.Since(start), 3*time.Second; got != want {
			t.Errorf("took %s, want %s", got, want)
		}
	})
}

// TestSendTextStops ends the context during the first wait: the send gives up at
// once, and an attempt under way is completed.
func TestSendTextStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder("POST", messages, refused(500, 131000))
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := client(mock).SendText(ctx, "+1", "hi")
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != 131000 || e.TraceID != "AbC" {
			t.Errorf("got %v, want WhatsApp's own error", err)
		}
		if got := time.Since(start); got != 500*time.Millisecond {
			t.Errorf("took %s", got)
		}

		ended, cancel := context.WithCancel(context.Background())
		cancel()
		mock.RegisterResponder("POST", messages, accepted("wamid.Z").Delay(3*time.Second))
		if _, err := client(mock).SendText(ended, "+1", "hi"); err != nil {
			t.Errorf("the first attempt was not completed: %v", err)
		}
	})
}

// TestWaitsByClock moves a mock clock by hand: the client has no other time.
func TestWaitsByClock(t *testing.T) {
	mock, time := httpmock.NewMockTransport(), clock.NewMock()
	mock.RegisterResponder("POST", messages, refused(500, 131000).Then(accepted("wamid.Y")))
	c := client(mock)
	c.Clock = time
	done := make(chan error)
	go func() {
		_, err := c.SendText(context.Background(), "+1", "hi")
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			if got := time.Now().Sub(clock.NewMock().Now()); got < 1e9 {
				t.Errorf("sent again after %s", got)
			}
			return
		default:
			time.Add(1e8)
		}
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
	if _, err := client(mock).SendText(context.Background(), "+1", "hi"); err == nil {
		t.Error("an endless answer was read")
	}
}
