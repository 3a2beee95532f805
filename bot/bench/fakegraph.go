package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
)

// sentText is a text as the bot sends it to WhatsApp.
type sentText struct {
	To     string `json:"to"`
	Opaque string `json:"biz_opaque_callback_data"`

	id string // that the answer gave it
}

// fakeGraph answers like the Graph API, and does nothing else.
type fakeGraph struct {
	server *http.Server
	ended  chan error
	url    string
	texts  atomic.Int64
}

func startGraph(tell func(sentText)) (*fakeGraph, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen as WhatsApp: %w", err)
	}
	g := &fakeGraph{url: "http://" + l.Addr().String() + "/v23.0", ended: make(chan error, 1)}
	g.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var text sentText
		if err := json.NewDecoder(r.Body).Decode(&text); err != nil {
			http.Error(w, `{"error":{"code":100,"message":"no JSON"}}`, http.StatusBadRequest)
			return
		}
		text.id = messageID(text.To, int(g.texts.Add(1)))
		tell(text)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":%q}]}`, text.To, text.To, text.id)
	})}
	go func() { g.ended <- g.server.Serve(l) }()
	return g, nil
}

func (g *fakeGraph) stop() error {
	err := g.server.Close()
	if served := <-g.ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
