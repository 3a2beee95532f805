package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wappasim/sim"
	"wappasim/sim/cli"
)

// newBot makes a bot that says back what it is told, without Redis.
func newBot(env sim.Env) (sim.App, error) { return bot{env}, nil }

type bot struct{ env sim.Env }

func (bot) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (b bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				if err := b.send(r.Context(), m.From, "You said: "+m.Text.Body); err != nil {
					http.Error(w, err.Error(), http.StatusServiceUnavailable)
				}
			}
		}
	}
}

func (b bot) send(ctx context.Context, to, text string) error {
	return post(ctx, b.env, to, "text", map[string]any{"body": text})
}

// post sends a message of any type.
func post(ctx context.Context, env sim.Env, to, kind string, content any) error {
	body, err := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": to, "type": kind, kind: content})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, env.GraphURL+"/"+env.PhoneNumberID+"/messages", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+env.Token)
	resp, err := env.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func main() { cli.Main(newBot) }

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mybot": main, "menubot": func() { cli.Main(newMenu) }})
}

// TestMainOfAnybody runs the program of a bot that is not this project's.
func TestMainOfAnybody(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }
