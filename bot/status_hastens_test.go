package bot_test

// Copy to bot.

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/bot"
)

// TestStatusHastens has WhatsApp take the first part of a history, and refuse the
// second with a Retry-After; then the statuses of the first come. The second must
// not be attempted before Retry-After says so.
func TestStatusHastens(t *testing.T) {
	inBubble(t, func(c *bot.Config) {
		c.History = func(bot.Session) []string { return []string{"part 1\n" + strings.Repeat("x", 4089), "part 2"} }
	}, func(w *talk) {
		n := 0
		w.answers(func() (*http.Response, error) {
			if n++; n == 2 {
				return refusal(429, 130429, "100")()
			}
			return taken()
		})
		w.post(said("1", "a", "one"))
		w.wait(20 * time.Second)
		w.status(0, "sent", "wamid.H")
		w.status(0, "delivered", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s part 1", "15s part 2", fmt.Sprint(115*time.Second)+" part 2")
	})
}

// TestProofAfterPark gives a history up before its proof has come: when it comes,
// the history waits for nobody any more.
func TestProofAfterPark(t *testing.T) {
	inBubble(t, func(c *bot.Config) { c.RetryFor, c.ProofTimeout = time.Minute, 2*time.Minute }, func(w *talk) {
		w.answers(lost)
		w.post(said("1", "a", "one"))
		w.wait(30 * time.Second)
		w.status(0, "delivered", "wamid.H")
		w.wait(time.Hour)
		w.want(0, "15s history of one")
	})
}
