package report

import (
	"net/http"
	"time"

	"wappasim/fakewa"
)

// answerScenes break, or nearly break, the rule about messages that come more than once.
var answerScenes = scenes{
	"message answered twice": {
		bad: []scene{
			{what: "redelivered", play: func(p *play) {
				p.say(ana, "before")
				p.again(p.say(ana, "hi"))
			}},
			{what: "long after a message that was ignored", play: func(p *play) {
				p.behave(mute)
				p.say(ana, "before")
				time.Sleep(time.Hour)
				p.behave(p.echo)
				p.again(p.say(ana, "hi"))
			}},
			{what: "a duplicate", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", User: ana, Type: "text", Duplicate: true})
				p.say(ana, "hi")
			}},
			{what: "redelivered, because the answer was late", cfg: fakewa.Config{Redeliver: time.Hour}, also: "webhook not acknowledged", play: func(p *play) {
				late := true
				p.behave(func(heard []said) int {
					p.echo(heard)
					if len(heard) > 0 && late {
						late = false
						return http.StatusServiceUnavailable
					}
					return http.StatusOK
				})
				p.say(ana, "hi")
			}},
		},
		good: []scene{
			{what: "known already", play: func(p *play) {
				p.behave(p.dedupe())
				p.again(p.say(ana, "hi"))
			}},
			{what: "the user wrote again", play: func(p *play) {
				p.behave(p.dedupe())
				id := p.say(ana, "hi")
				p.say(ana, "hi")
				p.again(id)
			}},
			{what: "the user wrote afterwards", play: func(p *play) {
				p.behave(p.dedupe())
				p.again(p.say(ana, "hi"))
				p.say(ana, "hi")
			}},
			{what: "reactions", play: func(p *play) {
				p.behave(func(heard []said) int {
					for _, m := range heard {
						p.messages(`"to":"` + m.From + `","type":"reaction","reaction":{"message_id":"` + m.ID + `","emoji":"👍"}}`)
					}
					return http.StatusOK
				})
				p.again(p.say(ana, "hi"))
			}},
			{what: "a bot that sends everything twice", play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				p.text(ana, "hi")
				p.text(ana, "hi")
				p.again(id)
			}},
			{what: "the same twice, for two messages that waited", play: func(p *play) {
				p.behave(mute)
				p.say(ana, "hi")
				p.again(p.say(ana, "hi"))
				p.text(ana, "you said: hi")
				p.text(ana, "you said: hi")
			}},
			{what: "reminders", play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				time.Sleep(time.Hour)
				p.text(ana, "still there?")
				time.Sleep(time.Hour)
				p.again(id)
				time.Sleep(10 * time.Second)
				p.text(ana, "still there?")
			}},
			{what: "the answer to the call was lost", play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Lost: true, Times: 1})
				p.again(id)
				p.text(ana, "hi")
				p.text(ana, "hi")
			}},
			{what: "the bot did not wait for the answer to the call", play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Delay: time.Minute, Times: 1})
				p.timeout = time.Second
				p.again(id)
				p.text(ana, "hi")
				p.text(ana, "hi")
			}},
			{what: "the first failed", play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131000, Times: 1})
				p.text(ana, "hi")
				p.again(id)
				p.text(ana, "hi")
			}},
		},
	},
}
