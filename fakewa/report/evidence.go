package report

import (
	"fmt"
	"strings"
	"time"

	"wappasim/fakewa"
)

// Evidence is a call, a webhook or a message that shows a finding. It has no
// body, no token and no secret.
type Evidence struct {
	At       time.Time `json:"at"`
	ID       string    `json:"id,omitempty"`       // of the message; "failed wamid.…" for a status
	Delivery int       `json:"delivery,omitempty"` // N of a webhook
	Method   string    `json:"method,omitempty"`   // of a call
	Path     string    `json:"path,omitempty"`     // of a call
	Status   int       `json:"status,omitempty"`   // HTTP status of the call or of the bot's answer to the webhook
	Detail   string    `json:"detail,omitempty"`   // what is wrong, in words
}

// String returns the evidence in a line.
func (e Evidence) String() string {
	words := []string{e.At.Format("2006-01-02T15:04:05.000Z07:00")}
	if e.Delivery != 0 {
		words = append(words, fmt.Sprint("webhook ", e.Delivery))
	}
	for _, word := range []string{e.Method, e.Path, e.ID} {
		if word != "" {
			words = append(words, word)
		}
	}
	if e.Status != 0 {
		words = append(words, fmt.Sprint("status ", e.Status))
	}
	if e.Detail != "" {
		words = append(words, e.Detail)
	}
	return strings.Join(words, " ")
}

func ofCall(r fakewa.Request, detail string) Evidence {
	return Evidence{At: r.At, ID: r.ID, Method: r.Method, Path: path(r), Status: r.Status, Detail: detail}
}

func ofDelivery(d fakewa.Delivery, detail string) Evidence {
	e := Evidence{At: d.At, Delivery: d.N, Status: d.Answer.Status, Detail: detail}
	if len(d.IDs) > 0 {
		e.ID = d.IDs[0]
	}
	return e
}

func ofMessage(m *fakewa.Message, detail string) Evidence {
	return Evidence{At: m.At, ID: m.ID, Detail: detail}
}
