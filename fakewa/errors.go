package fakewa

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// APIError is a refusal as the Graph API words it.
type APIError struct {
	Status  int    // HTTP status
	Code    int    // Meta's error code
	Subcode int    // 0: none
	Type    string // "OAuthException" or "GraphMethodException"
	Message string // Meta's title of the code
	Details string // what exactly is wrong, in plain words
	TraceID string
}

func (e *APIError) Error() string {
	if e.Details == "" {
		return e.Message
	}
	return e.Message + ": " + e.Details
}

// MarshalJSON writes the error as the API does, without its envelope.
func (e *APIError) MarshalJSON() ([]byte, error) {
	body := map[string]any{"message": e.Message, "type": e.Type, "code": e.Code, "fbtrace_id": e.TraceID}
	if e.Subcode != 0 {
		body["error_subcode"] = e.Subcode
	}
	if e.Details != "" {
		body["error_data"] = map[string]string{"messaging_product": "whatsapp", "details": e.Details}
	}
	return json.Marshal(body)
}

// titles are the texts of Meta's error reference, with the HTTP status given there.
var titles = map[int]struct {
	status int
	title  string
}{
	1:      {http.StatusBadRequest, "API Unknown"},
	2:      {http.StatusServiceUnavailable, "API Service"},
	4:      {http.StatusBadRequest, "API Too Many Calls"},
	100:    {http.StatusBadRequest, "Invalid parameter"},
	190:    {http.StatusUnauthorized, "Access token has expired"},
	368:    {http.StatusForbidden, "Temporarily blocked for policies violations"},
	130429: {http.StatusBadRequest, "Rate limit hit"},
	131000: {http.StatusInternalServerError, "Something went wrong"},
	131008: {http.StatusBadRequest, "Required parameter is missing"},
	131009: {http.StatusBadRequest, "Parameter value is not valid"},
	131016: {http.StatusInternalServerError, "Service unavailable"},
	131026: {http.StatusBadRequest, "Message undeliverable"},
	131047: {http.StatusBadRequest, "Re-engagement message"},
	131051: {http.StatusBadRequest, "Unsupported message type"},
	131056: {http.StatusBadRequest, "(Business Account, Consumer Account) pair rate limit hit"},
	131057: {http.StatusInternalServerError, "Account in maintenance mode"},
}

// apiError returns Meta's error of a code with details of one's own. A code that
// is not in the table is told as such.
func apiError(code int, format string, args ...any) *APIError {
	t, ok := titles[code]
	if !ok {
		t.status, t.title = http.StatusBadRequest, "Error"
	}
	return &APIError{
		Status:  t.status,
		Code:    code,
		Type:    "OAuthException",
		Message: fmt.Sprintf("(#%d) %s", code, t.title),
		Details: fmt.Sprintf(format, args...),
	}
}

// badToken is what a missing or wrong access token gets. Meta's answer has no details.
func badToken() *APIError {
	return &APIError{Status: http.StatusUnauthorized, Code: 190, Type: "OAuthException", Message: "Invalid OAuth access token - Cannot parse access token"}
}

// noObject is what a path gets that names nothing.
func noObject(method, id string) *APIError {
	return &APIError{
		Status: http.StatusBadRequest, Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation", method, id),
	}
}
