package report

import (
	"net/http"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
)

// retryScenes break, or nearly break, the rules about repeated calls.
var retryScenes = scenes{
	"retry without backoff": {
		bad: []scene{
			{what: "at once", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 2, Times: 3})
				p.repeat("more", 0, 0, 0)
			}},
			{what: "in even steps", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 130429})
				p.repeat("more", 2*time.Second, 2*time.Second, 2*time.Second)
			}},
			{what: "on a clock that is advanced", cfg: fakewa.Config{Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: http.StatusTooManyRequests})
				for range 4 {
					p.text(ana, "more")
					if err := p.s.Config().Clock.Advance(p.t.Context(), 10*time.Second); err != nil {
						p.t.Fatal(err)
					}
				}
			}},
		},
		good: []scene{
			{what: "backoff", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131056, Times: 4})
				p.repeat("more", time.Second, 4*time.Second, 16*time.Second, 64*time.Second)
			}},
			{what: "long pauses", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 80007})
				p.repeat("more", time.Minute, time.Minute, time.Minute)
			}},
			{what: "twice", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				p.repeat("more", 0, 0)
			}},
			{what: "new reasons", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				for range 5 {
					p.say(ana, "hi")
				}
			}},
			{what: "calls without a body", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Code: 131016})
				for range 5 {
					p.call("GET", "/v23.0/4490709327384033?fields=url", "")
				}
			}},
			{what: "a clock that stands still", cfg: fakewa.Config{Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				p.repeat("more", time.Second, 2*time.Second, 4*time.Second)
			}},
			{what: "no answer", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016, Lost: true})
				p.repeat("more", 0, 0, 0)
			}},
		},
	},
	"retry of a permanent error": {
		bad: []scene{
			{what: "an empty text", play: func(p *play) { p.repeat("", time.Second, 4*time.Second, 16*time.Second) }},
			{what: "a wrong token", cfg: fakewa.Config{Token: "another"}, play: func(p *play) { p.repeat("hi", time.Second, 4*time.Second, 16*time.Second) }},
		},
		good: []scene{
			{what: "given up", play: func(p *play) { p.repeat("") }},
			{what: "new reasons", play: func(p *play) {
				p.behave(func(heard []said) int {
					if len(heard) > 0 {
						p.text(heard[0].From, "")
					}
					return http.StatusOK
				})
				for range 5 {
					p.say(ana, "hi")
				}
			}},
			{what: "what the fake cannot do", play: func(p *play) {
				for range 5 {
					p.log(fakewa.Request{Method: "POST", Path: "/v23.0/1/flows", Body: "{}", Status: 501, Error: graph.NotSimulated("flows")})
				}
			}},
			{what: "once a day", play: func(p *play) { p.repeat("", 24*time.Hour, 24*time.Hour, 24*time.Hour) }},
			{what: "it was put right", play: func(p *play) {
				p.say(ana, "hi")
				blocked := `{"messaging_product":"whatsapp","block_users":[{"user":"` + ana + `"}]}`
				p.call("POST", "/v23.0/"+p.s.Config().PhoneNumberID+"/block_users", blocked)
				p.repeat("", time.Second)
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 133010, Times: 3})
				p.call("DELETE", "/v23.0/"+p.s.Config().PhoneNumberID+"/block_users", blocked)
				p.repeat("more", 10*time.Minute, 10*time.Minute, 10*time.Minute)
			}},
		},
	},
}
