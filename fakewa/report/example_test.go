package report_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/report"
)

// A test can fail for what production would punish, even if the bot seems to work.
func ExampleOf() {
	bot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()

	// The bot answers a webhook with the wrong status, and calls without a version.
	_, _ = wa.Phone("+16505551234").Say(context.Background(), "hello")
	req, _ := http.NewRequest("GET", "https://graph.facebook.com/106540352242922", strings.NewReader(""))
	req.Header.Set("Authorization", "Bearer token")
	if resp, err := wa.Client().Do(req); err == nil {
		resp.Body.Close()
	}

	card := report.Of(wa)
	for _, finding := range card.Findings {
		fmt.Printf("%s, %d: %v\n", finding.Rule, finding.Count, finding.Evidence[0].Status)
	}
	fmt.Println(card.Err())
	// Output:
	// webhook not acknowledged, 1: 202
	// unversioned call, 1: 200
	// fakewa: webhook not acknowledged (1): Answer every webhook with 200, also one that you have no use for; Meta redelivers it for days and then stops.
	// fakewa: unversioned call (1): Call /v23.0/… or another version of your choice; without one, the app's default applies, which changes.
}

func TestGoodBotHasNoFindings(t *testing.T) {
	server := fakewa.Test(t, fakewa.Config{Webhook: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
	if _, err := server.Phone("+16505551234").Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}

	card := report.Of(server)
	if err := card.Err(); err != nil {
		t.Error(err)
	}
}
