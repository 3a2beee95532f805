package graph

import (
	"encoding/json"
	"testing"
)

func TestErrorJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		err  *Error
		want string
	}{
		"with details": {New(131009, "to is %q.", "x"), `{"message":"(#131009) Parameter value is not valid","type":"OAuthException","code":131009,"error_data":{"messaging_product":"whatsapp","details":"to is \"x\"."},"fbtrace_id":""}`},
		"a parameter":  {Param("Param to must be a string.", "to is %s.", "a number"), `{"message":"(#100) Param to must be a string.","type":"OAuthException","code":100,"fbtrace_id":""}`},
		"for people":   {&Error{Code: 100, Subcode: 2388043, Type: "OAuthException", Message: "Invalid parameter", UserTitle: "title", UserMsg: "text", Why: "why"}, `{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388043,"is_transient":false,"error_user_title":"title","error_user_msg":"text","fbtrace_id":""}`},
		"transient":    {New(2, ""), `{"message":"(#2) API Service","type":"OAuthException","code":2,"is_transient":true,"fbtrace_id":""}`},
		"unknown code": {New(999, ""), `{"message":"(#999) Error","type":"OAuthException","code":999,"fbtrace_id":""}`},
		"no object":    {NoObject("GET", "7"), `{"message":"Unsupported get request. Object with ID '7' does not exist, cannot be loaded due to missing permissions, or does not support this operation","type":"GraphMethodException","code":100,"error_subcode":33,"fbtrace_id":""}`},
	} {
		got, err := json.Marshal(tt.err)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, tt.want)
		}
	}
}

// TestHeader expects www-authenticate with errors of the token and of parameters, in ASCII.
func TestHeader(t *testing.T) {
	for want, err := range map[string]*Error{
		`OAuth "Facebook Platform" "invalid_request" "(#100) Unexpected key \"caf\u00e9\" on param \"text\"."`: Param("Unexpected key \"café\" on param \"text\".", ""),
		`OAuth "Facebook Platform" "invalid_request" "(#100) Invalid parameter"`:                               New(100, "to is wrong."),
		`OAuth "Facebook Platform" "invalid_request" "Invalid OAuth access token - Cannot parse access token"`: BadToken("it is missing"),
		"": New(131009, "to is wrong."),
	} {
		if got := err.Header(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := NoObject("GET", "7").Header(); got != "" {
		t.Errorf("no object: got %s", got)
	}
}

func TestReason(t *testing.T) {
	for want, err := range map[string]*Error{
		"why":     Param("x", "why"),
		"details": New(131009, "details"),
		"":        New(2, ""),
	} {
		if err.Reason() != want || (want != "") != (err.Error() != err.Message) {
			t.Errorf("got %q and %q, want %q", err.Reason(), err.Error(), want)
		}
	}
	both := New(131009, "Meta's details")
	both.Why = "the fake's reason"
	if both.Reason() != "the fake's reason" {
		t.Errorf("got %q", both.Reason())
	}
}
