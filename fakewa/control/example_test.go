package control_test

import (
	"log"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// A program that serves the Graph API and the control API.
func Example() {
	serve := func() error {
		platform, err := fakewa.NewPlatform(fakewa.Config{WebhookURL: "http://127.0.0.1:8000/webhook"})
		if err != nil {
			return err
		}
		defer platform.Close()
		return http.ListenAndServe("127.0.0.1:4004", control.Handler(platform))
	}
	log.Fatal(serve())
}
