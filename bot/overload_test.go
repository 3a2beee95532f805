package bot

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// TestOverload has as many webhooks under way as the bot deals with at a time: the
// next one is answered 503, so that WhatsApp redelivers it, until one has ended.
func TestOverload(t *testing.T) {
	b, err := New(Config{
		Redis: &redis.UniversalOptions{Addrs: []string{miniredis.RunT(t).Addr()}}, HTTP: http.DefaultClient, GraphURL: "http://graph.example/v23.0",
		PhoneNumberID: "555", Token: "t", AppSecret: "s", VerifyToken: "v",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	post := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest("POST", "/webhook", strings.NewReader("{}")))
		return w
	}
	for range maxWebhooks {
		b.webhooks <- struct{}{}
	}
	if w := post(); w.Code != 503 || !strings.Contains(w.Body.String(), "too many webhooks") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	<-b.webhooks
	if w := post(); w.Code != 401 { // it is looked at, and not signed
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestConfirmationsAreBounded has confirmations wait that cannot be sent: those
// beyond a number are not kept, and a history does not wait for them.
func TestConfirmationsAreBounded(t *testing.T) {
	l := userQueues{sending: make(chan struct{})} // nobody may send
	taken := 0
	for n := range maxWaiting + 100 {
		if l.confirm(fmt.Sprint("+", n%1000), func() {}) { // of many users: each has one that waits for a place
			taken++
		}
	}
	if taken != maxWaiting {
		t.Errorf("%d wait", taken)
	}
	if err := l.history("+1", func() error { return nil }); err != nil { // which does not wait for a place
		t.Error(err)
	}
	taken = l.waiting
	go func() {
		for range taken {
			<-l.sending
			l.sending <- struct{}{} // as each returns what it took
		}
	}()
	l.wait()
}
