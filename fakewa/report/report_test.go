package report

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/media"
)

// play is a bot and its users, in virtual time.
type play struct {
	t       *testing.T
	s       *fakewa.Server
	bot     func(heard []said) (status int) // what it does with the messages of a webhook, or its statuses: none
	timeout time.Duration                   // of its calls; 0: none
	logged  []logged
}

// said is a message as the bot hears it.
type said struct {
	From string
	ID   string
	Type string
	Text struct{ Body string }
}

// watch plays a scene and returns the report on it.
func watch(t *testing.T, cfg fakewa.Config, scene func(*play)) (card Report) {
	synctest.Test(t, func(t *testing.T) {
		p := &play{t: t}
		p.bot = p.echo
		cfg.Webhook = p
		p.s = fakewa.New(cfg)
		defer p.s.Close()
		scene(p)
		synctest.Wait()
		card = p.history().judge()
	})
	return card
}

func (p *play) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct {
			Changes []struct{ Value struct{ Messages []said } }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		p.t.Error(err)
	}
	w.WriteHeader(p.bot(body.Entry[0].Changes[0].Value.Messages))
}

// echo answers each message with its text.
func (p *play) echo(heard []said) int {
	for _, m := range heard {
		p.text(m.From, "you said: "+m.Text.Body)
	}
	return http.StatusOK
}

// mute only acknowledges.
func mute([]said) int { return http.StatusOK }

// call calls the Graph API and returns the status; 0: no answer.
func (p *play) call(method, path, body string) int {
	req, err := http.NewRequest(method, "https://graph.facebook.com"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token-of-the-bot")
	if strings.HasPrefix(body, "messaging_product=") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := p.s.Client()
	client.Timeout = p.timeout
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func (p *play) messages(body string) int {
	return p.call("POST", "/v23.0/"+p.s.Config().PhoneNumberID+"/messages", `{"messaging_product":"whatsapp",`+body)
}

func (p *play) text(to, text string) int {
	body, _ := json.Marshal(text)
	return p.messages(`"to":"` + to + `","type":"text","text":{"body":` + string(body) + `}}`)
}

func (p *play) markRead(id string) int {
	return p.messages(`"status":"read","message_id":"` + id + `"}`)
}

const ana, ben = "16505551234", "16505555678"

// say has a user say something. What the bot makes of it is the scene's matter.
func (p *play) say(user, text string) (id string) {
	id, err := p.s.Phone(user).Say(p.t.Context(), text)
	if id == "" {
		p.t.Fatal(err)
	}
	return id
}

func (p *play) again(id string) {
	if _, err := p.s.Redeliver(p.t.Context(), id); err != nil {
		p.t.Fatal(err)
	}
}

// both has two users say something in one webhook.
func (p *play) both(ofAna, ofBen fakewa.Content) {
	hook, err := p.s.Compose(fakewa.Inbound{From: ana, Content: ofAna}, fakewa.Inbound{From: ben, Content: ofBen})
	p.s.Deliver(p.t.Context(), hook)
	if err != nil {
		p.t.Fatal(err)
	}
}

// takes is a bot that needs a time for each webhook.
func takes(times ...time.Duration) func([]said) int {
	n := 0
	return func([]said) int {
		time.Sleep(times[n%len(times)])
		n++
		return http.StatusOK
	}
}

// dedupe is an echo that knows what it has heard.
func (p *play) dedupe() func([]said) int {
	known := make(map[string]bool)
	return func(heard []said) int {
		return p.echo(slices.DeleteFunc(heard, func(m said) bool {
			before := known[m.ID]
			known[m.ID] = true
			return before
		}))
	}
}

// repeat sends the same again after each of the times.
func (p *play) repeat(text string, waits ...time.Duration) {
	p.text(ana, text)
	for _, wait := range waits {
		time.Sleep(wait)
		p.text(ana, text)
	}
}

// log adds a call to the log that is not made here.
func (p *play) log(r fakewa.Request) {
	r.At = p.s.Config().Clock.Now()
	if said := p.s.Messages(fakewa.Filter{}); len(said) > 0 {
		r.After = said[len(said)-1].N
	}
	p.logged = append(p.logged, logged{len(p.s.Requests()) + len(p.logged), r})
}

// logged is a call that log adds, and its place among the others.
type logged struct {
	place int
	call  fakewa.Request
}

// history is that of the server, with the calls that log added.
func (p *play) history() *history {
	h := newHistory(p.s)
	for _, l := range p.logged {
		h.requests = slices.Insert(h.requests, l.place, l.call)
	}
	return h
}

// scopedID returns the business-scoped id of a user who has written.
func (p *play) scopedID(user string) string {
	for _, u := range p.s.Users() {
		if u.User == user {
			return u.UserID
		}
	}
	p.t.Fatalf("%s has not written", user)
	return ""
}

// mediaURL is the URL of a file that was asked for now.
func (p *play) mediaURL(id string) string {
	cfg := p.s.Config()
	return media.Links{Secret: cfg.AppSecret, Phone: cfg.PhoneNumberID}.URL("https://lookaside.fbsbx.com", id, cfg.Clock.Now())
}

// download downloads a medium in time, or late, from a URL that was asked for
// before the scene.
func (p *play) download(status int) {
	link, err := url.Parse(p.mediaURL(p.upload()))
	if err != nil {
		p.t.Fatal(err)
	}
	if status == http.StatusNotFound {
		time.Sleep(6 * time.Minute)
	}
	if got := p.call("GET", link.RequestURI(), ""); got != status {
		p.t.Fatalf("%s: got %d, want %d", link, got, status)
	}
}

// medium asks for a medium, or deletes it.
func (p *play) medium(method string) { p.call(method, "/v23.0/"+p.upload(), "") }

func (p *play) upload() (id string) {
	id, err := p.s.Upload([]byte("a picture"), "image/png")
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// scene earns a finding of a rule, or does not though it comes near.
type scene struct {
	what string
	cfg  fakewa.Config
	play func(*play)
	also string // another rule that it breaks
}

var scenes = map[string]struct{ bad, good []scene }{
	"slow acknowledgement": {
		bad: []scene{
			{what: "one of one", play: func(p *play) {
				p.bot = takes(time.Second + time.Millisecond)
				p.say(ana, "hi")
			}},
			{what: "the median", play: func(p *play) {
				p.bot = takes(300 * time.Millisecond)
				for range 20 {
					p.say(ana, "hi")
				}
			}},
		},
		good: []scene{
			{what: "one of a hundred", play: func(p *play) {
				p.bot = takes(append(make([]time.Duration, 99), 2*time.Second)...)
				for range 100 {
					p.say(ana, "hi")
				}
			}},
			{what: "half a second each, but few", play: func(p *play) {
				p.bot = takes(500 * time.Millisecond)
				for range 19 {
					p.say(ana, "hi")
				}
			}},
			{what: "half of them", play: func(p *play) {
				p.bot = takes(0, 500*time.Millisecond)
				for range 30 {
					p.say(ana, "hi")
				}
			}},
		},
	},
	"webhook not acknowledged": {
		bad: []scene{
			{what: "500", play: func(p *play) {
				p.bot = func([]said) int { return http.StatusInternalServerError }
				p.say(ana, "hi")
			}},
			{what: "201", play: func(p *play) {
				p.bot = func([]said) int { return http.StatusCreated }
				p.say(ana, "hi")
			}},
			{what: "no answer in time", play: func(p *play) {
				p.bot = takes(time.Minute)
				p.say(ana, "hi")
			}},
			{what: "the connection breaks", play: func(p *play) {
				p.bot = func([]said) int { panic(http.ErrAbortHandler) }
				p.say(ana, "hi")
			}},
		},
		good: []scene{
			{what: "lost by a fault", play: func(p *play) {
				p.bot = mute
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", Lost: true})
				p.say(ana, "hi")
			}},
			{what: "the server was closed", play: func(p *play) {
				p.bot = takes(2 * time.Second)
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
				p.bot = takes(2 * time.Second)
				if _, err := p.s.Phone(ana).Say(ctx, "hi"); err == nil {
					p.t.Error("the webhook was answered")
				}
			}},
		},
	},
	"batch partly ignored": {
		bad: []scene{
			{what: "the first is answered", play: func(p *play) {
				p.bot = func(heard []said) int { return p.echo(heard[:min(len(heard), 1)]) }
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "the last is read", play: func(p *play) {
				p.say(ana, "before")
				p.bot = func(heard []said) int {
					if len(heard) > 0 {
						p.markRead(heard[len(heard)-1].ID)
					}
					return http.StatusOK
				}
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
		},
		good: []scene{
			{what: "all are answered", play: func(p *play) { p.both(fakewa.Text("hi"), fakewa.Text("hello")) }},
			{what: "all are read", play: func(p *play) {
				p.bot = func(heard []said) int {
					for _, m := range heard {
						p.markRead(m.ID)
					}
					return http.StatusOK
				}
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "one is answered by id", play: func(p *play) {
				p.bot = mute
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				p.text(ana, "hi")
				p.messages(`"recipient":"` + p.scopedID("+"+ben) + `","type":"text","text":{"body":"hello"}}`)
			}},
			{what: "one is answered by a form", play: func(p *play) {
				p.bot = mute
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
				p.bot = mute
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "another type is ignored", play: func(p *play) {
				p.bot = func(heard []said) int {
					return p.echo(slices.DeleteFunc(heard, func(m said) bool { return m.Type != "text" }))
				}
				p.both(fakewa.Text("hi"), fakewa.Reaction("wamid.x", "👍"))
			}},
			{what: "the answer is refused", play: func(p *play) {
				p.s.Inject(fakewa.Fault{User: ben, Code: 131026})
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
			}},
			{what: "some are answered later", play: func(p *play) {
				p.bot = mute
				p.both(fakewa.Text("hi"), fakewa.Text("hello"))
				p.text(ana, "hi")
				time.Sleep(time.Minute)
				p.text(ben, "hello")
			}},
		},
	},
	"message answered twice": {
		bad: []scene{
			{what: "redelivered", play: func(p *play) {
				p.say(ana, "before")
				p.again(p.say(ana, "hi"))
			}},
			{what: "long after a message that was ignored", play: func(p *play) {
				p.bot = mute
				p.say(ana, "before")
				time.Sleep(time.Hour)
				p.bot = p.echo
				p.again(p.say(ana, "hi"))
			}},
			{what: "a duplicate", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", User: ana, Type: "text", Duplicate: true})
				p.say(ana, "hi")
			}},
			{what: "brought again, for it was late", cfg: fakewa.Config{Redeliver: time.Hour}, also: "webhook not acknowledged", play: func(p *play) {
				late := true
				p.bot = func(heard []said) int {
					p.echo(heard)
					if len(heard) > 0 && late {
						late = false
						return http.StatusServiceUnavailable
					}
					return http.StatusOK
				}
				p.say(ana, "hi")
			}},
		},
		good: []scene{
			{what: "known already", play: func(p *play) {
				p.bot = p.dedupe()
				p.again(p.say(ana, "hi"))
			}},
			{what: "the user wrote again", play: func(p *play) {
				p.bot = p.dedupe()
				id := p.say(ana, "hi")
				p.say(ana, "hi")
				p.again(id)
			}},
			{what: "the user wrote afterwards", play: func(p *play) {
				p.bot = p.dedupe()
				p.again(p.say(ana, "hi"))
				p.say(ana, "hi")
			}},
			{what: "reactions", play: func(p *play) {
				p.bot = func(heard []said) int {
					for _, m := range heard {
						p.messages(`"to":"` + m.From + `","type":"reaction","reaction":{"message_id":"` + m.ID + `","emoji":"👍"}}`)
					}
					return http.StatusOK
				}
				p.again(p.say(ana, "hi"))
			}},
			{what: "a bot that says all twice", play: func(p *play) {
				p.bot = mute
				id := p.say(ana, "hi")
				p.text(ana, "hi")
				p.text(ana, "hi")
				p.again(id)
			}},
			{what: "the same twice, for two messages that waited", play: func(p *play) {
				p.bot = mute
				p.say(ana, "hi")
				p.again(p.say(ana, "hi"))
				p.text(ana, "you said: hi")
				p.text(ana, "you said: hi")
			}},
			{what: "reminders", play: func(p *play) {
				p.bot = mute
				id := p.say(ana, "hi")
				time.Sleep(time.Hour)
				p.text(ana, "still there?")
				time.Sleep(time.Hour)
				p.again(id)
				time.Sleep(10 * time.Second)
				p.text(ana, "still there?")
			}},
			{what: "the answer to the call was lost", play: func(p *play) {
				p.bot = mute
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Lost: true, Times: 1})
				p.again(id)
				p.text(ana, "hi")
				p.text(ana, "hi")
			}},
			{what: "the bot did not wait for the answer to the call", play: func(p *play) {
				p.bot = mute
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Delay: time.Minute, Times: 1})
				p.timeout = time.Second
				p.again(id)
				p.text(ana, "hi")
				p.text(ana, "hi")
			}},
			{what: "the first failed", play: func(p *play) {
				p.bot = mute
				id := p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131000, Times: 1})
				p.text(ana, "hi")
				p.again(id)
				p.text(ana, "hi")
			}},
		},
	},
	"outside the 24-hour window": {
		bad: []scene{
			{what: "it fails", play: func(p *play) {
				p.say(ana, "hi")
				time.Sleep(25 * time.Hour)
				p.text(ana, "still there?")
			}},
			{what: "it is refused", cfg: fakewa.Config{Window: fakewa.WindowRefuses}, play: func(p *play) { p.text(ana, "hi") }},
		},
		good: []scene{
			{what: "within it", play: func(p *play) {
				p.say(ana, "hi")
				time.Sleep(23 * time.Hour)
				p.text(ana, "still there?")
			}},
			{what: "a template", play: func(p *play) {
				p.messages(`"to":"` + ana + `","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`)
			}},
			{what: "another call is refused so", play: func(p *play) {
				p.log(fakewa.Request{Method: "POST", Path: "/v23.0/1/block_users", Status: 400, Error: graph.New(outsideWindow, "")})
			}},
			{what: "a fault says so", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: outsideWindow, Times: 1})
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: outsideWindow, Times: 1})
				p.say(ana, "hi")
			}},
		},
	},
	"failed status ignored": {
		bad: []scene{
			{what: "never acknowledged", also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.bot = func([]said) int { return http.StatusBadGateway }
				p.text(ana, "more")
			}},
			{what: "the same failure again", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.text(ana, "and more")
			}},
		},
		good: []scene{
			{what: "not knowing yet", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				p.text(ana, "and more")
			}},
			{what: "the user wrote again", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.say(ana, "hi")
				time.Sleep(time.Minute)
				p.say(ana, "hello?")
			}},
			{what: "a failure that passes", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131000, Times: 2})
				p.repeat("more", time.Minute, time.Minute)
			}},
			{what: "the next day", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(25 * time.Hour)
				p.text(ana, "more")
			}},
			{what: "another type", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.messages(`"to":"` + ana + `","type":"location","location":{"latitude":1,"longitude":2}}`)
			}},
			{what: "another failure", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026, Times: 1})
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131049, Times: 1})
				p.text(ana, "more")
				time.Sleep(time.Minute)
				p.text(ana, "more")
			}},
			{what: "acknowledged, but not when the test brought it again", also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.text(ana, "more")
				synctest.Wait()
				p.bot = func([]said) int { return http.StatusBadGateway }
				deliveries := p.s.Deliveries()
				p.s.DeliverOnce(p.t.Context(), deliveries[len(deliveries)-1].Webhook())
			}},
			{what: "the answer to the webhook was lost", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.s.Inject(fakewa.Fault{Endpoint: "webhook", Lost: true})
				p.text(ana, "more")
			}},
			{what: "another file", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131053})
				p.text(ana, "one")
				time.Sleep(time.Minute)
				p.text(ana, "another")
			}},
			{what: "acknowledged the second time", cfg: fakewa.Config{Redeliver: time.Hour}, also: "webhook not acknowledged", play: func(p *play) {
				p.say(ana, "hi")
				synctest.Wait()
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Fails: 131026})
				p.bot = func([]said) int {
					p.bot = mute
					return http.StatusBadGateway
				}
				p.text(ana, "more")
				time.Sleep(time.Minute)
			}},
		},
	},
	"expired media URL": {
		bad: []scene{
			{what: "once", play: func(p *play) { p.download(404) }},
			{what: "the same again", play: func(p *play) {
				p.download(404)
				p.download(404)
				p.medium("GET")
			}},
			{what: "the next is of another medium", play: func(p *play) {
				p.download(404)
				p.download(200)
			}},
			{what: "given up", play: func(p *play) {
				p.download(404)
				p.medium("DELETE")
				p.download(200)
			}},
			{what: "expired twice", play: func(p *play) {
				p.download(404)
				p.medium("GET")
				p.download(404)
				p.medium("GET")
				p.download(200)
			}},
			{what: "a look at the number", play: func(p *play) {
				p.download(404)
				p.call("GET", "/v23.0/"+p.s.Config().PhoneNumberID, "")
				p.download(200)
			}},
		},
		good: []scene{
			{what: "in time", play: func(p *play) {
				p.medium("GET")
				p.download(200)
			}},
			{what: "fetched anew", play: func(p *play) {
				p.download(404)
				p.medium("GET")
				p.download(200)
			}},
			{what: "a fault says so", play: func(p *play) {
				p.log(fakewa.Request{Method: "GET", Path: media.DownloadPath, Status: 404, Error: injectedError(132001)})
			}},
		},
	},
	"retry without backoff": {
		bad: []scene{
			{what: "at once", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 2, Times: 3})
				p.repeat("more", 0, 0, 0)
			}},
			{what: "in even steps", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 130429})
				p.repeat("more", 2*time.Second, 2*time.Second, 2*time.Second)
			}},
			{what: "on a clock that is advanced", cfg: fakewa.Config{Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: http.StatusTooManyRequests})
				for range 4 {
					p.text(ana, "more")
					if err := p.s.Config().Clock.Advance(p.t.Context(), 10*time.Second); err != nil {
						p.t.Fatal(err)
					}
				}
			}},
		},
		good: []scene{
			{what: "backoff", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131056, Times: 4})
				p.repeat("more", time.Second, 4*time.Second, 16*time.Second, 64*time.Second)
			}},
			{what: "patience", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 80007})
				p.repeat("more", time.Minute, time.Minute, time.Minute)
			}},
			{what: "twice", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				p.repeat("more", 0, 0)
			}},
			{what: "new reasons", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				for range 5 {
					p.say(ana, "hi")
				}
			}},
			{what: "calls without a body", play: func(p *play) {
				p.s.Inject(fakewa.Fault{Code: 131016})
				for range 5 {
					p.call("GET", "/v23.0/4490709327384033?fields=url", "")
				}
			}},
			{what: "a clock that stands still", cfg: fakewa.Config{Clock: fakewa.StillClock(time.Unix(0, 0))}, play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016})
				p.repeat("more", time.Second, 2*time.Second, 4*time.Second)
			}},
			{what: "no answer", play: func(p *play) {
				p.say(ana, "hi")
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 131016, Lost: true})
				p.repeat("more", 0, 0, 0)
			}},
		},
	},
	"retry of a permanent error": {
		bad: []scene{
			{what: "an empty text", play: func(p *play) { p.repeat("", time.Second, 4*time.Second, 16*time.Second) }},
			{what: "a wrong token", cfg: fakewa.Config{Token: "another"}, play: func(p *play) { p.repeat("hi", time.Second, 4*time.Second, 16*time.Second) }},
		},
		good: []scene{
			{what: "given up", play: func(p *play) { p.repeat("") }},
			{what: "new reasons", play: func(p *play) {
				p.bot = func(heard []said) int {
					if len(heard) > 0 {
						p.text(heard[0].From, "")
					}
					return http.StatusOK
				}
				for range 5 {
					p.say(ana, "hi")
				}
			}},
			{what: "what the fake cannot do", play: func(p *play) {
				for range 5 {
					p.log(fakewa.Request{Method: "POST", Path: "/v23.0/1/flows", Body: "{}", Status: 501, Error: graph.NotSimulated("flows")})
				}
			}},
			{what: "once a day", play: func(p *play) { p.repeat("", 24*time.Hour, 24*time.Hour, 24*time.Hour) }},
			{what: "it was put right", play: func(p *play) {
				p.say(ana, "hi")
				blocked := `{"messaging_product":"whatsapp","block_users":[{"user":"` + ana + `"}]}`
				p.call("POST", "/v23.0/"+p.s.Config().PhoneNumberID+"/block_users", blocked)
				p.repeat("", time.Second)
				p.s.Inject(fakewa.Fault{Endpoint: "messages", Code: 133010, Times: 3})
				p.call("DELETE", "/v23.0/"+p.s.Config().PhoneNumberID+"/block_users", blocked)
				p.repeat("more", 10*time.Minute, 10*time.Minute, 10*time.Minute)
			}},
		},
	},
	"unversioned call": {
		bad: []scene{
			{what: "a number", play: func(p *play) { p.call("GET", "/"+p.s.Config().PhoneNumberID, "") }},
			{what: "through a proxy", play: func(p *play) { p.log(fakewa.Request{Method: "GET", Path: "https://graph.facebook.com/1", Status: 400}) }},
		},
		good: []scene{
			{what: "a version", play: func(p *play) { p.call("GET", "/v23.0/"+p.s.Config().PhoneNumberID, "") }},
			{what: "a media URL", play: func(p *play) { p.download(200) }},
			{what: "is it up", play: func(p *play) { p.call("GET", "/", "") }},
		},
	},
}

// TestRules plays each scene and wants the findings that it earns, and no others.
func TestRules(t *testing.T) {
	for _, rule := range Rules() {
		pair := scenes[rule.Name]
		if len(pair.bad) == 0 || len(pair.good) == 0 {
			t.Errorf("%s: want a bot that breaks it and one that does not", rule.Name)
		}
		if rule.Meaning == "" || rule.Advice == "" {
			t.Errorf("%s: it is not documented", rule.Name)
		}
		for _, bad := range pair.bad {
			t.Run(rule.Name+"/bad/"+bad.what, func(t *testing.T) { bad.check(t, rule.Name, bad.also) })
		}
		for _, good := range pair.good {
			t.Run(rule.Name+"/good/"+good.what, func(t *testing.T) { good.check(t, good.also) })
		}
	}
	if len(scenes) != len(Rules()) {
		t.Errorf("there are scenes for %d rules, and %d rules", len(scenes), len(Rules()))
	}
}

func (s scene) check(t *testing.T, want ...string) {
	report := watch(t, s.cfg, s.play)
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Rule)
		if f.Count < len(f.Evidence) || len(f.Evidence) == 0 || len(f.Evidence) > maxEvidence || f.Evidence[0].At.IsZero() {
			t.Errorf("got %+v", f)
		}
	}
	want = slices.DeleteFunc(want, func(rule string) bool { return rule == "" })
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q:\n%s", got, want, report)
	}
}

// TestEvidence holds the text of a report against what happened.
func TestEvidence(t *testing.T) {
	report := watch(t, fakewa.Config{Token: "token-of-the-bot", AppSecret: "secret-of-the-app"}, func(p *play) {
		for range 7 {
			p.call("GET", "/"+p.s.Config().PhoneNumberID+"?access_token=token-of-the-bot", "")
		}
		p.bot = func([]said) int { return http.StatusTeapot }
		p.say(ana, "hi")
	})
	text := report.String()
	if report.Findings[1].Count != 7 || strings.Count(text, "GET /106540352242922 status 200") != maxEvidence || !strings.Contains(text, "webhook 1 wamid.") || !strings.Contains(text, "status 418") {
		t.Errorf("got\n%s", text)
	}
	if strings.Contains(text, "-of-the-") {
		t.Errorf("there is a secret in\n%s", text)
	}
	if lines := strings.Split(report.Err().Error(), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "unversioned call (7): ") {
		t.Errorf("got %q", lines)
	}
	quiet := Report{Dropped: fakewa.Dropped{Requests: 1}}
	if quiet.Err() != nil || !strings.Contains(quiet.String(), "nothing") || !strings.Contains(quiet.String(), "a part") {
		t.Errorf("got %v, %s", quiet.Err(), quiet)
	}
}

// injectedError is the error of a fault that the test injected.
func injectedError(code int) *graph.Error {
	e := graph.New(code, "A fault of the test.")
	e.Injected = true
	return e
}
