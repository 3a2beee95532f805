package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"wappasim/sim"
)

// A bot asks a service for a price. The service takes two seconds, and then a fault has it
// answer with an error.
func ExampleService() {
	prices := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(2 * time.Second) // virtual
		fmt.Fprint(w, "5 EUR")
	})
	w, err := sim.New(asks("https://prices.example/tea", 10*time.Second), sim.Service("https://prices.example", prices))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "hello")
	away, err := sim.ParseFault("the service prices.example answers 503 the next time")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = w.Inject(away)
	_ = w.Say("Ana", "hello?")
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:02 200 5 EUR
	// 09:00:02 503 Service Unavailable, by a fault of the test
}

// A service calls the bot back a minute later, and the trace shows it.
func ExampleBotClient() {
	ring := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		bot := sim.BotClient(r.Context())
		time.AfterFunc(time.Minute, func() {
			if resp, err := bot.Post("http://bot/ring", "application/json", strings.NewReader(`"wake up"`)); err == nil {
				_ = resp.Body.Close()
			}
		})
	})
	newBot := func(env sim.Env) (sim.App, error) {
		return app{serve: func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/webhook" && len(heard(r)) > 0 {
				ask(env, "https://alarm.example", 0, "in a minute")
			}
		}}, nil
	}
	w, err := sim.New(newBot, sim.Service("https://alarm.example", ring))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "hello")
	_ = w.Wait(time.Hour)
	for _, e := range w.Trace().Events()[3:] {
		fmt.Println(e)
	}
	// Output:
	// 4  09:00:00.000000000  bot 1        sends to alarm.example "POST / {\"text\":\"in a minute\"}" → 200
	//     5  09:00:00.000000000  bot 1        answers to whatsapp #3 …0NIkm9QA → 200
	//     6  09:01:00.000000000  alarm.example sends to bot 1 "POST /ring \"wake up\""
	//     7  09:01:00.000000000  bot 1        answers to alarm.example #6 → 200
}
