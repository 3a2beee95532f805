// Package post is how the bots call what speaks JSON. Call [JSON].
package post

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Refused is returned by JSON for an answer with another status than 200.
type Refused struct {
	Status int
	Body   []byte
}

func (e *Refused) Error() string { return fmt.Sprintf("refused with status %d: %s", e.Status, e.Body) }

// JSON posts content with a bearer token, and reads the answer into what a pointer points
// to; nil: it is not read. After any error but a [*Refused] it is not known what the server
// has done.
func JSON(ctx context.Context, client *http.Client, timeout time.Duration, url, token string, content, answer any) error {
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode what is posted to %s: %w", url, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post to %s: %w", url, err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("post to %s: %w", url, err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	switch {
	case err == nil && resp.StatusCode != http.StatusOK:
		err = &Refused{resp.StatusCode, read}
	case err == nil && answer != nil:
		err = json.Unmarshal(read, answer)
	}
	if err != nil {
		return fmt.Errorf("post to %s: %w", url, err)
	}
	return nil
}

// WasRefused returns the answer that refused something; nil: err is another error, or none.
func WasRefused(err error) *Refused {
	refused, _ := errors.AsType[*Refused](err)
	return refused
}
