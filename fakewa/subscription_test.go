package fakewa_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestVerifyNeedsTheChallenge(t *testing.T) {
	var query string
	bot := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		if r.URL.Query().Get("hub.verify_token") == "verify" {
			io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		}
	})
	if err := fakewa.Test(t, fakewa.Config{Webhook: bot}).Verify(context.Background()); err != nil || !strings.Contains(query, "hub.mode=subscribe") {
		t.Errorf("got %v, %s", err, query)
	}
	if err := fakewa.Test(t, fakewa.Config{Webhook: bot, VerifyToken: "other"}).Verify(context.Background()); err == nil {
		t.Error("an empty answer passed")
	}
	if err := fakewa.Test(t, fakewa.Config{}).Verify(context.Background()); err == nil {
		t.Error("passed without a webhook")
	}
}

func TestNumberOverrideWinsOverAccountAndApp(t *testing.T) {
	bot := &answering{token: "right"}
	s := fakewa.Test(t, fakewa.Config{Webhook: bot, WebhookURL: "http://bot/app"})
	at := func(want string) {
		t.Helper()
		say(t, s)
		if got := bot.last(); got != want {
			t.Errorf("the webhook came to %s, not %s", got, want)
		}
		if got := s.WebhookURL(); got != "http://bot"+want {
			t.Errorf("got %s", got)
		}
	}
	subscribe := func(body string) asked {
		return asked{"POST", account + "/subscribed_apps", body, 200, 0, `{"success":true}`}
	}
	configure := func(callback string) asked {
		return asked{"POST", number, `{"webhook_configuration":{"override_callback_uri":"` + callback + `","verify_token":"right"}}`, 200, 0, `{"success":true}`}
	}
	at("/app")
	ask(t, s, subscribe(`{"override_callback_uri":"http://bot/account","verify_token":"right"}`),
		asked{"GET", account + "/subscribed_apps", "", 200, 0, `"override_callback_uri":"http://bot/account"`})
	at("/account")
	ask(t, s, configure("http://bot/number"), asked{"GET", number + "?fields=webhook_configuration", "", 200, 0,
		`{"application":"http://bot/app","phone_number":"http://bot/number","whatsapp_business_account":"http://bot/account"}`})
	at("/number")
	ask(t, s,
		asked{"POST", number, `{"webhook_configuration":{"override_callback_uri":"http://bot/x","verify_token":"wrong"}}`, 400, 100,
			`webhook_configuration.override_callback_uri cannot be verified: want 200 and the value of hub.challenge`},
		asked{"POST", account + "/subscribed_apps", `{"override_callback_uri":"http://bot/x","verify_token":"wrong"}`, 400, 100, `got 403 \"go away\\n\"`},
		asked{"POST", account + "/subscribed_apps", `{"override_callback_uri":"bot","verify_token":"x"}`, 400, 100, "not a URL like"},
		asked{"POST", account + "/subscribed_apps", `{"override_callback_uri":"http://bot/x"}`, 400, 100, "verify_token is missing"},
		asked{"POST", number, `{"webhook_configuration":{"override_callback_uri":"http://bot/x"}}`, 400, 100, "webhook_configuration.verify_token is missing"},
		asked{"POST", number, `{"webhook_configuration":{}}`, 400, 100, "webhook_configuration.override_callback_uri is missing"},
		asked{"POST", number, `{"webhook_configuration":1}`, 400, 100, "webhook_configuration is a number"},
		asked{"POST", number, `{}`, 400, 100, "webhook_configuration is missing, and so is pin"},
	)
	at("/number") // as before
	ask(t, s, configure(""))
	at("/account")
	ask(t, s, subscribe(""))
	at("/app")
	ask(t, s, asked{"GET", number + "?fields=webhook_configuration", "", 200, 0, `"webhook_configuration":{"application":"http://bot/app"}}`})
}

func TestUnsubscribedAppGetsNoWebhooks(t *testing.T) {
	bot := &answering{token: "right"}
	s := fakewa.Test(t, fakewa.Config{Webhook: bot, Window: fakewa.WindowOff})
	app := `{"data":[{"whatsapp_business_api_data":{"id":"670843887433847","link":"https://www.facebook.com/games/?app_id=670843887433847","name":"Fake Business"}}]}`
	ask(t, s,
		asked{"GET", account + "/subscribed_apps", "", 200, 0, app},
		asked{"POST", account + "/subscribed_apps", `{"override_callback_uri":"http://bot/account","verify_token":"right"}`, 200, 0, ""},
		asked{"DELETE", account + "/subscribed_apps", "", 200, 0, `{"success":true}`},
		asked{"GET", account + "/subscribed_apps", "", 200, 0, `{"data":[]}`},
		asked{"POST", number + "/messages", hi, 200, 0, "wamid."},
	)
	if _, err := s.Phone("16505551234").Say(t.Context(), "hello"); err == nil || !strings.Contains(err.Error(), "not subscribed") {
		t.Errorf("got %v", err)
	}
	if got := bot.all(); len(got) != 0 {
		t.Errorf("webhooks came: %s", got)
	}
	ask(t, s, asked{"POST", account + "/subscribed_apps", "", 200, 0, ""}, asked{"GET", account + "/subscribed_apps", "", 200, 0, app})
	say(t, s)
	if got := bot.last(); got != "/webhook" { // the override is gone
		t.Errorf("the webhook came to %q", got)
	}
}

// TestRefusalsHoldNoSecret subscribes a URL where no bot listens; the refusal says so.
func TestRefusalsHoldNoSecret(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s := fakewa.Test(t, fakewa.Config{})
	status, answer := call(t, s, "POST", "/"+account+"/subscribed_apps", "Bearer any", `{"override_callback_uri":"`+gone.URL+`","verify_token":"confidential"}`)
	if status != 400 || !strings.Contains(answer, "the bot did not answer") || strings.Contains(answer, "confidential") {
		t.Errorf("got %d %s", status, answer)
	}
}
