package flow_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/internal/flowtest"
)

// sendTable has the bot send the flow.
func sendTable(wa *fakewa.Server) {
	req, err := http.NewRequest("POST", "https://graph.facebook.com/v23.0/106540352242922/messages", strings.NewReader(`{
		"messaging_product": "whatsapp", "to": "16505551234", "type": "interactive", "interactive": {
			"type": "flow", "body": {"text": "A table?"}, "action": {"name": "flow", "parameters": {
				"flow_message_version": "3", "flow_name": "table", "flow_cta": "Book a table", "flow_action": "data_exchange"
		}}}}`))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer x")
	req.Header.Set("Content-Type", "application/json")
	resp, err := wa.Client().Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		panic(fmt.Sprint(resp, err))
	}
}

// Example fills in a flow over the endpoint of a bot.
func Example() {
	table, err := os.ReadFile("testdata/table.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	flows := flow.NewAccount(flow.Flow{Name: "table", EndpointURI: "https://bot.example.com/flow", Definition: table})
	if err := flows.SetPublicKey(flowtest.PublicKey()); err != nil {
		fmt.Println(err)
		return
	}
	wa := fakewa.New(fakewa.Config{Webhook: new(bot), Flows: flows, Window: fakewa.WindowOff})
	defer wa.Close()
	sendTable(wa)
	ctx := context.Background()
	fill := func() error {
		visit, err := wa.Config().Flows.Open(ctx, "+16505551234", "Book a table")
		if err != nil {
			return err
		}
		if err := visit.Fill(ctx, "Day", "2026-02-03"); err != nil {
			return err
		}
		if err := visit.Fill(ctx, "Table", "At the window"); err != nil {
			return err
		}
		return visit.Press(ctx, "")
	}
	if err := fill(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(wa.Config().Flows.Visit("+16505551234").Screen())
	// Output:
	// Who?
	// We hold window on 2026-02-03
	// Your name:
	// Extras: (High chair, Cake)
	// Send me news: no
	// [Book]
}
