package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
)

// app is the bot in a world. What the program does beside serving would be in Run.
type app struct{ *bot }

func (app) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func factory(env sim.Env) (sim.App, error) {
	settings := map[string]string{
		"GRAPH_URL": env.GraphURL, "WHATSAPP_PHONE_ID": env.PhoneNumberID, "WHATSAPP_TOKEN": env.Token,
		"WHATSAPP_APP_SECRET": env.AppSecret, "WHATSAPP_VERIFY_TOKEN": env.VerifyToken,
		"PAY_URL": "https://pay.example.com", "PUBLIC_URL": env.BotURL,
	}
	b, err := newBot([]string{"-price", "7 EUR"}, func(name string) string { return settings[name] }, env.HTTP)
	return app{b}, err
}

// hook has webhooks come under the path that the bot's router has.
func hook(c *fakewa.Config) { c.WebhookURL = "http://bot/whatsapp/hook" }

// pay is a payment service. It answers with a link; after a minute it says that the payment
// was made, and a second later it says so again.
func pay(w http.ResponseWriter, r *http.Request) {
	var order struct{ User, Price, Callback string }
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	bot := sim.BotClient(r.Context())
	for _, pause := range []time.Duration{time.Minute, time.Minute + time.Second} {
		time.AfterFunc(pause, func() {
			resp, err := bot.Post(order.Callback, "application/json", strings.NewReader(fmt.Sprintf(`{"user":%q}`, order.User)))
			if err == nil {
				_ = resp.Body.Close()
			}
		})
	}
	fmt.Fprint(w, `{"link":"https://pay.example.com/1"}`)
}

func TestAPaymentIsThankedForOnce(t *testing.T) {
	w, err := sim.New(factory, sim.Test(t), sim.WhatsApp(hook), sim.Service("https://pay.example.com", http.HandlerFunc(pay)))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "buy"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range w.Inbox("Ana") {
		got = append(got, m.At.Format("15:04:05")+" "+m.Text)
	}
	if want := []string{"09:00:00 Please pay 7 EUR: https://pay.example.com/1", "09:01:00 Thank you!"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	calls, err := w.ServiceCalls("pay.example.com")
	if err != nil || len(calls) != 1 || !strings.Contains(calls[0].Body, `"price":"7 EUR"`) {
		t.Errorf("the service got %+v, %v", calls, err)
	}
}

func TestNobodyPaysWhileTheServiceIsAway(t *testing.T) {
	w, err := sim.New(factory, sim.Test(t), sim.WhatsApp(hook), sim.Service("https://pay.example.com", http.HandlerFunc(pay)))
	if err != nil {
		t.Fatal(err)
	}
	away, err := sim.ParseFault("the service pay.example.com answers 503 the next time")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Inject(away); err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "buy"); err != nil {
		t.Fatal(err)
	}
	if inbox := w.Inbox("Ana"); len(inbox) != 1 || inbox[0].Text != "We cannot take payments just now." {
		t.Errorf("Ana has received %v", inbox)
	}
}

// TestSettings wants the bot to say what is missing, and to answer the handshake.
func TestSettings(t *testing.T) {
	if _, err := newBot(nil, func(string) string { return "" }, http.DefaultClient); err == nil || !strings.Contains(err.Error(), "is not set") {
		t.Errorf("got %v", err)
	}
	b, err := newBot(nil, func(name string) string { return name }, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{"WHATSAPP_VERIFY_TOKEN": "200 42", "other": "403 wrong verify token"} {
		rec := httptest.NewRecorder()
		b.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/whatsapp/hook?hub.mode=subscribe&hub.challenge=42&hub.verify_token="+token, nil))
		if got := fmt.Sprintf("%d %s", rec.Code, strings.TrimSpace(rec.Body.String())); got != want {
			t.Errorf("%s: got %s", token, got)
		}
	}
	if err := serve(t.Context(), []string{"-addr", "256.0.0.1:0"}, func(name string) string { return name }); err == nil || !strings.Contains(err.Error(), "serve 256.0.0.1:0") {
		t.Errorf("got %v", err)
	}
}
