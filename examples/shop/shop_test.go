package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

const service, secret = "https://pay.example.com", "between us"

func newShop(env sim.Env) (sim.App, error) {
	account := cloudapi.Account{
		HTTP: env.HTTP, GraphURL: env.GraphURL, PhoneNumberID: env.PhoneNumberID,
		Token: env.Token, AppSecret: env.AppSecret, VerifyToken: env.VerifyToken,
	}
	payments := Payments{HTTP: env.HTTP, URL: service, BotURL: env.BotURL, Secret: secret}
	return New(account, payments, env.Redis.Simple(), env.Logger), nil
}

// hook has webhooks come under the path that the bot's router has.
func hook(c *fakewa.Config) { c.WebhookURL = "http://bot/whatsapp/hook" }

// pay is a payment service. Who gets a link pays after a minute. The service says so until
// the bot answers 200, and a second later it says so again.
type pay struct {
	mu    sync.Mutex        // guards links
	links map[string]string // by order
	pays  time.Duration     // after which people pay
}

func (p *pay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked payment
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("Authorization") != "Bearer "+secret {
		http.Error(w, "want a payment, and the secret", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	link, known := p.links[asked.Order]
	if !known {
		link = fmt.Sprintf("%s/%d", service, len(p.links)+1)
		p.links[asked.Order] = link
	}
	p.mu.Unlock()
	if !known {
		bot := sim.BotClient(r.Context())
		for i := range 2 {
			paid := asked
			paid.Event = fmt.Sprintf("%s#%d", link, i)
			time.AfterFunc(p.pays+time.Duration(i)*time.Second, func() { call(bot, paid, 20) })
		}
	}
	fmt.Fprintf(w, `{"link":%q}`, link)
}

// call tells the bot of a payment, again and again for some times.
func call(bot *http.Client, p payment, times int) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // it is texts
	}
	req, err := http.NewRequest(http.MethodPost, p.Callback, strings.NewReader(string(body)))
	if err != nil {
		panic(err) // the bot's URL is none
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	resp, err := bot.Do(req)
	if err == nil {
		err = resp.Body.Close()
	}
	if (err != nil || resp.StatusCode != http.StatusOK) && times > 1 {
		time.AfterFunc(time.Minute, func() { call(bot, p, times-1) })
	}
}

func payAfter(d time.Duration) sim.Option {
	return sim.FreshService(service, func() http.Handler { return &pay{links: make(map[string]string), pays: d} })
}

func templates(c *fakewa.Config) {
	c.Templates = []fakewa.Template{{Name: "order", Language: "en", Category: "UTILITY", Components: json.RawMessage(
		`[{"type":"BODY","text":"News of your order: {{1}} - the shop.","example":{"body_text":[["it is paid"]]}}]`)}}
}

var workload = sim.Workload{
	Faults: sim.AllFaults, Settle: 25 * time.Minute,
	People:  []people.Person{people.Mix(people.Tapper, people.Tapper, people.Anybody)},
	Options: []sim.Option{payAfter(time.Minute), sim.WhatsApp(hook), sim.WhatsApp(templates)},
}

func properties() []sim.Property {
	return append(sim.AnyBot(), explore.NotRefused(), explore.EachAnswered("Thank you!"), thanked(), thankedOnce(), sim.Reaches("Thank you!"))
}

func TestExplore(t *testing.T) { explore.Clean(t, newShop, workload, properties()...) }

// TestFindsPaidTwice plants that a payment counts as often as the service speaks of it.
func TestFindsPaidTwice(t *testing.T) {
	bot := func(env sim.Env) (sim.App, error) {
		b, err := newShop(env)
		if err == nil {
			b.(*Bot).waits = func(*order) bool { return true }
		}
		return b, err
	}
	explore.Finds(t, thankedOnce().Name, 5, bot, workload, properties()...)
}

// TestThanksLate has somebody pay after a day: then the bot must use its template.
func TestThanksLate(t *testing.T) {
	w, err := sim.New(newShop, sim.Test(t), sim.WhatsApp(hook), sim.WhatsApp(templates), payAfter(25*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Say("Ana", "hello"), w.Tap("Ana", "Cake"), w.Tap("Ana", "Pay"), w.Wait(26*time.Hour)); err != nil {
		t.Fatal(err)
	}
	inbox := w.Inbox("Ana")
	if last := inbox[len(inbox)-1]; last.Type != "template" || !strings.Contains(last.Rendered, "Order 1 is paid: you have 1 points.") {
		t.Errorf("got %s %q", last.Type, last.Rendered)
	}
}

// TestRefusesCallbacks wants the payment service to show the secret.
func TestRefusesCallbacks(t *testing.T) {
	b := New(cloudapi.Account{}, Payments{Secret: secret}, &redis.Options{}, slog.New(slog.DiscardHandler))
	defer b.Close()
	for _, shown := range []string{"", "Bearer ", "Bearer guessed"} {
		r := httptest.NewRequest(http.MethodPost, "/payments/callback", strings.NewReader(`{"Event":"1"}`))
		r.Header.Set("Authorization", shown)
		w := httptest.NewRecorder()
		if b.ServeHTTP(w, r); w.Code != http.StatusBadRequest {
			t.Errorf("%q: got %d", shown, w.Code)
		}
	}
}

var thanks = regexp.MustCompile(`^Thank you! Order (\d+) is paid: you have (\d+) points\.`)

// thankedOnce is that nobody is thanked twice for an order, or gets two points for one.
func thankedOnce() sim.Property {
	return sim.Property{Name: "a payment counts once", Assumes: []sim.Assumption{sim.Redis}, Check: func(t *trace.Trace) (found []sim.Violation) {
		before := make(map[string]trace.Event)
		for _, e := range t.Events() {
			m := thanks.FindStringSubmatch(e.Text)
			if m == nil || e.What != trace.Calls || len(e.IDs) == 0 {
				continue
			}
			for _, which := range []string{"order " + m[1], "point " + m[2]} {
				if first, ok := before[e.To+which]; ok {
					found = append(found, sim.Violation{At: first.At, Until: e.At, Why: fmt.Sprintf("events %d and %d: %s is thanked twice for %s", first.N, e.N, e.To, which)})
				}
				before[e.To+which] = e
			}
		}
		return found
	}}
}

var link = regexp.MustCompile(`^Pay .* for order (\d+): `)

// thanked is that who got a link, and so has paid, is thanked.
func thanked() sim.Property {
	return sim.Property{Name: "who pays is thanked", Assumes: []sim.Assumption{sim.Redis, sim.Token}, Check: func(t *trace.Trace) (found []sim.Violation) {
		told := make(map[string]bool)
		for _, e := range t.Events() {
			if m := thanks.FindStringSubmatch(e.Text); m != nil && e.What == trace.Calls && len(e.IDs) > 0 {
				told[e.To+" "+m[1]] = true
			}
		}
		for _, e := range t.Events() {
			if m := link.FindStringSubmatch(e.Text); m != nil && e.What == trace.Calls && len(e.IDs) > 0 && !told[e.To+" "+m[1]] {
				found = append(found, sim.Violation{At: e.At, Until: t.Events()[len(t.Events())-1].At, Why: fmt.Sprintf("%s has paid order %s and is not thanked", e.To, m[1])})
			}
		}
		return found
	}}
}
