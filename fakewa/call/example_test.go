package call_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/call"
)

// A bot is told that a user calls, and that the user gave up.
func Example() {
	told := make(chan string)
	bot := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Entry []struct {
				Changes []struct {
					Value struct {
						Calls []struct{ Event, From string }
					}
				}
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		c := body.Entry[0].Changes[0].Value.Calls[0]
		told <- c.Event + " from " + c.From
	})
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()

	ring := func() error {
		wa.Calls.Enable(true) // or the bot posts to /{phone}/settings
		id, err := wa.Calls.Dial("+16505551234")
		if err != nil {
			return err
		}
		if c, _ := wa.Calls.Find(id); c.State == call.Ringing { // the bot has not answered yet
			err = wa.Calls.HangUp(id)
		}
		return err
	}
	if err := ring(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-told)
	fmt.Println(<-told)
	// Output:
	// connect from 16505551234
	// terminate from 16505551234
}
