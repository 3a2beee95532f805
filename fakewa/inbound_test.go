package fakewa_test

import (
	"context"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestUsersSendEveryType(t *testing.T) {
	var bot recorder
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot})
	say(t, s)
	call(t, s, "POST", "/"+number+"/messages", "Bearer x", hi) // something to answer
	phone := s.Phone("16505551234")
	for want, content := range map[string]fakewa.Content{
		`"image":{"caption":"c","id":"`:             fakewa.Image("c"),
		`"video":{"id":"`:                           fakewa.Video(""),
		`"voice":true`:                              fakewa.Voice(),
		`"voice":false`:                             fakewa.Audio(),
		`"filename":"a.pdf","id":"`:                 fakewa.Document("a.pdf", ""),
		`"animated":false`:                          fakewa.Sticker(),
		`"latitude":1.5,"longitude":-2,"name":"n"`:  fakewa.Location(1.5, -2, "n", ""),
		`"formatted_name":"Lucía"`:                  fakewa.Contact("Lucía", "+1"),
		`"button_reply":{"id":"y","title":"Yes"}`:   fakewa.ButtonReply("y", "Yes"),
		`"list_reply":{"id":"r","title":"Row"}`:     fakewa.ListReply("r", "Row", ""),
		`"button":{"payload":"Stop","text":"Stop"}`: fakewa.TemplateButton("Stop", "Stop"),
		`"reaction":{"message_id":"m"}`:             fakewa.Reaction("m", ""),
		`"reaction":{"emoji":"👍","message_id":"m"}`: fakewa.Reaction("m", "👍"),
		`"product_retailer_id":"p","quantity":2`:    fakewa.Order("p", 2),
		`"type":"user_changed_number","user_id":"US.2645148515343622403","wa_id":"2"`: fakewa.NumberChanged("1", "2"),
		`"unsupported":{"type":"poll"}`:                                               fakewa.Unsupported("poll"),
		`"hologram":{"depth":3},"id":"`:                                               {"type": "hologram", "hologram": map[string]any{"depth": 3}},
	} {
		if _, err := phone.Send(context.Background(), content); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		said := s.Conversation("16505551234")
		body := string(said[len(said)-1].Body)
		if typ := content["type"].(string); !strings.Contains(body, want) && !strings.Contains(body, strings.TrimSuffix(want, `,"id":"`)) {
			t.Errorf("%s: got %s", typ, body)
		}
		if typ := content["type"]; (typ == "interactive" || typ == "button") != strings.Contains(body, `"context":{"from":"15550783881","id":"wamid.`) {
			t.Errorf("%s: the context: %s", typ, body)
		}
		if strings.Contains(body, `"mime_type"`) != strings.Contains(body, `"sha256"`) {
			t.Errorf("half a medium: %s", body)
		}
	}
	for name, content := range map[string]fakewa.Content{"no type": {}, "no text": {"type": "text"}, "a function": {"type": "x", "x": func() {}}} {
		if _, err := phone.Send(context.Background(), content); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	if _, err := s.Phone("somebody").Say(context.Background(), "hi"); err == nil {
		t.Error("a name was taken for a number")
	}
}
