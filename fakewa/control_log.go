package fakewa

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// controlRequests lists calls, of those that a test asks for.
func (s *Server) controlRequests(r *http.Request) (any, error) {
	q := r.URL.Query()
	status, code := q.Get("status"), q.Get("code")
	for name := range q {
		if !slices.Contains([]string{"status", "code", "path"}, name) {
			return nil, fmt.Errorf("fakewa: there is no parameter %q; there are status, code and path", name)
		}
	}
	requests := slices.DeleteFunc(s.Requests(), func(call Request) bool {
		return status != "" && status != strconv.Itoa(call.Status) || !strings.Contains(call.Path, q.Get("path")) ||
			code != "" && (call.Error == nil || code != strconv.Itoa(call.Error.Code))
	})
	return map[string]any{"requests": append([]Request{}, requests...), "dropped": s.Dropped().Requests}, nil
}

func (s *Server) controlDeliveries(*http.Request) (any, error) {
	return map[string]any{"webhooks": append([]Delivery{}, s.Deliveries()...), "dropped": s.Dropped().Deliveries}, nil
}

func (s *Server) controlRedeliver(r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return nil, fmt.Errorf("fakewa: %q is no number of a delivery", r.PathValue("n"))
	}
	answer, err := s.DeliverAgain(r.Context(), n)
	if err != nil {
		return nil, &problem{http.StatusNotFound, err}
	}
	return map[string]any{"webhook": answer}, nil
}

func (s *Server) controlError(r *http.Request) (any, error) {
	var body struct {
		Code    int    `json:"code"`
		Details string `json:"details"`
	}
	if err := read(r, &body, `{"code":130429,"details":"…"}`); err != nil {
		return nil, err
	}
	if body.Code == 0 {
		return nil, errors.New(`fakewa: code is missing: want an error code of Meta's, like {"code":130429}`)
	}
	s.TellError(body.Code, body.Details)
	return success, nil
}

func (s *Server) controlWebhook(*http.Request) (any, error) {
	return map[string]string{"url": s.WebhookURL()}, nil
}

func (s *Server) controlSetWebhook(r *http.Request) (any, error) {
	body := struct {
		URL         string `json:"url"`
		VerifyToken string `json:"verify_token"`
	}{VerifyToken: s.cfg.VerifyToken}
	if err := read(r, &body, `{"url":"http://127.0.0.1:8000/webhook","verify_token":"verify"}`); err != nil {
		return nil, err
	}
	return success, s.SetWebhook(r.Context(), body.URL, body.VerifyToken)
}
