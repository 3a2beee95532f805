package fakewa_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// TestFaults makes calls that meet each kind of fault, in each scope.
func TestFaults(t *testing.T) {
	image := `{"messaging_product":"whatsapp","to":"16505551234","type":"image","image":{"link":"https://example.com/a.jpg"}}`
	scoped := strings.Replace(textTo(ana, "hi"), `"to":"`+ana, `"recipient":"`+scopedIDOf(t, ana), 1)
	text, other := textTo(ana, "hi"), textTo("2", "hi")
	for name, test := range map[string]struct {
		faults []string
		bodies []string // of calls in order
		want   string   // HTTP statuses; "lost" without an answer
		said   int      // messages that the bot sent
	}{
		"a code":              {[]string{`{"code":131016}`}, []string{text, other}, "500 500", 0},
		"a bare 502":          {[]string{`{"code":502}`}, []string{text}, "502", 0},
		"a bare 429":          {[]string{`{"code":429}`}, []string{text}, "429", 0},
		"an answer is lost":   {[]string{`{"lost":true,"times":1}`}, []string{text, text}, "lost 200", 2},
		"lost and refused":    {[]string{`{"lost":true,"code":131016,"times":1}`}, []string{text, text}, "lost 200", 1},
		"a duplicate":         {[]string{`{"duplicate":true,"times":1}`}, []string{text, text}, "200 200", 3},
		"times":               {[]string{`{"code":1,"times":2}`}, []string{text, text, text}, "400 400 200", 1},
		"every third":         {[]string{`{"code":1,"every":3}`}, []string{text, text, text, text, text, text}, "200 200 400 200 200 400", 4},
		"every second, once":  {[]string{`{"code":1,"every":2,"times":1}`}, []string{text, text, text, text}, "200 400 200 200", 3},
		"for a user":          {[]string{`{"code":1,"user":"+1 (650) 555-1234"}`}, []string{text, other, scoped}, "400 200 400", 1},
		"for a type":          {[]string{`{"code":1,"type":"image"}`}, []string{text, image}, "200 400", 1},
		"for an endpoint":     {[]string{`{"code":1,"endpoint":"messages"}`}, []string{text}, "400", 0},
		"of another endpoint": {[]string{`{"code":1,"endpoint":"media"}`, `{"lost":true,"endpoint":"webhook"}`}, []string{text}, "200", 1},
		"the oldest counts":   {[]string{`{"code":2,"times":1}`, `{"code":131016,"times":1}`}, []string{text, text, text}, "503 500 200", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := controlFake(t, fakewa.Config{})
			c.say(ana, "hi")
			c.say("2", "hi")
			for _, f := range test.faults {
				c.must("POST faults", f)
			}
			var got []string
			for _, body := range test.bodies {
				status, _, err := c.try("POST /"+number+"/messages", body)
				if err != nil {
					got = append(got, "lost")
				} else {
					got = append(got, fmt.Sprint(status))
				}
			}
			if strings.Join(got, " ") != test.want || len(c.platform.First().Sent()) != test.said {
				t.Errorf("got %s and %d messages", got, len(c.platform.First().Sent()))
			}
		})
	}
}

// scopedIDOf returns the business-scoped id of a user.
func scopedIDOf(t *testing.T, user string) string {
	s := fakewa.New(fakewa.Config{})
	defer s.Close()
	_, _ = s.Phone(user).Say(t.Context(), "hi") // nobody listens
	return s.Users()[0].UserID
}

// TestProbability draws faults from the seed.
func TestProbability(t *testing.T) {
	draw := func(seed uint64) (drawn string) {
		c := controlFake(t, fakewa.Config{Seed: seed})
		c.say(ana, "hi")
		for range 2 { // the second time after a reset
			drawn += " "
			c.must("POST faults", `{"code":1,"probability":0.5}`)
			for range 40 {
				drawn += fmt.Sprint(c.send(ana, "hi") / 200)
			}
			c.must("POST reset", "")
			c.say(ana, "hi")
		}
		return drawn
	}
	one, again, two := draw(1), draw(1), draw(2)
	runs := strings.Fields(one)
	if met := strings.Count(runs[0], "2"); one != again || one == two || runs[0] != runs[1] || met < 8 || met > 32 {
		t.Errorf("got %s, %s and %s", one, again, two)
	}
}

// met waits until a call has met the only fault, which is for one.
func (c *controlled) met() {
	for len(c.platform.First().Faults()) > 0 {
		runtime.Gosched()
	}
}

// TestDelay has a call that is looked at once the clock was moved.
func TestDelay(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "hi")
	c.must("POST faults", `{"endpoint":"messages","delay":"30s","times":1}`)
	answered := make(chan int)
	go func() {
		status, _, _ := c.try("POST /"+number+"/messages", textTo(ana, "late"))
		answered <- status
	}()
	c.met()
	c.must("POST clock", `{"advance":"29s"}`)
	if n := len(c.platform.First().Sent()); n != 0 {
		t.Errorf("%d messages were sent too early", n)
	}
	c.must("POST clock", `{"advance":"1s"}`)
	if status := <-answered; status != 200 {
		t.Errorf("got %d", status)
	}
	if sent := c.platform.First().Sent(); len(sent) != 1 || sent[0].At.Sub(fixed()).String() != "30s" {
		t.Errorf("got %+v", sent)
	}
}

// TestSilent has a call that is never answered, until the fake ends.
func TestSilent(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "hi")
	c.must("POST faults", `{"endpoint":"messages","silent":true,"times":1}`)
	ended := make(chan error)
	go func() {
		_, _, err := c.try("POST /"+number+"/messages", textTo(ana, "hi"))
		ended <- err
	}()
	c.met()
	if status := c.send(ana, "another"); status != 200 {
		t.Errorf("another call: got %d", status)
	}
	c.platform.Close()
	if err := <-ended; err == nil {
		t.Error("it was answered")
	}
	if sent := c.platform.First().Sent(); len(sent) != 1 || sent[0].Text != "another" {
		t.Errorf("got %+v", sent)
	}
}

// TestFails has a message that is taken and not delivered.
func TestFails(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "hi")
	c.must("POST faults", `{"fails":131026,"times":1}`)
	if status := c.send(ana, "hi"); status != 200 {
		t.Errorf("got %d", status)
	}
	c.settle()
	c.steps([]step{
		{"GET messages?direction=out", "", 200, `"status":"failed"`},
		{"GET requests", "", 200, `"failed":131026`},
	})
	if got := c.bot.all(); len(got) != 2 || !strings.Contains(got[1], `"code":131026`) || !strings.Contains(got[1], `"status":"failed"`) {
		t.Errorf("got %q", got)
	}
}

// TestWebhookFaults has webhooks that come late, twice, or again.
func TestWebhookFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault         string
		before, after int // webhooks until a second has passed, and a minute
	}{
		"delay":           {`{"endpoint":"webhook","type":"status","delay":"5s","times":1}`, 2, 3},
		"lost":            {`{"endpoint":"webhook","type":"status","lost":true,"times":1}`, 4, 4},
		"duplicate":       {`{"endpoint":"webhook","type":"status","duplicate":true,"times":1}`, 4, 4},
		"another user":    {`{"endpoint":"webhook","user":"2","duplicate":true}`, 3, 3},
		"this user":       {`{"endpoint":"webhook","user":"16505551234","duplicate":true}`, 5, 5},
		"a type of yours": {`{"endpoint":"webhook","type":"text","duplicate":true}`, 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := controlFake(t, fakewa.Config{Redeliver: 7 * 24 * time.Hour})
			c.say(ana, "hi")
			c.must("POST faults", test.fault)
			c.send(ana, "hi")
			c.must("POST clock", `{"advance":"1s"}`)
			before := len(c.bot.all())
			c.must("POST clock", `{"advance":"1m"}`)
			if got := c.bot.all(); before != test.before || len(got) != test.after {
				t.Errorf("got %d and %q", before, got)
			} else if name == "delay" && !strings.Contains(got[2], `"status":"sent"`) {
				t.Errorf("what was not late did not overtake: %q", got)
			}
		})
	}
}

// TestDelayedMessage has a user's message that is brought late, while the test
// moves the clock.
func TestDelayedMessage(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("POST faults", `{"endpoint":"webhook","type":"text","delay":"5s","times":1}`)
	answered := make(chan int)
	go func() {
		status, _, _ := c.try("POST users/1/messages", `{"type":"text","text":{"body":"hi"}}`)
		answered <- status
	}()
	c.met()
	if n := len(c.bot.all()); n != 0 {
		t.Errorf("%d webhooks came too early", n)
	}
	c.must("POST clock", `{"advance":"5s"}`)
	if status := <-answered; status != http.StatusCreated || len(c.bot.all()) != 1 {
		t.Errorf("got %d and %q", status, c.bot.all())
	}
}
