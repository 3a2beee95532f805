package group_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"wappasim/fakewa"
)

// A user joins a group and speaks in it.
func Example() {
	told := make(chan string, 10)
	bot := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Entry []struct {
				Changes []struct {
					Field string
					Value struct{ Groups []struct{ Type string } }
				}
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		change := body.Entry[0].Changes[0]
		for _, g := range change.Value.Groups {
			told <- change.Field + ": " + g.Type
		}
	})
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()
	g, err := wa.Groups.Create("Trip", false) // or the bot posts to /{phone}/groups
	if err != nil {
		fmt.Println(err)
	}

	speak := func(ctx context.Context, id string) error {
		if err := wa.Groups.Join(id, "+16505551234"); err != nil {
			return err
		}
		message, err := wa.Groups.Speak(id, "+16505551234", fakewa.Text("hello, all"))
		if err != nil {
			return err
		}
		_, err = wa.Phone("+16505551234").Send(ctx, message)
		return err
	}
	if err := speak(context.Background(), g.ID); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-told)
	fmt.Println(<-told)
	fmt.Println(wa.Conversation("+16505551234")[0])
	// Output:
	// group_lifecycle_update: group_create
	// group_participants_update: group_participants_add
	// hello, all
}
