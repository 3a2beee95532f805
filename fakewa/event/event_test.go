package event_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/event"
)

func Example() {
	wa := fakewa.New(fakewa.Config{})
	defer wa.Close()
	ctx := context.Background()
	_, _ = wa.Phone("+16505551234").Say(ctx, "hello") // there is no bot that could answer

	for e := range wa.Events(ctx, 0, event.Filter{Kinds: []event.Kind{event.Message, event.Status}}) {
		if m, ok := e.Data.(fakewa.Message); ok {
			fmt.Println(e.N, e.Kind, m.User, m.Status, m)
			break // or go on until ctx or the server ends
		}
	}
	// Output: 2 message +16505551234 sent hello
}

func TestFilter(t *testing.T) {
	messages := []event.Kind{event.Message, event.Status}
	for _, c := range []struct {
		filter event.Filter
		kind   event.Kind
		user   string
		want   bool
	}{
		{event.Filter{}, event.Clock, "", true},
		{event.Filter{Kinds: messages}, event.Status, "+1", true},
		{event.Filter{Kinds: messages}, event.Attempt, "+1", false},
		{event.Filter{User: "+1"}, event.Attempt, "+1", true},
		{event.Filter{User: "+1"}, event.Attempt, "+2", false},
		{event.Filter{User: "+1"}, event.Clock, "", false},
		{event.Filter{User: "+1", Kinds: messages}, event.Attempt, "+1", false},
		{event.Filter{User: "+1", Kinds: messages}, event.Lost, "", true},
		{event.Filter{User: "+1", Kinds: messages}, event.Begin, "", true},
	} {
		if got := c.filter.Chooses(c.kind, c.user); got != c.want {
			t.Errorf("%+v chooses %s of %q: %v", c.filter, c.kind, c.user, got)
		}
	}
	if err := (event.Filter{Kinds: event.Kinds}).Check(); err != nil {
		t.Error(err)
	}
	err := event.Filter{Kinds: []event.Kind{event.Clock, "messages"}}.Check()
	if err == nil || !strings.Contains(err.Error(), `"messages"; want one of begin, message, status`) {
		t.Errorf("got %v", err)
	}
}
