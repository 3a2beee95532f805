package control

import (
	"net/http"

	"wappasim/fakewa"
)

// getNumber tells about the business number, also what the Graph API does not tell.
func getNumber(s *fakewa.Server, _ *http.Request) (any, error) { return s.NumberStatus(), nil }

// changeNumber changes what Meta decides about the business number.
func changeNumber(s *fakewa.Server, r *http.Request) (any, error) {
	var body struct {
		Verification string `json:"code_verification_status"`
		Quality      string `json:"quality_rating"`
	}
	if err := readBody(r, &body, `{"code_verification_status":"NOT_VERIFIED","quality_rating":"RED"}`); err != nil {
		return nil, err
	}
	if err := s.SetNumberStatus(fakewa.NumberStatus{Verification: body.Verification, Quality: body.Quality}); err != nil {
		return nil, err
	}
	return s.NumberStatus(), nil
}
