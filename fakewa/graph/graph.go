// Package graph has the errors of Meta's Graph API. [New] makes one from a code of
// Meta's error reference, which gives its HTTP status and title:
//
//	e := graph.New(131009, "to is %q; it must be a phone number.", to)
//	fmt.Println(e.Status, e.Message) // 400 (#131009) Parameter value is not valid
//
// The package sends nothing. The texts in Details and Why are the fake's own, unless a
// comment where they are made says that Meta has the same.
package graph

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Error is an error of the Graph API: why it refused a call.
type Error struct {
	Status    int    // HTTP status
	Code      int    // Meta's error code
	Subcode   int    // 0: none
	Type      string // "OAuthException" or "GraphMethodException"
	Message   string // Meta's title of the code, or its words about a parameter
	Details   string // what exactly is wrong, in plain words; "": the answer has no error_data
	UserTitle string // for people who made a template; "": none
	UserMsg   string // for people who made a template; "": none
	Transient bool   // the same call may succeed later
	TraceID   string // fbtrace_id; the server sets it
	Why       string // more than the API says, for people who test a bot; not part of the answer's body
	Injected  bool   // an injected fault made it; not part of the answer
}

func (e *Error) Error() string {
	if reason := e.Reason(); reason != "" {
		return e.Message + ": " + reason
	}
	return e.Message
}

// Reason returns the fake's own words about what is wrong: Why, or else Details. It is ""
// if Message says it all.
func (e *Error) Reason() string { return cmp.Or(e.Why, e.Details) }

// Header returns the header www-authenticate that an answer with the error has, or "":
// Meta sends it with errors of the token, and with those of a parameter.
func (e *Error) Header() string {
	if e.Status != http.StatusUnauthorized && (e.Code != 100 || e.Status != http.StatusBadRequest || e.Type != "OAuthException") {
		return ""
	}
	return `OAuth "Facebook Platform" "invalid_request" ` + strconv.QuoteToASCII(e.Message)
}

// MarshalJSON writes the error as the API does: the value of "error" in an answer.
func (e *Error) MarshalJSON() ([]byte, error) {
	type data struct {
		Product string `json:"messaging_product"`
		Details string `json:"details"`
	}
	body := struct {
		Message   string `json:"message"`
		Type      string `json:"type"`
		Code      int    `json:"code"`
		Subcode   int    `json:"error_subcode,omitempty"`
		Transient *bool  `json:"is_transient,omitempty"`
		UserTitle string `json:"error_user_title,omitempty"`
		UserMsg   string `json:"error_user_msg,omitempty"`
		Data      *data  `json:"error_data,omitempty"`
		TraceID   string `json:"fbtrace_id"`
	}{e.Message, e.Type, e.Code, e.Subcode, nil, e.UserTitle, e.UserMsg, nil, e.TraceID}
	if e.Details != "" {
		body.Data = &data{"whatsapp", e.Details}
	}
	if e.Transient || e.UserTitle != "" { // errors of templates have it even if it is false
		body.Transient = &e.Transient
	}
	return json.Marshal(body)
}

// New returns the error of a code, with details. A code that is not in Meta's error
// reference has status 400 and the title "Error".
func New(code int, format string, args ...any) *Error {
	e := &Error{Status: http.StatusBadRequest, Code: code, Type: "OAuthException", Details: fmt.Sprintf(format, args...)}
	title := "Error"
	if t, ok := reference[code]; ok {
		e.Status, e.Transient, title = t.status, t.transient, t.title
	}
	e.Message = fmt.Sprintf("(#%d) %s", code, title)
	return e
}

// Param returns the error for a parameter of a wrong shape (100): its message is Meta's
// words, and it has no details. why is the fake's own reason.
func Param(message, why string, args ...any) *Error {
	return &Error{
		Status: http.StatusBadRequest, Code: 100, Type: "OAuthException",
		Message: "(#100) " + message, Why: fmt.Sprintf(why, args...),
	}
}

// BadToken returns the error for a missing or wrong access token (190). Meta's answer
// does not say why, so that why is not part of it.
func BadToken(why string) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: 190, Type: "OAuthException", Message: "Invalid OAuth access token - Cannot parse access token", Why: why}
}

// ExpiredToken returns the error for a token that expired (190, subcode 463). at is the
// time in words.
func ExpiredToken(at string) *Error {
	return &Error{
		Status: http.StatusUnauthorized, Code: 190, Subcode: 463, Type: "OAuthException",
		Message: "Error validating access token: Session has expired on " + at,
	}
}

// NoObject returns the error for a path that names nothing (100, subcode 33). Its status
// is 400, not 404, as Meta's is.
func NoObject(method, id string) *Error {
	return &Error{
		Status: http.StatusBadRequest, Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation", strings.ToLower(method), id),
	}
}

// NotSimulated returns the error for what the real API can do and the fake cannot: 501,
// so that nobody takes it for a success.
func NotSimulated(what string) *Error {
	e := New(3, "The real API has %s; this fake does not simulate it.", what)
	e.Status = http.StatusNotImplemented
	return e
}
