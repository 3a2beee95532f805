package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Error is a request that the Graph API refused, as it said so.
type Error struct {
	Status  int    // HTTP status
	Code    int    // Meta's error code; 0 if the answer held none
	Message string // for people
	Details string // error_data.details
	TraceID string // fbtrace_id, for Meta's support

	RetryAfter time.Duration // from the header; 0 if there was none
}

func (e *Error) Error() string {
	s := fmt.Sprintf("HTTP %d", e.Status)
	if e.Code != 0 {
		s += fmt.Sprintf(", code %d", e.Code)
	}
	for _, more := range []string{e.Message, e.Details} {
		if more != "" {
			s += ": " + more
		}
	}
	return s
}

// transient lists the codes that Meta's error reference calls worth another
// try within minutes: service (2), call limits (4, 80007), throughput (130429),
// internal (131000, 131016), pair rate (131056), maintenance (131057, 133004).
var transient = []int{2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004}

// Temporary tells whether the same request can succeed later. A known code
// decides; Meta advises against the HTTP status where there is one.
func (e *Error) Temporary() bool {
	if e.Code != 0 {
		return Temporary(e.Code) || e.Code == 1 && e.Status/100 == 5
	}
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusTooEarly || e.Status/100 == 5
}

// Temporary tells whether Meta's error reference calls a code worth another try.
func Temporary(code int) bool { return slices.Contains(transient, code) }

// Unknown tells whether an error is an answer that never came: the request may have
// been carried out.
func Unknown(err error) bool {
	_, ok := errors.AsType[*unknown](err)
	return ok
}

type unknown struct{ error }

func (e *unknown) Unwrap() error { return e.error }

// longestRetryAfter bounds what a Retry-After header may ask for.
const longestRetryAfter = time.Hour

// retryAfter reads the header of that name: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) (wait time.Duration) {
	seconds, err := strconv.ParseInt(header, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(max(seconds, 0), int64(longestRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestRetryAfter)
}

func refusal(status int, body []byte) *Error {
	var answer struct {
		Error struct {
			Message   string
			Code      int
			ErrorData struct{ Details string } `json:"error_data"`
			TraceID   string                   `json:"fbtrace_id"`
		}
	}
	_ = json.Unmarshal(body, &answer) // a proxy's HTML page: the status has to do
	e := answer.Error
	return &Error{Status: status, Code: e.Code, Message: e.Message, Details: e.ErrorData.Details, TraceID: e.TraceID}
}
