package fakewa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/event"
)

// events returns what has happened after an event, once nothing more happens. The
// caller is in a bubble.
func events(t *testing.T, s *fakewa.Server, after uint64, f event.Filter) (all []event.Event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range s.Events(ctx, after, f) {
			all = append(all, e)
		}
	}()
	synctest.Wait()
	cancel()
	<-done
	return all
}

// inWords writes events in lines, with what matters of each.
func inWords(all []event.Event) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s %s", e.Kind, e.User)
		switch d := e.Data.(type) {
		case fakewa.Message:
			fmt.Fprintf(&b, " %s %s %q", d.Direction, d.Status, d.Text)
		case fakewa.Request:
			fmt.Fprintf(&b, " %s %s %d", d.Method, d.Path, d.Status)
			if d.Error != nil {
				fmt.Fprintf(&b, " %d %s", d.Error.Code, d.Why)
			}
			fmt.Fprintf(&b, " after %s", e.Took)
		case event.Delivery:
			fmt.Fprintf(&b, " %d to %s signed %v", d.Attempt, d.URL, d.Signature == fakewa.Sign("secret", d.Body))
		case fakewa.Delivery:
			fmt.Fprintf(&b, " %d %s %d after %s", d.Attempt, d.URL, d.Answer.Status, e.Took)
		case fakewa.Fault:
			fmt.Fprintf(&b, " %d met %d", d.ID, d.Met)
		case fakewa.Profile:
			fmt.Fprintf(&b, " %s off %v", d.Name, d.Silent)
		default:
			text, _ := json.Marshal(d)
			fmt.Fprintf(&b, " %s", text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// slow is a bot that takes a time to answer webhooks, and does not take the first one.
type slow struct{ calls int }

func (b *slow) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	<-time.After(time.Second)
	if b.calls++; b.calls == 1 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// TestEventsTellAll has all kinds happen, in virtual time, and compares with what must be
// told of them.
func TestEventsTellAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := fakewa.ClockFrom(time.Now())
		s := fakewa.New(fakewa.Config{Webhook: new(slow), Seed: 7, Redeliver: time.Minute, Clock: clock})
		defer s.Close()
		start := clock.Now()
		if _, err := s.Phone(ana).Say(t.Context(), "hello"); err != nil {
			t.Fatal(err)
		}
		s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016, Delay: 2 * time.Second, Times: 1})
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		<-time.After(5 * time.Second)
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","to":"+16505551234","type":"nothing"}`)
		profile := s.Phone(ana).Profile()
		profile.Name, profile.Silent = "Ana", true
		s.Phone(ana).SetProfile(profile)
		s.RemoveFault(s.Inject(fakewa.Fault{Fails: 131026, User: ana}))
		if err := clock.Advance(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		all := events(t, s, 0, event.Filter{})
		const user = "+16505551234"
		want := `begin  {"seed":7}
message ` + user + ` in sent "hello"
webhook ` + user + ` 1 to http://bot/webhook signed true
attempt ` + user + ` 1 http://bot/webhook 503 after 1s
webhook ` + user + ` 2 to http://bot/webhook signed true
attempt ` + user + ` 2 http://bot/webhook 200 after 1s
status ` + user + ` in delivered "hello"
fault_injected  1 met 0
fault_met ` + user + ` 1 met 1
fault_removed  1 met 1
request ` + user + ` POST /106540352242922/messages 500 131016  after 2s
message ` + user + ` out sent "hi"
request ` + user + ` POST /106540352242922/messages 200 after 0s
status ` + user + ` out sent "hi"
status ` + user + ` out delivered "hi"
webhook ` + user + ` 1 to http://bot/webhook signed true
attempt ` + user + ` 1 http://bot/webhook 200 after 1s
webhook ` + user + ` 1 to http://bot/webhook signed true
attempt ` + user + ` 1 http://bot/webhook 200 after 1s
request ` + user + ` POST /106540352242922/messages 400 100 type`
		got := inWords(all)
		rest, ok := strings.CutPrefix(got, want)
		if !ok {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		_, rest, _ = strings.Cut(rest, "\n")
		now, _ := clock.Now().MarshalText()
		if want := `profile ` + user + ` Ana off true
fault_injected ` + user + ` 2 met 0
fault_removed ` + user + ` 2 met 0
clock  {"now":"` + string(now) + `","by_s":3600}
`; rest != want {
			t.Errorf("then got\n%s\nwant\n%s", rest, want)
		}
		for i, e := range all {
			if e.N != uint64(i+1) || e.At.Before(start) || i > 0 && e.At.Before(all[i-1].At) {
				t.Errorf("number %d is event %d at %s", i+1, e.N, e.At)
			}
			if e.Kind == event.Attempt && (e.Of == 0 || all[e.Of-1].Kind != event.Webhook || !slices.Equal(all[e.Of-1].IDs, e.IDs)) {
				t.Errorf("attempt %d is of event %d", e.N, e.Of)
			}
			if e.User != "" && slices.Contains([]event.Kind{event.Message, event.Status, event.Webhook, event.Attempt}, e.Kind) && (len(e.IDs) != 1 || !strings.HasPrefix(e.IDs[0], "wamid.")) {
				t.Errorf("%s %d is about %q", e.Kind, e.N, e.IDs)
			}
		}
	})
}

// TestReadMarksAreEvents has the bot read a user's messages, twice.
func TestReadMarksAreEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakewa.New(fakewa.Config{Webhook: new(recorder)})
		defer s.Close()
		say(t, s)
		id := s.Messages(fakewa.Filter{})[0].ID
		for range 2 {
			call(t, s, "POST", "/"+number+"/messages", "Bearer x", `{"messaging_product":"whatsapp","status":"read","message_id":"`+id+`"}`)
		}
		got := inWords(events(t, s, 0, event.Filter{User: "+1 650 555 1234", Kinds: []event.Kind{event.Status}}))
		if want := "begin  {\"seed\":0}\nstatus +16505551234 in delivered \"hello\"\nstatus +16505551234 in read \"hello\"\n"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestSlowReadersAreToldWhatTheyLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakewa.New(fakewa.Config{Limit: 10})
		defer s.Close()
		var seen []event.Event
		for e := range s.Events(t.Context(), 0, event.Filter{Kinds: []event.Kind{event.Profile}}) {
			seen = append(seen, e)
			if len(seen) == 1 { // the reader is busy, and 95 events happen meanwhile
				for i := range 95 {
					s.Phone(ana).SetProfile(fakewa.Profile{Name: fmt.Sprint(i)})
				}
			}
			if profile, ok := e.Data.(fakewa.Profile); ok && profile.Name == "94" {
				break
			}
		}
		if len(seen) != 12 || seen[0].Kind != event.Begin || seen[1].Kind != event.Lost || seen[1].Data != (event.Gap{From: 2, To: 86}) || seen[1].N != 86 || seen[2].N != 87 || seen[11].N != 96 {
			t.Errorf("got %d events\n%s", len(seen), inWords(seen))
		}
		if late := events(t, s, 90, event.Filter{}); len(late) != 6 || late[0].N != 91 {
			t.Errorf("after 90: got\n%s", inWords(late))
		}
	})
}

func TestResetIsAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakewa.New(fakewa.Config{})
		defer s.Close()
		s.Phone(ana).SetProfile(fakewa.Profile{Name: "Ana"})
		s.Reset(9)
		for _, after := range []uint64{0, 1, 2} {
			got := events(t, s, after, event.Filter{User: "1"})
			if len(got) != 1 || got[0].N != 3 || got[0].Data != (event.Beginning{Seed: 9}) {
				t.Errorf("after %d: got\n%s", after, inWords(got))
			}
		}
	})
}

// TestEventsEnd has a reader that waits for what comes, and no goroutine may be left in
// the bubble.
func TestEventsEnd(t *testing.T) {
	for name, end := range map[string]func(*fakewa.Server, context.CancelFunc){
		"with the server":  func(s *fakewa.Server, _ context.CancelFunc) { s.Close() },
		"with the context": func(_ *fakewa.Server, cancel context.CancelFunc) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fakewa.New(fakewa.Config{})
				defer s.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					<-time.After(time.Second)
					s.Phone(ana).SetProfile(fakewa.Profile{Name: "Ana"})
					end(s, cancel)
				}()
				coming := s.Events(ctx, math.MaxUint64, event.Filter{Kinds: []event.Kind{event.FaultInjected, event.FaultRemoved}})
				s.RemoveFault(s.Inject(fakewa.Fault{Fails: 131026}))
				var got []event.Event
				for e := range coming {
					got = append(got, e)
				}
				if len(got) != 2 || got[0].Kind != event.FaultInjected || got[1].Kind != event.FaultRemoved {
					t.Errorf("what came after the call, and before it was read: got\n%s", inWords(got))
				}
			})
		})
	}
}
