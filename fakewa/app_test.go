package fakewa_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

const app = "670843887433847"

// TestAppSubscribesAsClientsDoAtTheirStart makes the calls of pywa's registration of a
// callback: a token for the app's secret, then the subscription with the token in the query.
func TestAppSubscribesAsClientsDoAtTheirStart(t *testing.T) {
	bot := &answering{token: "right"}
	s := fakewa.Test(t, fakewa.Config{Webhook: bot, WebhookURL: "http://bot/first", Token: "of the system user"})
	token := accept[struct{ Access_token, Token_type string }](t, s, "GET", "/v23.0/oauth/access_token?grant_type=client_credentials&client_id="+app+"&client_secret=secret", "")
	if !strings.HasPrefix(token.Access_token, app+"|") || token.Token_type != "bearer" {
		t.Fatalf("got %+v", token)
	}
	subscribe := func(fields, verify, token string) (int, string) {
		q := url.Values{"object": {"whatsapp_business_account"}, "callback_url": {"http://bot/second"}, "verify_token": {verify}, "fields": {fields}, "access_token": {token}}
		return call(t, s, "POST", "/v23.0/"+app+"/subscriptions?"+q.Encode(), "Bearer of the system user", "")
	}
	for _, bad := range []struct{ fields, verify, token, want string }{
		{"messages", "wrong", token.Access_token, `(#2200) Callback verification failed.`},
		{"", "right", token.Access_token, `The parameter fields is required`},
		{"messages", "right", "of the system user", `(#15) This method must be called with an app access_token.`},
		{"messages", "right", app + "|wrong", `"code":190`},
	} {
		if status, answer := subscribe(bad.fields, bad.verify, bad.token); status < 400 || !strings.Contains(answer, bad.want) {
			t.Errorf("%+v: got %d %s", bad, status, answer)
		}
	}
	if s.WebhookURL() != "http://bot/first" {
		t.Errorf("a refused subscription counts: %s", s.WebhookURL())
	}
	if status, answer := subscribe("messages,account_update", "right", token.Access_token); status != 200 || answer != `{"success":true}` {
		t.Fatalf("got %d %s", status, answer)
	}
	say(t, s)
	if got := bot.last(); got != "/second" {
		t.Errorf("the webhook came to %s", got)
	}
	if err := s.Notify("security", map[string]string{"event": "PIN_CHANGED"}); err == nil || !strings.Contains(err.Error(), "not subscribed") {
		t.Errorf("a field that is not subscribed to is sent: %v", err)
	}
	if err := s.Notify("account_update", map[string]string{"event": "ACCOUNT_DELETED"}); err != nil {
		t.Error(err)
	}
	ask2 := func(method, path, want string) {
		t.Helper()
		if _, answer := call(t, s, method, "/v23.0/"+path, "Bearer "+app+"|secret", ""); !strings.Contains(answer, want) {
			t.Errorf("%s %s: got %s, want %s", method, path, answer, want)
		}
	}
	ask2("GET", app+"/subscriptions", `{"data":[{"active":true,"callback_url":"http://bot/second","fields":[{"name":"messages","version":"v23.0"},{"name":"account_update","version":"v23.0"}],"object":"whatsapp_business_account"}]}`)
	ask2("DELETE", app+"/subscriptions?object=whatsapp_business_account&fields=account_update", `{"success":true}`)
	ask2("GET", app+"/subscriptions", `"fields":[{"name":"messages","version":"v23.0"}]`)
	ask2("DELETE", app+"/subscriptions", `{"success":true}`)
	ask2("GET", app+"/subscriptions", `{"data":[]}`)
	ask2("GET", app, `"id":"`+app+`"`)
	if s.WebhookURL() != "" {
		t.Errorf("the webhook is still %s", s.WebhookURL())
	}
}

// TestTokensOfAnAppAreForTheApp has the answers that Graph gives to wrong tokens.
func TestTokensOfAnAppAreForTheApp(t *testing.T) {
	end := fixed().Add(time.Hour)
	s := still(t, fakewa.Config{Token: "right", TokenExpires: end})
	give := "oauth/access_token?client_id=" + app
	for _, c := range []struct {
		path, token string
		status      int
		want        string
	}{
		{give + "&client_secret=secret&grant_type=client_credentials", "", 200, `"token_type":"bearer"`},
		{give + "&client_secret=wrong&grant_type=client_credentials", "", 400, `Error validating client secret.`},
		{"oauth/access_token?client_id=1&client_secret=secret&grant_type=client_credentials", "", 400, `"code":101`},
		{give + "&client_secret=secret&grant_type=x", "", 400, `grant_type is`},
		{give + "&client_secret=secret", "", 400, `The parameter grant_type is required`},
		{give + "&grant_type=client_credentials", "", 400, `The parameter client_secret is required`},
		{give + "&client_secret=secret&code=x", "", 501, `does not simulate`},
		{give + "&client_secret=secret&grant_type=fb_exchange_token", "", 501, `does not simulate`},
		{"debug_token?input_token=right", "right", 200, `"is_valid":true,"scopes":["whatsapp_business_management","whatsapp_business_messaging"],"type":"SYSTEM_USER"`},
		{"debug_token?input_token=right", app + "|secret", 200, `"expires_at":1767607200`},
		{"debug_token?input_token=right", "right", 200, `"granular_scopes":[{"scope":"whatsapp_business_management","target_ids":["102290129340398"]}`},
		{"debug_token?input_token=wrong", "right", 200, `"error":{"code":190,`},
		{"debug_token?input_token=" + app + "%7Csecret", "right", 200, `"type":"APP"`},
		{"debug_token", "right", 400, `The parameter input_token is required`},
		{"debug_token?input_token=right", "", 401, `"code":190`},
		{"me", "right", 200, `"name":"Fake Business"`},
		{"me?fields=id", "right", 200, `{"id":"`},
		{"me", app + "|secret", 400, `An active access token must be used`},
		{number, app + "|secret", 403, `"code":200`},
		{account, "right", 200, `"id":"102290129340398"`},
	} {
		token := ""
		if c.token != "" {
			token = "Bearer " + c.token
		}
		if status, answer := call(t, s, "GET", "/v23.0/"+c.path, token, ""); status != c.status || !strings.Contains(answer, c.want) {
			t.Errorf("GET %s with %q: got %d %s, want %d %s", c.path, c.token, status, answer, c.status, c.want)
		}
	}
}

// TestPlatformGivesTheTokenOfTheAppThatAsks has two businesses with apps of their own.
func TestPlatformGivesTheTokenOfTheAppThatAsks(t *testing.T) {
	p, err := fakewa.NewPlatform(fakewa.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Add(fakewa.Config{AppID: "3", AppSecret: "other", BusinessID: "1", PhoneNumberID: "2"}); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: fakewa.InProcess(p)}
	a := request(t, client, "GET", "https://graph.facebook.com/oauth/access_token?client_id=3&client_secret=other&grant_type=client_credentials", "")
	if a.status != 200 || !strings.Contains(a.body, `"access_token":"3|`) {
		t.Errorf("got %+v", a)
	}
}
