// Package botsend has bots of tests send messages: one call to the Graph API, without a retry.
package botsend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"wappasim/sim"
)

// Send sends to a person a message of a type with its content. An answer other than 200 is an
// error.
func Send(ctx context.Context, env sim.Env, to, kind string, content any) error {
	body, err := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": to, "type": kind, kind: content})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, env.GraphURL+"/"+env.PhoneNumberID+"/messages", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+env.Token)
	resp, err := env.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("send to %s: status %d", to, resp.StatusCode)
	}
	return nil
}
