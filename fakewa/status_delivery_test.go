package fakewa_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestStatusesAreSentDeliveredRead(t *testing.T) {
	var bot recorder
	s := fakewa.New(fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed()), Window: fakewa.WindowOff})
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", strings.Replace(hi, `"type"`, `"biz_opaque_callback_data":"batch-7","type"`, 1))
	waitFor(t, func() bool { return len(bot.all()) == 2 })
	phone := s.Phone("16505551234")
	phone.Read()
	phone.Read() // reads nothing new
	waitFor(t, func() bool { return len(bot.all()) >= 3 })
	s.Close()
	for i, status := range []string{"sent", "delivered", "read"} {
		want := `"recipient_id":"16505551234","recipient_user_id":"US.15350878535718998914","status":"` + status + `","timestamp":"1767603600"`
		if got := bot.all(); len(got) != 3 || !strings.Contains(got[i], want) || !strings.Contains(got[i], `"biz_opaque_callback_data":"batch-7"`) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
	if got := phone.Inbox()[0].Status; got != "read" {
		t.Errorf("got %s", got)
	}
}

func TestWebhookHoldsWaitingStatuses(t *testing.T) {
	for batch, want := range map[int][]int{0: {1, 1, 1, 1, 1, 1}, 3: {2, 3, 1}, 1000: {2, 4}} {
		var got []int
		under, others, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
		left := 6
		bot := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { // called one after another
			body, _ := io.ReadAll(r.Body)
			n := len(statusesOf([]string{string(body)}))
			if got = append(got, n); len(got) == 1 {
				close(under)
				<-others
			}
			if left -= n; left == 0 {
				close(all)
			}
		})
		s := fakewa.New(fakewa.Config{Webhook: bot, Batch: batch, Window: fakewa.WindowOff})
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		<-under // the first statuses are being delivered, and the others wait
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi)
		close(others)
		<-all
		s.Close()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d: got %v, want %v", batch, got, want)
		}
	}
}

// TestParallelStatusesKeepEachUsersOrder delivers statuses of many users at the same
// time.
func TestParallelStatusesKeepEachUsersOrder(t *testing.T) {
	c := controlFake(t, fakewa.Config{Parallel: 8, Window: fakewa.WindowOff})
	const users, each = 16, 5
	for n := range each {
		for user := range users {
			c.send(fmt.Sprint(100+user), fmt.Sprint(n))
		}
	}
	c.settle()
	order := make(map[string][]string) // of the statuses, by user
	part := regexp.MustCompile(`"id":"(wamid[^"]*)".*"recipient_id":"(\d+)","recipient_user_id":"US.\d+","status":"(\w+)"`)
	for _, body := range c.bot.all() {
		found := part.FindStringSubmatch(body)
		order[found[2]] = append(order[found[2]], found[3]+" "+strings.ReplaceAll(found[1], `\/`, "/"))
	}
	for user := range users {
		var want []string
		for _, m := range c.platform.First().Conversation(fmt.Sprint(100 + user)) {
			want = append(want, "sent "+m.ID, "delivered "+m.ID)
		}
		if got := order[fmt.Sprint(100+user)]; len(want) != 2*each || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("user %d: got %s\nwant %s", 100+user, got, want)
		}
	}
}

func TestUnorderedStatusesAreAllDelivered(t *testing.T) {
	c := controlFake(t, fakewa.Config{Parallel: -1, Window: fakewa.WindowOff})
	for range 20 {
		c.send(ana, "hi")
	}
	c.settle()
	if got := len(c.bot.all()); got != 40 {
		t.Errorf("got %d webhooks", got)
	}
}
