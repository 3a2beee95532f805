package report

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"wappasim/fakewa"
)

// anyTime lets a bot write to people who have not written.
var anyTime = fakewa.Config{Window: fakewa.WindowOff}

// floodScenes break, or nearly break, the rules about too many messages to one user.
var floodScenes = scenes{
	"too many messages to a user": {
		bad: []scene{
			{what: "200 at once, and the limit is not enforced", cfg: anyTime, play: func(p *play) { p.flood(200) }},
			{what: "200 at once, and the limit is enforced", cfg: fakewa.Config{Window: fakewa.WindowOff, PairRate: true}, play: func(p *play) { p.flood(200) }},
			{what: "200 at once, and the clock stands still", cfg: fakewa.Config{Window: fakewa.WindowOff, Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) { p.flood(200) }},
			{what: "as late as possible", cfg: anyTime, play: func(p *play) {
				p.flood(45)
				time.Sleep(6 * time.Second)
				p.flood(5)
			}},
			{what: "the same text", cfg: anyTime, play: func(p *play) {
				p.quiet()
				for range 60 {
					p.text(ana, "text")
				}
			}},
		},
		good: []scene{
			{what: "as many as the limit allows", cfg: fakewa.Config{Window: fakewa.WindowOff, PairRate: true}, play: func(p *play) {
				p.flood(45)
				for i := range 50 {
					time.Sleep(6 * time.Second)
					p.text(ana, fmt.Sprint("later ", i))
				}
			}},
			{what: "the limit is found and waited for", cfg: fakewa.Config{Window: fakewa.WindowOff, PairRate: true}, play: func(p *play) {
				p.flood(48)
				time.Sleep(time.Minute)
				p.flood(10)
			}},
			{what: "200 users", cfg: anyTime, play: func(p *play) {
				p.quiet()
				for i := range 200 {
					p.text(fmt.Sprint(16505550000+i), "news")
				}
			}},
			{what: "a long conversation while the clock stands still", cfg: fakewa.Config{Window: fakewa.WindowOff, Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) {
				for i := range 100 {
					p.say(ana, fmt.Sprint(i))
				}
			}},
			{what: "a fault says so", cfg: anyTime, play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131056})
				p.flood(200)
			}},
			{what: "marks as read", cfg: anyTime, play: func(p *play) {
				p.behave(mute)
				id := p.say(ana, "hi")
				for range 100 {
					p.markRead(id)
				}
			}},
		},
	},
	"statuses answered": {
		bad: []scene{
			{what: "each status is answered", cfg: anyTime, play: func(p *play) {
				p.behave(p.parrot(40, func(int) string { return "I did not understand." }, 0))
				p.say(ana, "hi")
			}},
			{what: "afterwards, in the background", cfg: anyTime, play: func(p *play) {
				p.behave(p.parrot(40, func(int) string { return "I did not understand." }, 100*time.Millisecond))
				p.say(ana, "hi")
				time.Sleep(time.Hour)
			}},
			{what: "without end, and each answer is another", cfg: anyTime, also: "too many messages to a user", play: func(p *play) {
				p.behave(p.parrot(200, func(n int) string { return fmt.Sprint("status ", n) }, 0))
				p.say(ana, "hi")
			}},
		},
		good: []scene{
			{what: "a series of messages", cfg: anyTime, play: func(p *play) {
				p.behave(takes(50 * time.Millisecond))
				for i := range 40 {
					p.text(ana, fmt.Sprint("picture ", i))
				}
			}},
			{what: "reminders", cfg: anyTime, play: func(p *play) {
				p.behave(mute)
				for range 40 {
					p.text(ana, "still there?")
					time.Sleep(time.Minute)
				}
			}},
			{what: "a receipt for a status now and then", cfg: anyTime, play: func(p *play) {
				p.behave(p.parrot(5, func(int) string { return "It has arrived." }, 0))
				p.say(ana, "hi")
			}},
			{what: "the user writes", cfg: anyTime, play: func(p *play) {
				for range 40 {
					p.say(ana, "hi")
					time.Sleep(7 * time.Second)
				}
			}},
		},
	},
}

// quiet ends the webhook: a bot that sends much gets no statuses.
func (p *play) quiet() {
	if err := p.s.SetWebhook(p.t.Context(), "", ""); err != nil {
		p.t.Fatal(err)
	}
}

// flood sends so many texts to one user at once.
func (p *play) flood(n int) {
	p.quiet()
	for i := range n {
		p.text(ana, fmt.Sprint("text ", i))
	}
}

// parrot is a bot that answers everything, statuses too, so many times.
func (p *play) parrot(times int, text func(n int) string, after time.Duration) behaviour {
	var n atomic.Int64 // webhooks of statuses come side by side
	return func([]said) int {
		if mine := int(n.Add(1)); mine <= times {
			answer := func() { p.text(ana, text(mine)) }
			if after == 0 {
				answer()
			} else {
				time.AfterFunc(after, answer)
			}
		}
		return http.StatusOK
	}
}
