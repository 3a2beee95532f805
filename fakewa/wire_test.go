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

// TestUserIDs has users named by number, by business-scoped id, or both.
func TestUserIDs(t *testing.T) {
	scoped := scopedIDOf(t, ana)
	for ids, want := range map[fakewa.UserIDs]struct{ message, contact, status string }{
		fakewa.UserIDsNone: {`"from":"` + ana + `","id"`, `"wa_id":"` + ana + `"}`, `"recipient_id":"` + ana + `","status"`},
		fakewa.UserIDsAlso: {`"from":"` + ana + `","from_user_id":"` + scoped + `"`, `"user_id":"` + scoped + `","wa_id":"` + ana + `"`, `"recipient_id":"` + ana + `","recipient_user_id":"` + scoped + `"`},
		fakewa.UserIDsOnly: {`"messages":[{"from_user_id":"` + scoped + `","id"`, `"user_id":"` + scoped + `"}`, `"recipient_user_id":"` + scoped + `","status"`},
	} {
		c := controlFake(t, fakewa.Config{UserIDs: ids})
		c.say(ana, "hi")
		c.send(ana, "hi")
		c.settle()
		got := c.bot.all()
		if len(got) != 3 || !strings.Contains(got[0], want.message) || !strings.Contains(got[0], want.contact) || !strings.Contains(got[1], want.status) {
			t.Errorf("%q: got %q", ids, got)
		}
		if has := strings.Contains(strings.Join(got, ""), `"`+ana+`"`); has == (ids == fakewa.UserIDsOnly) {
			t.Errorf("%q: the number: %q", ids, got)
		}
		if has := strings.Contains(got[1], `"contacts"`); has == (ids == fakewa.UserIDsNone) {
			t.Errorf("%q: contacts of a status: %s", ids, got[1])
		}
		if status, answer := c.do("POST /"+number+"/messages", strings.Replace(textTo(ana, "hi"), `"to":"`+ana, `"recipient":"`+scoped, 1)); status != 200 || len(c.platform.First().Conversation(ana)) != 3 {
			t.Errorf("%q: to the scoped id: got %d %s", ids, status, answer)
		}
	}
}

// TestEscapings holds the bytes of webhooks of each kind.
func TestEscapings(t *testing.T) {
	for escaping, want := range map[fakewa.Escaping]string{
		fakewa.EscapingMeta: `"body":"\u00e9\ud83d\udc4d a\/b <50% @home> & \u2028"`,
		fakewa.EscapingHTML: `"body":"\u00e9\ud83d\udc4d a\/b \u003c50\u0025 \u0040home> & \u2028"`,
		fakewa.EscapingNone: `"body":"é👍 a/b <50% @home> & \u2028"`,
	} {
		c := controlFake(t, fakewa.Config{Escaping: escaping})
		c.say(ana, "é👍 a/b <50% @home> & \u2028") // which the bot verifies
		if got := c.bot.all(); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%q: got %q, want %s", escaping, got, want)
		}
	}
}

// TestVersions has statuses with and without a conversation.
func TestVersions(t *testing.T) {
	for version, has := range map[string]bool{"": true, "v23.0": true, "v24.0": false, "v24": false, "v25.1": false} {
		c := controlFake(t, fakewa.Config{Version: version})
		c.say(ana, "hi")
		c.send(ana, "hi")
		c.settle()
		got := c.bot.all()
		if strings.Contains(got[1], `"conversation":{"expiration_timestamp":"1767690000","id":"`) != has || strings.Contains(got[2], `"conversation":{"id":"`) != has {
			t.Errorf("%q: got %q", version, got)
		}
		if !strings.Contains(got[1], `"pricing":{"billable":false,"category":"service","pricing_model":"PMP","type":"free_customer_service"}`) {
			t.Errorf("%q: the pricing: %s", version, got[1])
		}
	}
}

// TestBatch brings statuses that wait in one webhook.
func TestBatch(t *testing.T) {
	for batch, want := range map[int][]int{0: {1, 1, 1, 1, 1, 1}, 3: {2, 3, 1}, 1000: {2, 4}} {
		var got []int
		under, others, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
		left := 6
		bot := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { // one after another
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
		<-under // the first statuses are under way, and the others wait
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

// TestParallelStatuses brings statuses of many users at once, those of a user in
// order.
func TestParallelStatuses(t *testing.T) {
	c := controlFake(t, fakewa.Config{Parallel: 8, Window: fakewa.WindowOff})
	const users, each = 16, 5
	for n := range each {
		for user := range users {
			c.send(fmt.Sprint(100+user), fmt.Sprint(n))
		}
	}
	c.settle()
	order := make(map[string][]string) // what came of a user
	part := regexp.MustCompile(`"id":"(wamid[^"]*)".*"recipient_id":"(\d+)","status":"(\w+)"`)
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

// TestAllAtOnce has no order of webhooks at all, but each comes.
func TestAllAtOnce(t *testing.T) {
	c := controlFake(t, fakewa.Config{Parallel: -1, Window: fakewa.WindowOff})
	for range 20 {
		c.send(ana, "hi")
	}
	c.settle()
	if got := len(c.bot.all()); got != 40 {
		t.Errorf("got %d webhooks", got)
	}
}

// TestNotifyError tells of trouble that is of no message.
func TestNotifyError(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("POST errors", `{"code":130429,"details":"Slow down."}`)
	c.settle()
	want := `"value":{"errors":[{"code":130429,"error_data":{"details":"Slow down."},"href":"https:\/\/developers.facebook.com\/docs\/whatsapp\/cloud-api\/support\/error-codes\/","message":"Rate limit hit","title":"Rate limit hit"}],"messaging_product":"whatsapp"`
	if got := c.bot.all(); len(got) != 1 || !strings.Contains(got[0], want) {
		t.Errorf("got %q, want %s", got, want)
	}
}
