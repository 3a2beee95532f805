package fakewa

import (
	"net/http"

	"wappasim/fakewa/graph"
)

// number is the business' phone number.
type number struct {
	registered bool
}

func (s *Server) numberRoutes(phone string) []route {
	return []route{
		{"GET /" + phone, s.getNumber, 0},
	}
}

// getNumber tells about the business number.
func (s *Server) getNumber(r *http.Request, _ []byte) (any, *graph.Error) {
	return chosen(r, s.numberObject())
}

func (s *Server) numberObject() map[string]any {
	return map[string]any{
		"id":                       s.cfg.PhoneNumberID,
		"display_phone_number":     s.cfg.DisplayNumber,
		"verified_name":            "Fake Business",
		"quality_rating":           "GREEN",
		"code_verification_status": "VERIFIED",
		"platform_type":            "CLOUD_API",
		"throughput":               map[string]string{"level": "STANDARD"},
	}
}
