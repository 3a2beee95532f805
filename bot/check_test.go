package bot_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/redis/go-redis/v9"

	"wappasim/bot"
	"wappasim/bot/redistest"
)

const phoneURL = "https://graph.example/v23.0/555?fields=display_phone_number"

func TestCheck(t *testing.T) {
	addr := redistest.Start(t)
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, httpmock.NewStringResponder(200, `{"display_phone_number":"+1 555-078-3881"}`))
	var out bytes.Buffer
	if err := bot.Check(context.Background(), config(addr, api), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if got := strings.Count(out.String(), "✅"); got != 6 || strings.Count(out.String(), "\n") != 6 {
		t.Errorf("got\n%s", &out)
	}
	for db := range 4 {
		client := redis.NewClient(&redis.Options{Addr: addr, DB: db})
		if left := client.Keys(context.Background(), "*").Val(); len(left) > 0 {
			t.Errorf("database %d: %q are left", db, left)
		}
		client.Close()
	}
	if len(api.texts()) != 0 {
		t.Errorf("the check sent %q", api.texts())
	}
}

// TestCheckBesideBot checks a set-up in which the bot runs: it must not take the
// probes for users.
func TestCheckBesideBot(t *testing.T) {
	addr := redistest.Start(t)
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, httpmock.NewStringResponder(200, `{"display_phone_number":"+1"}`))
	run(t, newBot(t, config(addr, api)))
	var out bytes.Buffer
	if err := bot.Check(context.Background(), config(addr, api), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if len(api.texts()) != 0 {
		t.Errorf("the bot sent %q", api.texts())
	}
}

func TestCheckFails(t *testing.T) {
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, func(*http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(401, `{"error":{"message":"Invalid OAuth access token","code":190}}`), nil
	})
	var out bytes.Buffer
	cfg := config(redistest.FreeAddr(t), api)
	cfg.Redis.DialerRetries = 1
	err := bot.Check(context.Background(), cfg, &out)
	if err == nil || !strings.Contains(err.Error(), "2 of 6 failed") {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"❌ Redis is reachable: database ", "start it with redis-server", "❌ WhatsApp knows the token", "code 190", "look at WHATSAPP_TOKEN", "✅ the handler of user_inactivity is registered"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), access) {
		t.Errorf("the token is in\n%s", &out)
	}
}

// TestCheckNotifications has a Redis that announces nothing and refuses CONFIG.
func TestCheckNotifications(t *testing.T) {
	addr := redistest.Start(t, "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-config")
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, httpmock.NewStringResponder(200, `{"display_phone_number":"+1"}`))
	var out bytes.Buffer
	if err := bot.Check(context.Background(), config(addr, api), &out); err == nil {
		t.Error("got no error")
	}
	for _, want := range []string{"❌ Redis announces expired keys", "✅ messages are stored", "❌ a timer is set, restarted and fires: no event within 10s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}
