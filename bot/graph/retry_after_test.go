package graph_test

// Copy to bot/graph.

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"wappasim/bot/graph"
)

// TestRetryAfterOverflow asks for more seconds than a time.Duration holds: the bound
// holds all the same.
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
