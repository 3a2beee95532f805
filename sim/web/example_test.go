package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"wappasim/sim/web"
)

// serveKeeper serves a world until it fails.
func serveKeeper() error {
	s, err := web.New(web.Config{Bot: newKeeper})
	if err != nil {
		return err
	}
	defer s.Close()
	return http.ListenAndServe("127.0.0.1:4005", s)
}

func Example() {
	_ = serveKeeper // as a program does

	s, err := web.New(web.Config{Bot: newKeeper})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for _, request := range []string{
		`POST /_fakewa/users/Ana/messages {"type":"text","text":{"body":"remember me"}}`,
		`POST /_sim/time {"to":"next"}`,
		`GET /_sim/keep?as=scenario`,
	} {
		method, rest, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(rest, " ")
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if method == "GET" {
			text, _ := io.ReadAll(w.Body)
			fmt.Print(string(text))
		}
	}
	// Output:
	// Feature: talk
	//
	//   Scenario: talk
	//     Given the time is 2026-01-05 09:00:00
	//     And the people are Ana
	//     When Ana says "remember me"
	//     When 10 seconds pass
	//     Then Ana receives:
	//       """
	//       You said: remember me
	//       """
}
