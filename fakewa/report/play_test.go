package report

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/media"
)

// play is a bot and its users, in virtual time. A scene says what they do.
type play struct {
	t       *testing.T
	s       *fakewa.Server
	timeout time.Duration // of the bot's calls; 0: none
	logged  []logged

	mu  sync.Mutex // guards bot: statuses come in the background
	bot behaviour
}

// behaviour is what the bot does with the messages of a webhook, or with statuses: then
// there are none.
type behaviour func(heard []said) (status int)

// behave sets what the bot does from now on.
func (p *play) behave(b behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bot = b
}

// said is a message as the bot hears it.
type said struct {
	From   string
	Parent string `json:"from_parent_user_id"`
	ID     string
	Type   string
	Text   struct{ Body string }
}

// watch plays a scene and returns the report on it.
func watch(t *testing.T, cfg fakewa.Config, scene func(*play)) (card Report) {
	synctest.Test(t, func(t *testing.T) {
		p := &play{t: t}
		p.behave(p.echo)
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
	p.mu.Lock()
	bot := p.bot
	p.mu.Unlock()
	w.WriteHeader(bot(body.Entry[0].Changes[0].Value.Messages))
}

// echo answers each message with its text.
func (p *play) echo(heard []said) int {
	for _, m := range heard {
		p.text(m.From, "you said: "+m.Text.Body)
	}
	return http.StatusOK
}

// mute acknowledges webhooks and answers no messages.
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

// say sends a user's text. It may fail: some scenes have bots that do not acknowledge it.
func (p *play) say(user, text string) (id string) {
	id, err := p.s.Phone(user).Say(p.t.Context(), text)
	if id == "" {
		p.t.Fatal(err)
	}
	return id
}

// again redelivers the webhook with a message.
func (p *play) again(id string) {
	if _, err := p.s.Redeliver(p.t.Context(), id); err != nil {
		p.t.Fatal(err)
	}
}

// both sends messages of two users in one webhook.
func (p *play) both(ofAna, ofBen fakewa.Content) {
	hook, err := p.s.Compose(fakewa.Inbound{From: ana, Content: ofAna}, fakewa.Inbound{From: ben, Content: ofBen})
	p.s.Deliver(p.t.Context(), hook)
	if err != nil {
		p.t.Fatal(err)
	}
}

// takes is a bot that takes so long to answer webhooks, the times in turn.
func takes(times ...time.Duration) func([]said) int {
	var n atomic.Int64 // webhooks of statuses come side by side
	return func([]said) int {
		time.Sleep(times[int(n.Add(1)-1)%len(times)])
		return http.StatusOK
	}
}

// dedupe is an echo that answers each message once.
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

// repeat sends the same text again after each of the waits.
func (p *play) repeat(text string, waits ...time.Duration) {
	p.text(ana, text)
	for _, wait := range waits {
		time.Sleep(wait)
		p.text(ana, text)
	}
}

// log adds a call to the log that the bot does not really make.
func (p *play) log(r fakewa.Request) {
	r.At = p.s.Config().Clock.Now()
	if said := p.s.Messages(fakewa.Filter{}); len(said) > 0 {
		r.After = said[len(said)-1].N
	}
	p.logged = append(p.logged, logged{len(p.s.Requests()) + len(p.logged), r})
}

// logged is a call that was added by log, and its place among the others.
type logged struct {
	place int
	call  fakewa.Request
}

// history returns the server's history with the calls that were added by log.
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

// medium gets or deletes the metadata of a new medium.
func (p *play) medium(method string) { p.call(method, "/v23.0/"+p.upload(), "") }

func (p *play) upload() (id string) {
	id, err := p.s.Upload([]byte("a picture"), "image/png")
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// injectedError is the error of a fault that the test injected.
func injectedError(code int) *graph.Error {
	e := graph.New(code, "A fault of the test.")
	e.Injected = true
	return e
}
