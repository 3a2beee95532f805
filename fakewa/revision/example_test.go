package revision_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/revision"
)

// A user says "one" and makes "two" of it; the bot gets a message of the type edit.
func Example() {
	ctx := context.Background()
	wa := fakewa.New(fakewa.Config{Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })})
	defer wa.Close()
	id, err := wa.Phone("+16505551234").Say(ctx, "one")
	if err != nil {
		log.Fatal(err)
	}
	edit, err := revision.Edit(wa.Conversation("+16505551234"), time.Now(), id, "two")
	if err != nil {
		log.Fatal(err)
	}
	_, err = wa.Phone("+16505551234").Send(ctx, edit)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range wa.Conversation("+16505551234") {
		fmt.Println(m.Type, m)
	}
	// Output:
	// text one
	// edit [edit] two
}
