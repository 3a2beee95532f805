package fakewa_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
)

// TestWaitReturnsTheMessagesThatMatch runs in virtual time. A goroutine that is left
// makes the bubble fail.
func TestWaitReturnsTheMessagesThatMatch(t *testing.T) {
	for name, test := range map[string]struct {
		filter fakewa.Filter
		do     func(s *fakewa.Server)
		want   string // the text of what comes; "": nothing does
	}{
		"one that is there": {fakewa.Filter{Direction: fakewa.In}, func(*fakewa.Server) {}, "hello"},
		"one that comes": {fakewa.Filter{User: "2"}, func(s *fakewa.Server) {
			_, _ = s.Phone("+2").Say(context.Background(), "two")
		}, "two"},
		"a status that comes": {fakewa.Filter{Direction: fakewa.Out, Status: "read"}, func(s *fakewa.Server) { s.Phone(ana).Read() }, "hi"},
		"another user":        {fakewa.Filter{User: "3"}, func(s *fakewa.Server) { _, _ = s.Phone("+2").Say(context.Background(), "two") }, ""},
		"a reset": {fakewa.Filter{Type: "text"}, func(s *fakewa.Server) {
			s.Reset(1)
		}, "hello"},
		"nothing": {fakewa.Filter{Type: "image"}, func(*fakewa.Server) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fakewa.New(fakewa.Config{Webhook: &recorder{}})
				defer s.Close()
				say(t, s)
				call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
				go func() {
					<-time.After(time.Second)
					test.do(s)
				}()
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				got, err := s.Wait(ctx, test.filter)
				switch {
				case test.want == "" && (!errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute):
					t.Errorf("got %v, %v after %s", got, err, time.Since(start))
				case test.want != "" && (len(got) == 0 || got[0].Text != test.want || time.Since(start) > time.Second):
					t.Errorf("got %v, %v after %s", got, err, time.Since(start))
				}
				<-time.After(time.Minute) // until what the test does is done
			})
		})
	}
}

func TestCloseEndsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakewa.New(fakewa.Config{})
		waited := make(chan error)
		go func() {
			_, err := s.Wait(t.Context(), fakewa.Filter{})
			waited <- err
		}()
		synctest.Wait()
		s.Close()
		if err := <-waited; err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWaitWorksOverHTTP(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	came := make(chan string)
	go func() {
		_, answer, _ := c.try("GET messages?user="+ana+"&direction=out&wait=5m", "")
		came <- answer
	}()
	c.say(ana, "hi")
	c.send(ana, "the answer")
	if answer := <-came; !strings.Contains(answer, "the answer") || strings.Contains(answer, `"hi"`) {
		t.Errorf("got %s", answer)
	}
	c.steps([]step{
		{"GET messages?user=" + ana + "&wait=5m", "", 200, "the answer"},
		{"GET messages?type=video&wait=1ms", "", 408, "no such message came within 1ms"},
	})
}
