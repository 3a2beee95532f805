package control

import (
	"context"
	"net/http"

	"wappasim/fakewa"
)

// Send has users write a batch of messages in one webhook. It returns an id for each, and how
// the bot answered.
type Send func(ctx context.Context, s *fakewa.Server, batch ...fakewa.Inbound) (ids []string, answer fakewa.Answer, err error)

type sendKey struct{} // of the Send in the context of a request

// Sending is a [Handler] whose users write with send, as in a world, where more happens to a
// message on its way. Without it they write with [fakewa.Server.Compose] and
// [fakewa.Server.DeliverOnce].
func Sending(h http.Handler, send Send) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sendKey{}, send)))
	})
}

// sending returns how the users of a request write.
func sending(r *http.Request) Send {
	if send, ok := r.Context().Value(sendKey{}).(Send); ok {
		return send
	}
	return func(ctx context.Context, s *fakewa.Server, batch ...fakewa.Inbound) ([]string, fakewa.Answer, error) {
		hook, err := s.Compose(batch...)
		if err != nil {
			return nil, fakewa.Answer{}, err
		}
		return hook.IDs, s.DeliverOnce(ctx, hook), nil
	}
}
