package fakewa_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"wappasim/fakewa"
)

// A refusal has Meta's words in its body, and the fake's own reason in a header.
func Example_refusal() {
	fake := fakewa.New(fakewa.Config{})
	defer fake.Close()
	req, err := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages",
		strings.NewReader(`{"messaging_product": "whatsapp", "to": "16505551234", "text": {"body": "hi", "previewUrl": true}}`))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	resp, err := fake.Client().Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	message, _, _ := strings.Cut(string(body), `,"type"`)
	fmt.Println(resp.StatusCode, message)
	fmt.Println(resp.Header.Get("X-Fakewa-Reason"))
	fmt.Println(fake.Requests()[0].Why)
	// Output:
	// 400 {"error":{"message":"(#100) Unexpected key \"previewUrl\" on param \"text\"."
	// text.previewUrl is a key that the API does not know.
	// text.previewUrl is a key that the API does not know.
}
