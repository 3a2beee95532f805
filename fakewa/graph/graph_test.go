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
