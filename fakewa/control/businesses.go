package control

import (
	"net/http"
	"slices"
	"time"

	"wappasim/fakewa"
)

func listBusinesses(p *fakewa.Platform, _ *http.Request) (any, error) {
	businesses := []any{}
	for _, s := range p.Businesses() {
		businesses = append(businesses, describe(s))
	}
	return map[string]any{"businesses": businesses}, nil
}

// describe returns what a test needs to know of a business. It holds no secret.
func describe(s *fakewa.Server) map[string]string {
	cfg := s.Config()
	return map[string]string{
		"business_id": cfg.BusinessID, "phone_number_id": cfg.PhoneNumberID, "app_id": cfg.AppID,
		"display_phone_number": cfg.DisplayNumber, "webhook": s.WebhookURL(),
	}
}

// settings is a Config in JSON, with its times in words.
type settings struct {
	fakewa.Config
	Redeliver duration     `json:"redeliver"`
	Life      lifeSettings `json:"life"`
}

// addBusiness adds a business. Settings that are not given are those of the first one.
func addBusiness(p *fakewa.Platform, r *http.Request) (any, error) {
	body := settings{Config: p.First().Config()}
	body.Recipients, body.NotOnWhatsApp = slices.Clone(body.Recipients), slices.Clone(body.NotOnWhatsApp) // which the decoder writes into
	body.Flows = nil                                                                                      // each account has its own
	body.Redeliver, body.Life = duration(body.Config.Redeliver), inWords(body.Config.Life)
	if err := readBody(r, &body, `{"business_id":"1","phone_number_id":"2","webhook":"http://127.0.0.1:8000/webhook"}`); err != nil {
		return nil, err
	}
	body.Config.Redeliver, body.Config.Life = time.Duration(body.Redeliver), body.Life.settings()
	s, err := p.Add(body.Config)
	if err != nil {
		return nil, err
	}
	return created{describe(s)}, nil
}

func removeBusiness(p *fakewa.Platform, r *http.Request) (any, error) {
	id := r.PathValue("business")
	if p.Business(id) == nil {
		return nil, noBusiness(r)
	}
	return success, p.Remove(id)
}
