package stacktest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"wappasim/fakewa"
)

// hookBody is what the balancer reads of a webhook.
type hookBody struct {
	Entry []struct {
		Changes []struct {
			Value struct {
				Messages []struct {
					From, Timestamp string
					Text            struct{ Body string }
				}
				Statuses []struct{ ID, Status string }
			}
		}
	}
}

// ServeHTTP gives a webhook to one of the replicas that have a process, and enters it
// in the ledger. It does not know which of them are frozen.
func (f *Fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var hook hookBody
	if err == nil {
		err = json.Unmarshal(body, &hook)
	}
	if err != nil {
		if r.Context().Err() == nil {
			f.t.Errorf("a webhook of the fake: %v", err)
		}
		return
	}
	value := hook.Entry[0].Changes[0].Value
	now := time.Now()
	for _, m := range value.Messages {
		seconds, _ := strconv.ParseInt(m.Timestamp, 10, 64) // the fake writes it
		f.Ledger.delivers(fakewa.Number(m.From), m.Text.Body, time.Unix(seconds, 0).UTC().Format(time.TimeOnly), now)
	}
	if len(value.Statuses) > 0 && f.RefuseStatuses.Load() {
		http.Error(w, "statuses are refused", http.StatusServiceUnavailable)
		return
	}
	status, err := f.forward(r, body)
	if err != nil {
		status = http.StatusBadGateway
	}
	if status == http.StatusOK {
		now = time.Now()
		for _, m := range value.Messages {
			f.Ledger.acknowledges(m.Text.Body, now)
		}
		for _, s := range value.Statuses {
			f.Ledger.proves(s.ID, s.Status, now)
		}
	}
	w.WriteHeader(status)
}

func (f *Fleet) forward(r *http.Request, body []byte) (status int, err error) {
	var up []string
	for _, r := range f.Bots {
		if at := r.at(); at != "" {
			up = append(up, at)
		}
	}
	if len(up) == 0 {
		return http.StatusBadGateway, nil
	}
	f.mu.Lock()
	at := up[f.random.IntN(len(up))]
	f.mu.Unlock()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+at+"/webhook", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = r.Header.Clone()
	resp, err := f.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
