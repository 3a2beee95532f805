package fakewa_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing/synctest"

	"wappasim/fakewa"
	"wappasim/fakewa/notice"
)

// sendsWebhooks makes the fake send each kind of webhook.
func (c *conformance) sendsWebhooks() {
	for name, content := range userMessages {
		c.run("a user's "+name, fakewa.Config{}, func(b *business) {
			b.send("text", `{"body":"What about it?"}`)
			if _, err := b.fake.Phone(user).Send(b.Context(), content(b.said)); err != nil {
				b.Error(err)
			}
		})
	}
	c.run("statuses", fakewa.Config{}, statuses)
	c.run("statuses in batches", fakewa.Config{Batch: 10, MessageStatus: true}, statuses)
	c.run("statuses of v24.0", fakewa.Config{Version: "v24.0"}, statuses)
	c.run("statuses without user ids", fakewa.Config{UserIDs: fakewa.UserIDsNone}, statuses)
	c.run("statuses with user ids only", fakewa.Config{UserIDs: fakewa.UserIDsOnly}, statuses)
	c.run("a user without a number", fakewa.Config{}, func(b *business) {
		if _, err := b.fake.Phone("US.13491208655302741918").Say(b.Context(), "hello"); err != nil {
			b.Error(err)
		}
	})
	c.run("a group", fakewa.Config{}, func(b *business) {
		b.makeGroup()
		b.must("POST /{Phone-Number-ID}/messages", "application/json",
			`{"messaging_product":"whatsapp","recipient_type":"group","to":"`+b.ids["{group_id}"]+`","type":"text","text":{"body":"hello"}}`)
	})
	c.run("the life of a group", fakewa.Config{}, func(b *business) {
		b.makeGroup()
		const product = `{"messaging_product":"whatsapp"`
		b.must("POST /{group_id}", "application/json", product+`,"subject":"Sea"}`)
		b.must("DELETE /{group_id}/participants", "application/json", product+`,"participants":[{"user":"`+user+`"}]}`)
		b.must("DELETE /{group_id}", "application/json", "")
	})
	c.run("an error of no message", fakewa.Config{}, func(b *business) {
		if err := notice.Send(b.fake, notice.Error{Code: 130429, Details: "too many"}); err != nil {
			b.Error(err)
		}
	})
}

// statuses makes the fake send each status. The bot does not answer the first webhook
// before the next statuses wait, so that batches always hold the same.
func statuses(b *business) {
	b.bot.hold = make(chan struct{})
	phone := b.fake.Phone(user)
	phone.SetProfile(fakewa.Profile{Name: "Ana", Username: "ana"})
	b.send("text", `{"body":"read"}`)
	synctest.Wait() // until its webhook has reached the bot
	b.send("audio", `{"link":"https://example.com/a.ogg","voice":true}`)
	b.send("reaction", `{"message_id":"`+b.said+`","emoji":"👍"}`)
	phone.Read()
	phone.Play()
	b.fake.Inject(fakewa.Fault{Fails: 131026, Times: 1})
	b.send("text", `{"body":"lost"}`)
	close(b.bot.hold)
	synctest.Wait()
	for _, status := range []string{"sent", "delivered", "read", "played", "failed"} {
		if !strings.Contains(strings.Join(b.bot.all(), ""), `"status":"`+status+`"`) {
			b.Errorf("there was no status %q", status)
		}
	}
}

// userMessages are messages of users; some refer to another message.
var userMessages = map[string]func(id string) fakewa.Content{
	"text":            func(string) fakewa.Content { return fakewa.Text("hello") },
	"image":           func(string) fakewa.Content { return fakewa.Image("look") },
	"image alone":     func(string) fakewa.Content { return fakewa.Image("") },
	"video":           func(string) fakewa.Content { return fakewa.Video("look") },
	"audio":           func(string) fakewa.Content { return fakewa.Audio() },
	"voice note":      func(string) fakewa.Content { return fakewa.Voice() },
	"document":        func(string) fakewa.Content { return fakewa.Document("a.pdf", "read") },
	"sticker":         func(string) fakewa.Content { return fakewa.Sticker() },
	"location":        func(string) fakewa.Content { return fakewa.Location(37.44, -122.16, "Philz Coffee", "101 Forest Ave") },
	"position":        func(string) fakewa.Content { return fakewa.Location(37.44, -122.16, "", "") },
	"contact":         func(string) fakewa.Content { return fakewa.Contact("Lucía Gómez", "+1 (983) 555-2319") },
	"button reply":    func(string) fakewa.Content { return fakewa.ButtonReply("cancel", "Cancel") },
	"list reply":      func(string) fakewa.Content { return fakewa.ListReply("express", "Express", "Next day") },
	"bare list reply": func(string) fakewa.Content { return fakewa.ListReply("express", "Express", "") },
	"template button": func(string) fakewa.Content { return fakewa.TemplateButton("Unsubscribe", "Unsubscribe") },
	"flow reply":      func(string) fakewa.Content { return fakewa.FlowReply(`{"flow_token":"unused"}`) },
	"reaction":        func(id string) fakewa.Content { return fakewa.Reaction(id, "👍") },
	"reaction undone": func(id string) fakewa.Content { return fakewa.Reaction(id, "") },
	"order":           func(string) fakewa.Content { return fakewa.Order("di9ozbzfi4", 2) },
	"new number":      func(string) fakewa.Content { return fakewa.NumberChanged(user, "12195555358") },
	"poll":            func(string) fakewa.Content { return fakewa.Unsupported("poll") },
}

// checkWebhook compares a webhook with the schema of its body.
func (c *conformance) checkWebhook(body string) {
	c.webhooks++
	schema := c.file.Paths.Value("/whatsapp/webhooks").Post.RequestBody.Value.Content["application/json"].Schema
	var hook struct {
		Entry []struct{ Changes []struct{ Field string } }
	}
	if err := json.Unmarshal([]byte(body), &hook); err != nil || len(hook.Entry) == 0 || len(hook.Entry[0].Changes) == 0 {
		c.Errorf("a webhook without changes: %s", body)
		return
	}
	field := hook.Entry[0].Changes[0].Field
	known := slices.Contains(c.file.Components.Schemas["Change"].Value.Properties["field"].Value.Enum, any(field))
	for _, d := range compare(schema.Value, []byte(body)) {
		place := strings.TrimPrefix(d.place(), "/entry/*/changes/*")
		if !known && strings.HasPrefix(place, "/value") {
			continue // the file does not have this kind of value
		}
		if key := field + " " + place; !c.allows(webhookDeviations, key) {
			c.Errorf("the webhook %s: %v\nthe webhook: %s\nthe key of an exception: %q", field, d, body, key)
		}
	}
}
