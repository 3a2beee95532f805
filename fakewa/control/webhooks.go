package control

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"wappasim/fakewa"
)

func listDeliveries(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]any{"webhooks": list(s.Deliveries()), "dropped": s.Dropped().Deliveries}, nil
}

// redeliver delivers the webhook of a logged attempt once more.
func redeliver(s *fakewa.Server, r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return nil, fmt.Errorf("fakewa: redeliver: %q is not the number of a delivery attempt; GET webhooks lists them", r.PathValue("n"))
	}
	log := s.Deliveries()
	i := slices.IndexFunc(log, func(d fakewa.Delivery) bool { return d.N == n })
	if i < 0 {
		return nil, notFound("fakewa: redeliver: the log has no delivery attempt %d; GET webhooks lists them", n)
	}
	return map[string]any{"webhook": s.DeliverOnce(r.Context(), log[i].Webhook())}, nil
}

func getWebhook(s *fakewa.Server, _ *http.Request) (any, error) {
	return map[string]string{"url": s.WebhookURL()}, nil
}

func setWebhook(s *fakewa.Server, r *http.Request) (any, error) {
	body := struct {
		URL         string `json:"url"`
		VerifyToken string `json:"verify_token"`
	}{VerifyToken: s.Config().VerifyToken}
	if err := readBody(r, &body, `{"url":"http://127.0.0.1:8000/webhook","verify_token":"verify"}`); err != nil {
		return nil, err
	}
	return success, s.SetWebhook(r.Context(), body.URL, body.VerifyToken)
}
