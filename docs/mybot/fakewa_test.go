package mybot

import (
	"testing"

	"wappasim/fakewa"
)

func TestEcho(t *testing.T) {
	bot := &Bot{GraphURL: "https://graph.facebook.com/v23.0", PhoneID: "106540352242922", Token: "any"}
	wa := fakewa.Test(t, fakewa.Config{Webhook: bot})
	bot.HTTP = wa.Client()
	if _, err := wa.Phone("+16505551234").Say(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	if sent := wa.Sent(); len(sent) != 1 || sent[0].Text != "You said: hello" {
		t.Errorf("the bot sent %v", sent)
	}
}
