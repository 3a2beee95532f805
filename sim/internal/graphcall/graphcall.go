// Package graphcall calls the Graph API as a business does past its bot.
package graphcall

import (
	"io"
	"net/http"
	"strings"

	"wappasim/fakewa"
)

// BaseURL is where the Graph API is, in worlds as in production.
const BaseURL = "https://graph.facebook.com/v23.0"

// Do makes a call with a token, under a path below [BaseURL] or a whole URL.
func Do(client *http.Client, token, method, path, body string) (fakewa.Answer, error) {
	if strings.HasPrefix(path, "/") {
		path = BaseURL + path
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		return fakewa.Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return fakewa.Answer{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return fakewa.Answer{Status: resp.StatusCode, Body: string(content)}, err
}
