package report

import (
	"net/http"

	"wappasim/fakewa"
)

const noNumber = "US.42"

// lostScenes break, or nearly break, the rule about users without a number.
var lostScenes = scenes{
	"user without a number lost": {
		bad: []scene{
			{what: "to an empty number", play: func(p *play) { p.say(noNumber, "hi") }},
			{what: "to the word of an empty variable", play: func(p *play) {
				p.behave(func(heard []said) int {
					for range heard {
						p.text("undefined", "hello")
					}
					return http.StatusOK
				})
				p.say(noNumber, "hi")
			}},
			{what: "passed over", play: func(p *play) {
				p.behave(p.numbersOnly)
				p.say(ana, "hi")
				p.say(noNumber, "hi")
			}},
			{what: "a user with a username, passed over", play: func(p *play) {
				p.behave(p.numbersOnly)
				p.s.Phone(ben).SetProfile(fakewa.Profile{Name: "Ben", Username: "ben"})
				p.say(ben, "hi")
				p.say(ana, "hi")
			}},
			{what: "the id in to", play: func(p *play) {
				p.behave(mute)
				p.say(ana, "hi")
				p.text(p.scopedID("+"+ana), "hello")
			}},
		},
		good: []scene{
			{what: "the id in recipient", play: func(p *play) {
				p.behave(func(heard []said) int {
					for _, m := range heard {
						p.messages(`"recipient":"` + noNumber + `","type":"text","text":{"body":"` + m.ID[:5] + `"}}`)
					}
					return http.StatusOK
				})
				p.say(noNumber, "hi")
			}},
			{what: "marked as read", play: func(p *play) {
				p.behave(func(heard []said) int {
					for _, m := range heard {
						p.markRead(m.ID)
					}
					return http.StatusOK
				})
				p.say(ana, "hi")
				p.say(noNumber, "hi")
			}},
			{what: "nobody is answered", play: func(p *play) {
				p.behave(mute)
				p.say(noNumber, "hi")
				p.say(ana, "hi")
			}},
			{what: "a type that nobody is answered to", play: func(p *play) {
				p.behave(p.numbersOnly)
				p.say(ana, "hi")
				if _, err := p.s.Phone(noNumber).Send(p.t.Context(), fakewa.Sticker()); err != nil {
					p.t.Fatal(err)
				}
			}},
			{what: "an empty number, and everybody has one", play: func(p *play) {
				p.behave(mute)
				p.say(ana, "hi")
				p.text("", "hello")
			}},
			{what: "a username and a known number", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Phone(ana).SetProfile(fakewa.Profile{Username: "ana"})
				p.say(ana, "still me")
			}},
			{what: "another spelling", play: func(p *play) {
				p.behave(func(heard []said) int {
					if len(heard) > 0 {
						p.text("5531955550101", "hello")
					}
					return http.StatusOK
				})
				p.say("553155550101", "hi")
			}},
			{what: "the id of linked portfolios", cfg: fakewa.Config{ParentIDs: true, UserIDs: fakewa.UserIDsOnly}, play: func(p *play) {
				p.behave(func(heard []said) int {
					for _, m := range heard {
						p.messages(`"recipient":"` + m.Parent + `","type":"text","text":{"body":"hello"}}`)
					}
					return http.StatusOK
				})
				p.say(ana, "hi")
			}},
		},
	},
}

// numbersOnly answers those who have a number.
func (p *play) numbersOnly(heard []said) int {
	for _, m := range heard {
		if m.From != "" {
			p.text(m.From, "hello")
		}
	}
	return http.StatusOK
}
