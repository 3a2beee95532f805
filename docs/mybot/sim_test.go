package mybot

import (
	"testing"
	"time"

	"wappasim/sim"
)

func newBot(env sim.Env) (sim.App, error) {
	return &Bot{HTTP: env.HTTP, GraphURL: env.GraphURL, PhoneID: env.PhoneNumberID, Token: env.Token}, nil
}

func TestAsksAfterTenMinutes(t *testing.T) {
	w, err := sim.New(newBot, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say("Ana", "hello"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	inbox := w.Inbox("Ana")
	if len(inbox) != 2 || inbox[1].Text != "Still there?" {
		t.Errorf("Ana has received %v", inbox)
	}
}
