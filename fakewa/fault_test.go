package fakewa_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// TestFaultsApplyInTheirScope injects each kind of fault, for all calls and for some.
func TestFaultsApplyInTheirScope(t *testing.T) {
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
	s := fakewa.Test(t, fakewa.Config{})
	_, _ = s.Phone(user).Say(t.Context(), "hi") // no bot listens
	return s.Users()[0].UserID
}

func TestProbabilityIsDrawnFromTheSeed(t *testing.T) {
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

// met waits until the only fault has been applied to a call; it is for one call.
func (c *controlled) met() {
	for len(c.platform.First().Faults()) > 0 {
		runtime.Gosched()
	}
}

func TestDelayedCallWaitsForTheClock(t *testing.T) {
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

func TestSilentCallEndsWithTheFake(t *testing.T) {
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

// TestSilentCallSendsNothingAndLostAnswerSends makes a call that gets no answer, then one
// whose answer is lost on the way.
func TestSilentCallSendsNothingAndLostAnswerSends(t *testing.T) {
	var calls []fakewa.Request
	s := fakewa.Test(t, fakewa.Config{OnRequest: func(_ context.Context, r fakewa.Request) { calls = append(calls, r) }})
	s.Inject(fakewa.Fault{Silent: true, Times: 1})
	s.Inject(fakewa.Fault{Lost: true, Times: 1})
	body := `{"messaging_product":"whatsapp","to":"1234567890","text":{"body":"hi"}}`
	send := func(timeout time.Duration) error {
		client := s.Client()
		client.Timeout = timeout
		req, err := http.NewRequest("POST", "http://graph/106540352242922/messages", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer any")
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := send(10 * time.Millisecond); err == nil {
		t.Error("the silent call was answered")
	}
	if n := len(s.Sent()); n != 0 {
		t.Errorf("the silent call sent %d messages", n)
	}
	if err := send(time.Minute); err == nil || !strings.Contains(err.Error(), "connection reset by peer") {
		t.Errorf("the lost answer came: %v", err)
	}
	if err := send(time.Minute); err != nil {
		t.Error(err)
	}
	sent := s.Sent()
	if len(sent) != 2 || len(calls) != 3 || calls[0].Status != 0 || !calls[1].Lost || calls[1].ID != sent[0].ID || calls[2].Lost || calls[2].ID != sent[1].ID {
		t.Errorf("got %d messages, calls %+v", len(sent), calls)
	}
}

func TestAcceptedMessageFails(t *testing.T) {
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

func TestMarkAsReadUsesUpNoFailsFault(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}})
	id, err := s.Phone("16505551234").Say(t.Context(), "hello")
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026, Times: 1})
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","status":"read","message_id":"`+id+`"}`)
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
	if sent := s.Sent(); sent[0].Error == nil || sent[0].Error.Code != 131026 {
		t.Errorf("got %+v", sent)
	}
}

// TestFaultsApplyToForms limits a fault to one user; the body of the call is a form.
func TestFaultsApplyToForms(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Window: fakewa.WindowOff})
	s.Inject(fakewa.Fault{User: "16505551234", Type: "text", Code: 131016})
	body := `messaging_product=whatsapp&type=text&text={"body":"x"}&to=`
	for to, want := range map[string]int{"16505551234": 500, "16505551235": 200} {
		if status, answer := form(t, s, number+"/messages", "application/x-www-form-urlencoded", body+to); status != want {
			t.Errorf("%s: got %d %s", to, status, answer)
		}
	}
}
