package report

import (
	"net/http"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
)

// failureScenes break, or nearly break, the rules about messages that fail.
var failureScenes = scenes{
	"outside the 24-hour window": {
		bad: []scene{
			{what: "it fails", play: func(p *play) {
				p.say(ana, "hi")
				time.Sleep(25 * time.Hour)
				p.text(ana, "still there?")
			}},
			{what: "it is refused", cfg: fakewa.Config{Window: fakewa.WindowRefuses}, play: func(p *play) { p.text(ana, "hi") }},
		},
		good: []scene{
			{what: "within it", play: func(p *play) {
				p.say(ana, "hi")
				time.Sleep(23 * time.Hour)
				p.text(ana, "still there?")
			}},
			{what: "a template", play: func(p *play) {
				p.messages(`"to":"` + ana + `","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`)
			}},
			{what: "another call is refused so", play: func(p *play) {
				p.log(fakewa.Request{Method: "POST", Path: "/v23.0/1/block_users", Status: 400, Error: graph.New(outsideWindow, "")})
			}},
			{what: "a fault says so", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: outsideWindow, Times: 1})
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: outsideWindow, Times: 1})
				p.say(ana, "hi")
			}},
		},
	},
	"failed status ignored": {
		bad: []scene{
			{what: "never acknowledged", also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.behave(func([]said) int { return http.StatusBadGateway })
				p.text(ana, "more")
			}},
			{what: "the same failure again", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.text(ana, "and more")
			}},
		},
		good: []scene{
			{what: "not knowing yet", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				p.text(ana, "and more")
			}},
			{what: "the user wrote again", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.say(ana, "hi")
				time.Sleep(time.Minute)
				p.say(ana, "hello?")
			}},
			{what: "a failure that passes", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131000, Times: 2})
				p.repeat("more", time.Minute, time.Minute)
			}},
			{what: "the next day", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(25 * time.Hour)
				p.text(ana, "more")
			}},
			{what: "another type", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.messages(`"to":"` + ana + `","type":"location","location":{"latitude":1,"longitude":2}}`)
			}},
			{what: "another failure", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026, Times: 1})
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131049, Times: 1})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.text(ana, "more")
			}},
			{what: "acknowledged, but not when the test redelivered it", also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				synctest.Wait()
				p.behave(func([]said) int { return http.StatusBadGateway })
				deliveries := p.s.Deliveries()
				p.s.DeliverOnce(p.t.Context(), deliveries[len(deliveries)-1].Webhook())
			}},
			{what: "the answer to the webhook was lost", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", Lost: true})
				p.text(ana, "more")
			}},
			{what: "another file", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131053})
				p.text(ana, "one")
				time.Sleep(time.Minute)
				p.text(ana, "another")
			}},
			{what: "acknowledged the second time", cfg: fakewa.Config{Redeliver: time.Hour}, also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.behave(func([]said) int {
					p.behave(mute)
					return http.StatusBadGateway
				})
				p.text(ana, "more")
				time.Sleep(time.Minute)
			}},
		},
	},
}
