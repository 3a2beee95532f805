package fakewa_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestBusinessesAreSeparate(t *testing.T) {
	c := controlFake(t, fakewa.Config{Token: "first", Recipients: []string{"+1", "+2"}})
	c.steps([]step{
		{"POST businesses", `{"business_id":"11","phone_number_id":"12","token":"any","webhook":"$bot/second","recipients":["+3"]}`, 201, `"webhook":"$bot/second"`},
		{"POST businesses", `{"business_id":"11","phone_number_id":"13"}`, 400, "the id 11"},
		{"POST businesses", `{"business_id":"12","phone_number_id":"13"}`, 400, "the id 12"},
		{"POST users/1/messages", `{"type":"text","text":{"body":"to the first"}}`, 201, `"status":200`},
		{"POST businesses/11/users/3/messages", `{"type":"text","text":{"body":"to the second"}}`, 201, `"status":200`},
		{"GET users", "", 200, `"user":"+1"`},
		{"GET businesses/12/users", "", 200, `"user":"+3"`},
		{"POST /" + number + "/messages", textTo("1", "hi"), 401, `"code":190`}, // any is not its token
		{"POST /12/messages", textTo("3", "hi"), 200, "wamid."},
		{"POST /12/messages", textTo("1", "hi"), 400, `"code":131030`}, // of the first
		{"POST businesses/11/faults", `{"code":131016}`, 201, `"id":1`},
		{"GET faults", "", 200, `{"faults":[]}`},
		{"POST /12/messages", textTo("3", "hi"), 500, `"code":131016`},
		{"POST businesses/11/reset", "", 200, ""},
		{"GET businesses/11/users", "", 200, `{"users":[]}`},
		{"GET users", "", 200, `"user":"+1"`},
		{"DELETE businesses/12", "", 200, ""},
		{"GET businesses/11/users", "", 404, ""},
		{"POST /12/messages", textTo("3", "hi"), 401, ""}, // the first refuses it
		{"POST businesses", `{"business_id":"11","phone_number_id":"12"}`, 201, ""},
	})
	if got := c.platform.First().Config().Recipients; fmt.Sprint(got) != "[+1 +2]" {
		t.Errorf("the first business may write to %s", got)
	}
	c.settle()
	for _, body := range c.bot.all() {
		if strings.Contains(body, "to the second") != strings.Contains(body, `"id":"11"`) && strings.Contains(body, `"text"`) {
			t.Errorf("got %s", body)
		}
	}
	c.bot.mu.Lock()
	defer c.bot.mu.Unlock()
	if got := fmt.Sprint(c.bot.paths[:2]); got != "[/webhook /second]" {
		t.Errorf("webhooks came to %s", got)
	}
}

// TestOverridesApplyOverTCP receives webhooks at the URL of the number, of the account
// and of the app.
func TestOverridesApplyOverTCP(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	hi := `{"type":"text","text":{"body":"hi"}}`
	number, account := "POST /v23.0/"+number, "POST /v23.0/"+account+"/subscribed_apps"
	c.steps([]step{
		{"POST users/1/messages", hi, 201, `"status":200`},
		{account, `{"override_callback_uri":"$bot/account","verify_token":"verify"}`, 200, "true"},
		{"POST users/1/messages", hi, 201, `"status":200`},
		{number, `{"webhook_configuration":{"override_callback_uri":"$bot/number","verify_token":"verify"}}`, 200, "true"},
		{number, `{"webhook_configuration":{"override_callback_uri":"$bot/wrong","verify_token":"wrong"}}`, 400, "cannot be verified"},
		{"POST users/1/messages", hi, 201, `"status":200`},
		{number, `{"webhook_configuration":{"override_callback_uri":""}}`, 200, "true"},
		{account, "", 200, "true"},
		{"PUT webhook", `{"url":"$bot/app"}`, 200, "true"},
		{"POST users/1/messages", hi, 201, `"status":200`},
	})
	c.bot.mu.Lock()
	defer c.bot.mu.Unlock()
	if got := fmt.Sprint(c.bot.paths); got != "[/webhook /account /number /app]" {
		t.Errorf("webhooks came to %s", got)
	}
}

// TestBusinessesRunInParallel runs tests side by side, with the same user.
func TestBusinessesRunInParallel(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	t.Run("all", func(t *testing.T) {
		for i := range 8 {
			id := fmt.Sprint(1000 + 2*i)
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				c := &controlled{t, c.platform, c.bot, c.url, c.webhook, c.called, ""}
				c.must("POST businesses", fmt.Sprintf(`{"business_id":%q,"phone_number_id":"%d"}`, id, 1001+2*i))
				for n := range 5 {
					c.must("POST businesses/"+id+"/users/1/messages", fmt.Sprintf(`{"type":"text","text":{"body":"%s %d"}}`, id, n))
				}
				var got struct {
					Messages []struct {
						Message struct{ Text struct{ Body string } }
					}
				}
				c.must("GET businesses/"+id+"/messages?user=1", "", &got)
				for n, m := range got.Messages {
					if want := fmt.Sprint(id, " ", n); m.Message.Text.Body != want {
						t.Errorf("got %q, want %q", m.Message.Text.Body, want)
					}
				}
				if len(got.Messages) != 5 {
					t.Errorf("got %d messages", len(got.Messages))
				}
				c.must("DELETE businesses/"+id, "")
			})
		}
	})
	if n := len(c.platform.Businesses()); n != 1 {
		t.Errorf("%d businesses are left", n)
	}
}

func TestNewPlatformRefusesAnInvalidBusiness(t *testing.T) {
	for want, cfg := range map[string]fakewa.Config{
		"UserIDs":       {UserIDs: "some"},
		"Escaping":      {Escaping: "rot13"},
		"BusinessID":    {BusinessID: "a b"},
		"AppID":         {AppID: "/"},
		"PhoneNumberID": {PhoneNumberID: "{id}"},
		"Parallel":      {Parallel: 1 << 40},
	} {
		if _, err := fakewa.NewPlatform(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestPlatformAnswersCallsOfNoBusiness(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	if status, answer := c.do("GET /v23.0/404", ""); status != http.StatusBadRequest || !strings.Contains(answer, "does not exist") {
		t.Errorf("got %d %s", status, answer)
	}
}
