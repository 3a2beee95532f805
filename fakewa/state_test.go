package fakewa_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// TestResetWithTheSameSeedRepeatsEverything makes the same calls before and after a
// reset, and compares the state and the log byte by byte.
func TestResetWithTheSameSeedRepeatsEverything(t *testing.T) {
	c := controlFake(t, fakewa.Config{Seed: 7})
	play := func() (state, log string) {
		c.say(ana, "hi")
		c.must("PATCH users/2", `{"name":"Bo"}`)
		c.send(ana, "one")
		c.send(ana, "one")
		c.must("POST /"+number+"/messages", buttons)
		c.must("POST users/"+ana+"/tap", `{"choice":"Yes"}`)
		c.do("POST /"+number+"/messages", "{}")
		c.must("POST faults", `{"code":1,"times":2}`)
		c.settle()
		var parts [3]json.RawMessage
		c.must("GET state", "", &parts[0])
		c.must("GET requests", "", &parts[1])
		return string(parts[0]), string(parts[1])
	}
	state, log := play()
	c.must("POST reset", "")
	c.steps([]step{
		{"GET requests", "", 200, `{"dropped":0,"requests":[]}`},
		{"GET webhooks", "", 200, `{"dropped":0,"webhooks":[]}`},
		{"GET users", "", 200, `{"users":[]}`},
	})
	if again, logAgain := play(); again != state || logAgain != log {
		t.Errorf("got  %s %s\nwant %s %s", again, logAgain, state, log)
	}
	c.must("POST reset", `{"seed":8}`)
	id := c.platform.First().Conversation(ana)
	other, _ := play()
	if len(id) != 0 || other == state || !strings.Contains(other, `"seed":8`) {
		t.Errorf("another seed: got %s", other)
	}
}

func TestResetEndsRedelivery(t *testing.T) {
	c := controlFake(t, fakewa.Config{Redeliver: time.Hour})
	c.bot.answer(503)
	c.say(ana, "hi")
	c.send(ana, "one")
	c.settle()
	tries := len(c.bot.all())
	c.must("POST reset", "")
	c.must("POST clock", `{"advance":"1h"}`)
	if got := len(c.bot.all()); got != tries {
		t.Errorf("%d webhooks of what was forgotten came", got-tries)
	}
	c.steps([]step{{"GET webhooks", "", 200, `{"dropped":0,"webhooks":[]}`}})
}

// TestLimitDropsWholeConversations exceeds the limit of messages with several users.
func TestLimitDropsWholeConversations(t *testing.T) {
	c := controlFake(t, fakewa.Config{Limit: 6})
	s := c.platform.First()
	ids := make(map[string]bool)
	for round := range 3 {
		for user := range 4 {
			c.say(fmt.Sprint(user), "hi")
			c.say(fmt.Sprint(user), "hi")
			said := s.Conversation(fmt.Sprint(user))
			for _, m := range said[len(said)-2:] {
				if ids[m.ID] {
					t.Errorf("round %d: the id %s came again", round, m.ID)
				}
				ids[m.ID] = true
			}
		}
	}
	users := s.Users()
	if len(users) != 3 || users[0].User != "+1" || users[2].User != "+3" {
		t.Errorf("got %+v", users)
	}
	if d := s.Dropped(); d.Conversations != 9 || d.Messages != 18 || d.Deliveries == 0 {
		t.Errorf("got %+v", d)
	}
	if n := len(s.Messages(fakewa.Filter{})); n != 6 {
		t.Errorf("%d messages are kept", n)
	}
	c.steps([]step{
		{"GET state", "", 200, `"dropped":{"conversations":9,"messages":18,"requests":0,"deliveries":`},
		{"GET users/0/messages", "", 200, `{"messages":[]}`},
	})
}

// TestLimitDropsTheOlderHalfOfAConversation exceeds the limit of messages with one user.
// What else is known of the user stays.
func TestLimitDropsTheOlderHalfOfAConversation(t *testing.T) {
	c := controlFake(t, fakewa.Config{Limit: 4})
	s := c.platform.First()
	c.must("PATCH users/1", `{"name":"Ana"}`)
	ids := make(map[string]bool)
	for range 12 {
		c.say("1", "hi")
		said := s.Conversation("1")
		ids[said[len(said)-1].ID] = true
		if len(said) > 4 {
			t.Errorf("%d messages are kept", len(said))
		}
	}
	if len(ids) != 12 {
		t.Errorf("of 12 ids, %d differ", len(ids))
	}
	if status := c.send("1", "in the window"); status != 200 {
		t.Errorf("got %d", status)
	}
	c.steps([]step{
		{"GET users/1", "", 200, `"name":"Ana"`},
		{"GET messages?direction=out&status=failed", "", 200, `{"messages":[]}`},
	})
}

func TestLimitDropsOldRequests(t *testing.T) {
	c := controlFake(t, fakewa.Config{Limit: 4})
	for range 5 {
		c.do("POST /"+number+"/messages", "{}")
	}
	var got struct {
		Requests []any
		Dropped  int
	}
	c.must("GET requests", "", &got)
	if len(got.Requests)+got.Dropped != 5 || len(got.Requests) > 4 {
		t.Errorf("got %d and %d dropped", len(got.Requests), got.Dropped)
	}
}
