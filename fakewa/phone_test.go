package fakewa_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wappasim/fakewa"
)

const list = `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"list","body":{"text":"Which?"},"action":{"button":"Open","sections":[{"title":"All","rows":[{"id":"r1","title":"One","description":"the first"},{"id":"r2","title":"Two"}]}]}}}`

func TestTapAnswersTheMessage(t *testing.T) {
	link := `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"cta_url","body":{"text":"Look"},"action":{"name":"cta_url","parameters":{"display_text":"Open","url":"https://example.com"}}}}`
	for name, test := range map[string]struct {
		sent         []string
		choice, want string
	}{
		"a button by its title":  {[]string{buttons}, "Yes", `"button_reply":{"id":"y","title":"Yes"}`},
		"a button by its id":     {[]string{buttons}, "n", `"button_reply":{"id":"n","title":"No"}`},
		"a row by its title":     {[]string{list}, "One", `"list_reply":{"description":"the first","id":"r1","title":"One"}`},
		"a row by its id":        {[]string{list}, "r2", `"list_reply":{"id":"r2","title":"Two"}`},
		"past a text":            {[]string{buttons, textTo(ana, "hi")}, "Yes", "button_reply"},
		"of an earlier message":  {[]string{buttons, list}, "Yes", "button_reply"},
		"what neither has":       {[]string{buttons, list}, "Perhaps", `["One" "Two"]`},
		"what there is not":      {[]string{buttons}, "Perhaps", `["Yes" "No"]`},
		"nothing":                {[]string{textTo(ana, "hi")}, "Yes", "nothing with buttons or a list"},
		"what opens in a window": {[]string{link}, "Open", "a tap opens a cta_url"},
	} {
		t.Run(name, func(t *testing.T) {
			c := controlFake(t, fakewa.Config{})
			c.say(ana, "hi")
			for _, body := range test.sent {
				if status, answer := c.do("POST /"+number+"/messages", body); status != 200 {
					t.Fatalf("got %d %s", status, answer)
				}
			}
			refused := !strings.Contains(test.want, "reply")
			status, answer := c.do("POST users/"+ana+"/tap", `{"choice":"`+test.choice+`"}`)
			if refused {
				if status != 400 || !strings.Contains(strings.ReplaceAll(answer, `\"`, `"`), strings.TrimPrefix(test.want, "it has ")) {
					t.Errorf("got %d %s", status, answer)
				}
				return
			}
			said := c.platform.First().Conversation(ana)
			if body := string(said[len(said)-1].Body); status != 201 || !strings.Contains(body, test.want) || !strings.Contains(body, `"context":{"from":"15550783881","id":"`+said[1].ID) {
				t.Errorf("got %d %s", status, body)
			}
		})
	}
}

func TestTapNeedsADeliveredMessage(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.steps([]step{
		{"POST users/" + ana + "/tap", `{"choice":"Yes"}`, 400, "has received nothing"},
		{"POST /" + number + "/messages", buttons, 200, ""}, // fails: she never wrote
		{"POST users/" + ana + "/tap", `{"choice":"Yes"}`, 400, "nothing with buttons"},
		{"POST users/" + ana + "/messages", `{"type":"text","text":{"body":"hi"}}`, 201, ""},
		{"PATCH users/" + ana, `{"silent":true}`, 200, ""},
		{"POST /" + number + "/messages", buttons, 200, ""},
		{"POST users/" + ana + "/tap", `{"choice":"Yes"}`, 400, "nothing with buttons"},
		{"PATCH users/" + ana, `{"silent":false}`, 200, ""},
		{"POST users/" + ana + "/tap", `{"choice":"Yes"}`, 201, ""},
	})
}

// TestStatusesFollowTheUsersPhone has a phone that is off, on again, or has blocked the
// business. Each word of does is what happens; want has the statuses that the bot gets.
func TestStatusesFollowTheUsersPhone(t *testing.T) {
	for does, want := range map[string]string{
		"send":                      "sent delivered",
		"send read":                 "sent delivered read",
		"send read read send":       "sent delivered read sent delivered",
		"send send read":            "sent delivered sent delivered read read",
		"send play":                 "sent delivered",
		"voice play play":           "sent delivered played",
		"voice read play read":      "sent delivered read played",
		"voice play read":           "sent delivered played",
		"sound play":                "sent delivered",
		"react read":                "sent",
		"silent send":               "sent",
		"silent send read":          "sent",
		"silent send on":            "sent delivered",
		"silent send on read":       "sent delivered read",
		"silent send send on":       "sent sent delivered delivered",
		"silent send day on":        "sent delivered",
		"silent send month on read": "sent",
		"silent react on":           "sent",
		"block send read":           "sent",
		"block send unblock read":   "sent",
		"block send silent on read": "sent",
		"silent block send on":      "sent",
		"block voice unblock play":  "sent",
		"send block read":           "sent delivered read",
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			c := controlFake(t, fakewa.Config{Window: fakewa.WindowOff})
			c.say(ana, "hi")
			first := c.platform.First().Conversation(ana)[0].ID
			profile := func(change string) func() { return func() { c.must("PATCH users/"+ana, change) } }
			post := func(body string) func() { return func() { c.must("POST /"+number+"/messages", body) } }
			advance := func(d string) func() { return func() { c.must("POST clock", `{"advance":"`+d+`"}`) } }
			words := map[string]func(){
				"send": post(textTo(ana, "hi")), "voice": post(voice), "sound": post(strings.Replace(voice, "true", "false", 1)),
				"react":  post(`{"messaging_product":"whatsapp","to":"` + ana + `","type":"reaction","reaction":{"message_id":"` + first + `","emoji":"👍"}}`),
				"read":   func() { c.must("POST users/"+ana+"/read", "") },
				"play":   func() { c.must("POST users/"+ana+"/play", "") },
				"silent": profile(`{"silent":true}`), "on": profile(`{"silent":false,"blocks":false}`),
				"block": profile(`{"blocks":true}`), "unblock": profile(`{"blocks":false}`),
				"day": advance("24h"), "month": advance("720h"),
			}
			for word := range strings.FieldsSeq(does) {
				words[word]()
				c.settle()
			}
			got := statusesOf(c.bot.all())
			if strings.Join(got, " ") != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestEarlyReadKeepsStatusesInOrder has a user read a message before the API has answered
// the bot's call.
func TestEarlyReadKeepsStatusesInOrder(t *testing.T) {
	var bot recorder
	var s *fakewa.Server
	clock := fakewa.StillClock(fixed())
	s = fakewa.Test(t, fakewa.Config{Webhook: &bot, Clock: clock, Window: fakewa.WindowOff, OnRequest: func(context.Context, fakewa.Request) {
		s.Phone(ana).Read()
	}})
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
	if err := clock.Advance(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(statusesOf(bot.all())); got != "[sent delivered read]" || s.Sent()[0].Status != "read" {
		t.Errorf("got %s", got)
	}
}

// statusesOf returns the statuses in webhooks, in order.
func statusesOf(bodies []string) (statuses []string) {
	for _, body := range bodies {
		for _, part := range strings.Split(body, `"status":"`)[1:] {
			status, _, _ := strings.Cut(part, `"`)
			statuses = append(statuses, status)
		}
	}
	return statuses
}

func TestReactionsAreSetAndRemoved(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "hi")
	c.send(ana, "hello")
	id := c.platform.First().Sent()[0].ID
	for body, want := range map[string]string{
		`{"message_id":"` + id + `","emoji":"👍"}`: `{"emoji":"👍","message_id":"` + id + `"}`,
		`{"message_id":"` + id + `"}`:             `{"message_id":"` + id + `"}`,
	} {
		c.must("POST users/"+ana+"/react", body)
		said := c.platform.First().Conversation(ana)
		if got := string(said[len(said)-1].Body); !strings.Contains(got, `"reaction":`+want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWebhooksHaveTheUsersProfile(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("PATCH users/"+ana, `{"name":"Ana","username":"ana.b"}`)
	c.must("PATCH users/"+ana, `{"silent":true}`)
	c.say(ana, "hi")
	if got := c.bot.all()[0]; !strings.Contains(got, `"contacts":[{"profile":{"name":"Ana","username":"ana.b"},"user_id":"US.15350878535718998914"}]`) {
		t.Errorf("got %s", got)
	}
}
