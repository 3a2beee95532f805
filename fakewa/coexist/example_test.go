package coexist_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/coexist"
)

// A person answers in the app, and edits the answer: the bot gets two echoes.
func Example() {
	bodies := make(chan []byte, 2)
	wa := fakewa.New(fakewa.Config{Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	})})
	defer wa.Close()
	phone := coexist.New(wa)
	id, err := phone.Say("+16505551234", "Ben here, I take over.")
	if err != nil {
		log.Fatal(err)
	}
	err = phone.Edit(id, "Ben here, I'll take over.")
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		var hook struct {
			Entry []struct {
				Changes []struct {
					Field string
					Value struct {
						Echoes []struct{ To, Type string } `json:"message_echoes"`
					}
				}
			}
		}
		if err := json.Unmarshal(<-bodies, &hook); err != nil {
			log.Fatal(err)
		}
		change := hook.Entry[0].Changes[0]
		fmt.Println(change.Field, change.Value.Echoes[0].To, change.Value.Echoes[0].Type)
	}
	// Output:
	// smb_message_echoes 16505551234 text
	// smb_message_echoes 16505551234 edit
}
