package report

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"wappasim/fakewa"
)

// webhookScenes break, or nearly break, the rules about webhooks and their answers.
var webhookScenes = scenes{
	"slow acknowledgement": {
		bad: []scene{
			{what: "one of one", play: func(p *play) {
				p.behave(takes(time.Second + time.Millisecond))
				p.say(ana, "hi")
			}},
			{what: "the median", play: func(p *play) {
				p.behave(takes(300 * time.Millisecond))
				for range 20 {
					p.say(ana, "hi")
				}
			}},
		},
		good: []scene{
			{what: "one of a hundred", play: func(p *play) {
				p.behave(takes(append(make([]time.Duration, 99), 2*time.Second)...))
				for range 100 {
					p.say(ana, "hi")
				}
			}},
			{what: "half a second each, but few", play: func(p *play) {
				p.behave(takes(500 * time.Millisecond))
				for range 19 {
					p.say(ana, "hi")
				}
			}},
			{what: "half of them", play: func(p *play) {
				p.behave(takes(0, 500*time.Millisecond))
				for range 30 {
					p.say(ana, "hi")
				}
			}},
		},
	},
	"webhook not acknowledged": {
		bad: []scene{
			{what: "500", play: func(p *play) {
				p.behave(func([]said) int { return http.StatusInternalServerError })
				p.say(ana, "hi")
			}},
			{what: "201", play: func(p *play) {
				p.behave(func([]said) int { return http.StatusCreated })
				p.say(ana, "hi")
			}},
			{what: "no answer in time", play: func(p *play) {
				p.behave(takes(time.Minute))
				p.say(ana, "hi")
			}},
			{what: "the connection breaks", play: func(p *play) {
				p.behave(func([]said) int { panic(http.ErrAbortHandler) })
				p.say(ana, "hi")
			}},
		},
		good: []scene{
			{what: "lost by a fault", play: func(p *play) {
				p.behave(mute)
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", Lost: true})
				p.say(ana, "hi")
			}},
			{what: "the server was closed", play: func(p *play) {
				p.behave(takes(2 * time.Second))
				time.AfterFunc(time.Second, p.s.Close)
				p.say(ana, "hi")
			}},
			{what: "there is no webhook", play: func(p *play) {
				if err := p.s.SetWebhook(p.t.Context(), "", ""); err != nil {
					p.t.Fatal(err)
				}
				p.say(ana, "hi")
			}},
			{what: "given up by the test", play: func(p *play) {
				ctx, cancel := context.WithTimeout(p.t.Context(), time.Second)
				defer cancel()
				p.behave(takes(2 * time.Second))
				if _, err := p.s.Phone(ana).Say(ctx, "hi"); err == nil {
					p.t.Error("the webhook was answered")
				}
			}},
		},
	},
	"batch partly ignored": {
		bad: []scene{
			{what: "the first is answered", play: func(p *play) {
				p.behave(func(heard []said) int { return p.echo(heard[:min(len(heard), 1)]) })
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "the last is read", play: func(p *play) {
				p.say(ana, "before")
				p.behave(func(heard []said) int {
					if len(heard) > 0 {
						p.markRead(heard[len(heard)-1].ID)
					}
					return http.StatusOK
				})
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
		},
		good: []scene{
			{what: "all are answered", play: func(p *play) { p.both(fakewa.Text("hi"), fakewa.Text("hello")) }},
			{what: "all are read", play: func(p *play) {
				p.behave(func(heard []said) int {
					for _, m := range heard {
						p.markRead(m.ID)
					}
					return http.StatusOK
				})
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "one is answered by id", play: func(p *play) {
				p.behave(mute)
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				p.text(ana, "hi")
				p.messages(`"recipient":"` + p.scopedID("+"+ben) + `","type":"text","text":{"body":"hello"}}`)
			}},
			{what: "one is answered by a form", play: func(p *play) {
				p.behave(mute)
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				p.text(ana, "hi")
				form := url.Values{"messaging_product": {"whatsapp"}, "to": {ben}, "type": {"text"}, "text": {`{"body":"hello"}`}}
				p.call("POST", "/v23.0/"+p.s.Config().PhoneNumberID+"/messages", form.Encode())
			}},
			{what: "the log of the answers is gone", cfg: fakewa.Config{Limit: 20}, play: func(p *play) {
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				for range 19 {
					p.call("GET", "/v23.0/"+p.s.Config().PhoneNumberID, "")
				}
				p.text(ana, "hi")
			}},
			{what: "a webhook of the test's own", play: func(p *play) {
				p.s.Deliver(p.t.Context(), fakewa.Webhook{Body: []byte(`{"entry":[{"changes":[{}]}]}`)})
			}},
			{what: "all are ignored", play: func(p *play) {
				p.behave(mute)
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "another type is ignored", play: func(p *play) {
				p.behave(func(heard []said) int {
					return p.echo(slices.DeleteFunc(heard, func(m said) bool { return m.Type != "text" }))
				})
				p.both(fakewa.Text("hi"), fakewa.Reaction("wamid.x", "👍"))
			}},
			{what: "the answer is refused", play: func(p *play) {
				p.s.Inject(fakewa.Fault{User: ben, Code: 131026})
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "some are answered later", play: func(p *play) {
				p.behave(mute)
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				p.text(ana, "hi")
				time.Sleep(time.Minute)
				p.text(ben, "hello")
			}},
		},
	},
}
