package bill_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/bill"
)

const ana = "16505551234"

// business sends messages, and keeps the statuses that it gets.
type business struct {
	t        *testing.T
	s        *fakewa.Server
	statuses []map[string]any
}

func (b *business) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct {
			Changes []struct {
				Value struct{ Statuses []map[string]any }
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		b.t.Error(err)
	}
	b.statuses = append(b.statuses, body.Entry[0].Changes[0].Value.Statuses...)
}

// send sends a template of a name, or a text, and returns the prices in its statuses, which
// are equal.
func (b *business) send(template string) (price string) {
	content := `"type":"text","text":{"body":"hi"}`
	if template != "" {
		content = `"type":"template","template":{"name":"` + template + `","language":{"code":"en"}}`
	}
	before := len(b.statuses)
	req, _ := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(`{"messaging_product":"whatsapp","to":"`+ana+`",`+content+`}`))
	req.Header.Set("Authorization", "Bearer any")
	resp, err := b.s.Client().Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	resp.Body.Close()
	synctest.Wait()
	for _, status := range b.statuses[before:] {
		p, ok := status["pricing"].(map[string]any)
		if !ok {
			return fmt.Sprint(status["status"])
		}
		if p["pricing_model"] != "PMP" || price != "" && price != fmt.Sprint(p["billable"], " ", p["type"], " ", p["category"]) {
			b.t.Errorf("got %v after %s", p, price)
		}
		price = fmt.Sprint(p["billable"], " ", p["type"], " ", p["category"])
	}
	return price
}

func templates() (all []fakewa.Template) {
	for _, category := range []string{"utility", "marketing"} {
		all = append(all, fakewa.Template{Name: category, Language: "en", Category: category, Components: json.RawMessage(`[{"type":"BODY","text":"Hello."}]`)})
	}
	return append(all, fakewa.Template{Name: "authentication", Language: "en", Category: "AUTHENTICATION", Components: json.RawMessage(`[{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]`)})
}

// run plays a run of a business in virtual time.
func run(t *testing.T, cfg fakewa.Config, f func(*business)) {
	synctest.Test(t, func(t *testing.T) {
		b := &business{t: t}
		cfg.Webhook, cfg.Templates = b, templates()
		b.s = fakewa.New(cfg)
		defer b.s.Close()
		f(b)
	})
}

func (b *business) says(content fakewa.Content) {
	if _, err := b.s.Phone(ana).Send(b.t.Context(), content); err != nil {
		b.t.Fatal(err)
	}
}

func (b *business) want(template, want string) {
	b.t.Helper()
	if got := b.send(template); got != want {
		b.t.Errorf("%q: got %s, want %s", template, got, want)
	}
}

// fromAd is a text of a user who came by an ad.
func fromAd(body string) fakewa.Content {
	content := fakewa.Text(body)
	content["referral"] = map[string]any{"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1", "ctwa_clid": "x"}
	return content
}

// TestMetasExampleOfABill plays the example on Meta's page of prices: four messages, two of
// which are billed.
func TestMetasExampleOfABill(t *testing.T) {
	run(t, fakewa.Config{}, func(b *business) {
		b.want("marketing", "true regular marketing")
		time.Sleep(2 * time.Hour)
		b.says(fakewa.Text("tell me more"))
		time.Sleep(time.Hour)
		b.want("", "false free_customer_service service")
		b.want("utility", "false free_customer_service utility")
		time.Sleep(26 * time.Hour)
		b.want("utility", "true regular utility")
		b.want("", "failed")

		got := bill.Of(b.s)
		want := bill.Bill{Billable: 2, Free: 2, Lines: []bill.Line{
			{"marketing", "regular", true, 1},
			{"service", "free_customer_service", false, 1},
			{"utility", "free_customer_service", false, 1},
			{"utility", "regular", true, 1},
		}}
		if fmt.Sprint(got) != fmt.Sprint(want) || got.Billed("utility") != 1 || got.Billed("service") != 0 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestMarketingIsBilledInsideTheWindow(t *testing.T) {
	run(t, fakewa.Config{}, func(b *business) {
		b.says(fakewa.Text("hi"))
		b.want("marketing", "true regular marketing")
		time.Sleep(24 * time.Hour)
		b.want("utility", "false free_customer_service utility") // the last moment
		time.Sleep(time.Nanosecond)
		b.want("utility", "true regular utility")
	})
}

func TestAnswerToAnAdOpensAFreeEntryPoint(t *testing.T) {
	const free = "false free_entry_point referral_conversion"
	run(t, fakewa.Config{}, func(b *business) {
		b.says(fromAd("I saw your ad"))
		time.Sleep(24 * time.Hour)
		b.want("", free)
		b.want("marketing", "true regular marketing")
		time.Sleep(72 * time.Hour)
		b.want("utility", free)
		time.Sleep(time.Second)
		b.want("utility", "true regular utility")
	})
	run(t, fakewa.Config{EntryPointAll: true}, func(b *business) {
		b.says(fromAd("I saw your ad"))
		b.want("marketing", free)
	})
	run(t, fakewa.Config{}, func(b *business) {
		b.says(fromAd("I saw your ad"))
		time.Sleep(25 * time.Hour)
		b.want("utility", "true regular utility") // too late
		b.says(fakewa.Text("hello?"))
		b.want("", "false free_customer_service service")
	})
}

// TestVersionDecidesOnConversations is Meta's page of statuses.
func TestVersionDecidesOnConversations(t *testing.T) {
	conversations := func(version string, content fakewa.Content) (ids []any) {
		run(t, fakewa.Config{Version: version}, func(b *business) {
			b.says(content)
			b.send("")
			b.send("utility")
			for _, status := range b.statuses {
				c, ok := status["conversation"].(map[string]any)
				if !ok {
					continue
				}
				ids = append(ids, c["id"])
				if origin := c["origin"].(map[string]any)["type"]; (origin == "referral_conversion") != (content["referral"] != nil) {
					t.Errorf("%s: the origin is %v", version, origin)
				}
				if _, ok := c["expiration_timestamp"]; ok != (status["status"] == "sent") {
					t.Errorf("%s: got %v", version, status)
				}
			}
		})
		return ids
	}
	if ids := conversations("v24.0", fakewa.Text("hi")); len(ids) != 0 {
		t.Errorf("v24.0: got %v", ids)
	}
	if ids := conversations("v23.0", fakewa.Text("hi")); len(ids) != 4 || ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("v23.0: one for each message: got %v", ids)
	}
	for _, version := range []string{"v23.0", "v24.0"} {
		if ids := conversations(version, fromAd("hi")); len(ids) != 4 || ids[0] != ids[3] {
			t.Errorf("%s: one for the free entry point: got %v", version, ids)
		}
	}
}

func TestOnlyDeliveredMessagesAreBilled(t *testing.T) {
	run(t, fakewa.Config{}, func(b *business) {
		ana := b.s.Phone(ana)
		ana.SetProfile(fakewa.Profile{Name: "Ana", Silent: true})
		b.want("marketing", "true regular marketing") // in the status "sent"
		if got := bill.Of(b.s); got.Billable != 0 || len(got.Lines) != 0 {
			t.Errorf("the phone is off: %+v", got)
		}
		ana.SetProfile(fakewa.Profile{Name: "Ana"})
		ana.Read()
		synctest.Wait()
		if got := bill.Of(b.s); got.Billable != 1 {
			t.Errorf("the phone is on again: %+v", got)
		}
	})
}

func Example() {
	bot := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()

	// The bot sends hello_world, a utility template, to somebody who has not written.
	req, _ := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(
		`{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`))
	req.Header.Set("Authorization", "Bearer any")
	if resp, err := wa.Client().Do(req); err == nil {
		resp.Body.Close()
	}

	b := bill.Of(wa)
	fmt.Println(b.Billed("utility"), b.Free)
	// Output: 1 0
}
