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
	"wappasim/bot/expiry"
	"wappasim/bot/redistest"
)

const phoneURL = "https://graph.example/v23.0/555?fields=display_phone_number"

func TestCheck(t *testing.T) {
	t.Parallel()
	addr := redistest.Start(t, "--appendonly", "yes")
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, httpmock.NewStringResponder(200, `{"display_phone_number":"+1 555-078-3881"}`))
	var out bytes.Buffer
	eventually(t, "an event that comes in time", func() bool {
		out.Reset()
		if err := bot.Check(context.Background(), config(addr, api), &out); err != nil {
			t.Fatalf("%v\n%s", err, &out)
		}
		return !strings.Contains(out.String(), "its event did not come")
	})
	if got := strings.Count(out.String(), "✅"); got != 8 || strings.Count(out.String(), "\n") != 8 {
		t.Errorf("got\n%s", &out)
	}
	for _, want := range []string{"✅ Redis keeps its data: appendonly is yes", "✅ a timer is set, restarted and fires: it was claimed ", ", and its event came "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
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
	t.Parallel()
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
	t.Parallel()
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, func(*http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(401, `{"error":{"message":"Invalid OAuth access token","code":190}}`), nil
	})
	var out bytes.Buffer
	cfg := config(redistest.FreeAddr(t), api)
	cfg.Redis.DialerRetries = 1
	err := bot.Check(context.Background(), cfg, &out)
	if err == nil || !strings.Contains(err.Error(), "2 of 8 failed") {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"❌ Redis is reachable: database ", "start redis-server", "❌ WhatsApp accepts the token", "code 190", "check WHATSAPP_TOKEN", "✅ the handler of user_inactivity is registered", "⏭️ nothing is overdue or parked: skipped, because Redis is not reachable"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), access) {
		t.Errorf("the token is in\n%s", &out)
	}
}

// TestCheckWarns has a Redis that can lose what it holds, announces nothing and
// refuses CONFIG, with a timer that nobody claims and a history that is parked:
// none of that makes the bot fail.
func TestCheckWarns(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	addr := redistest.Start(t, "--maxmemory-policy", "allkeys-lru", "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-config")
	api := newGraphAPI()
	api.RegisterResponder("GET", phoneURL, httpmock.NewStringResponder(200, `{"display_phone_number":"+1"}`))
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	parked := expiry.Parked{Action: bot.Inactivity, Identifier: "+2", ID: "x", Reason: "no luck"}
	if err := client.HSet(ctx, "wappa:parked", parked.Field(), parked.Record()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.ZAdd(ctx, "wappa:deadlines:user_inactivity", redis.Z{Score: 1, Member: "+1"}).Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := bot.Check(ctx, config(addr, api), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, want := range []string{
		"⚠️ Redis keeps its data: maxmemory-policy is allkeys-lru, which deletes keys when memory is short; set it to noeviction; appendonly is no",
		"⚠️ Redis announces expired keys: ", "✅ messages are stored",
		"✅ a timer is set, restarted and fires: it was claimed ", ", and its event did not come",
		"⚠️ nothing is overdue or parked: timers: 1 pending, 1 of them due; histories: 0 being sent, 1 parked",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if got := strings.Count(out.String(), "⚠️"); got != 3 || strings.Contains(out.String(), "❌") {
		t.Errorf("got\n%s", &out)
	}
}
