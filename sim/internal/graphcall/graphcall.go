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

// Do makes a call to a server with a token, under a path below [BaseURL] or a whole URL. In
// the path, {phone-number-id} and {whatsapp-business-account-id} stand for those of the
// server.
func Do(s *fakewa.Server, token, method, path, body string) (fakewa.Answer, error) {
	if strings.HasPrefix(path, "/") {
		cfg := s.Config()
		path = BaseURL + strings.NewReplacer("{phone-number-id}", cfg.PhoneNumberID, "{whatsapp-business-account-id}", cfg.BusinessID).Replace(path)
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		return fakewa.Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	if err != nil {
		return fakewa.Answer{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return fakewa.Answer{Status: resp.StatusCode, Body: string(content)}, err
}
