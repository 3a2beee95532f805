package notice_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/notice"
)

// A bot stops its campaign when Meta says that the account is disabled.
func ExampleSend() {
	told := make(chan string)
	bot := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Entry []struct {
				Changes []struct {
					Field string
					Value struct{ Event string }
				}
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		change := body.Entry[0].Changes[0]
		told <- change.Field + ": " + change.Value.Event
	})
	wa := fakewa.New(fakewa.Config{Webhook: bot})
	defer wa.Close()

	if err := notice.Send(wa, notice.AccountUpdate{Event: "DISABLED_UPDATE"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-told)
	// Output: account_update: DISABLED_UPDATE
}
