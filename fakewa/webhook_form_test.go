package fakewa_test

import (
	"context"
	"strings"
	"testing"

	"wappasim/fakewa"
)

// TestWebhookHasMetasBytes compares a webhook with what Meta sends, byte by byte.
func TestWebhookHasMetasBytes(t *testing.T) {
	var bot recorder
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(fixed())})
	id, err := s.Phone("+16505551234").Say(context.Background(), "café 👍 a/b <i> & \"q\"\n\u2028")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"entry":[{"changes":[{"field":"messages","value":{"contacts":[{"profile":{"name":"Test User"},"user_id":"US.15350878535718998914","wa_id":"16505551234"}],` +
		`"messages":[{"from":"16505551234","from_user_id":"US.15350878535718998914","id":"` + strings.ReplaceAll(id, "/", `\/`) + `",` +
		`"text":{"body":"caf\u00e9 \ud83d\udc4d a\/b <i> & \"q\"\n\u2028"},"timestamp":"1767603600","type":"text"}],` +
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"}}}],` +
		`"id":"102290129340398"}],"object":"whatsapp_business_account"}`
	if got := bot.all(); len(got) != 1 || got[0] != want {
		t.Errorf("got  %q\nwant %s", got, want)
	}
}

// TestWebhooksNameUsersAsConfigured expects users to be named by number, by
// business-scoped id, or both.
func TestWebhooksNameUsersAsConfigured(t *testing.T) {
	scoped := scopedIDOf(t, ana)
	for ids, want := range map[fakewa.UserIDs]struct{ message, contact, status string }{
		fakewa.UserIDsNone: {`"from":"` + ana + `","id"`, `"wa_id":"` + ana + `"}`, `"recipient_id":"` + ana + `","status"`},
		"":                 {`"from":"` + ana + `","from_user_id":"` + scoped + `"`, `"user_id":"` + scoped + `","wa_id":"` + ana + `"`, `"recipient_id":"` + ana + `","recipient_user_id":"` + scoped + `"`},
		fakewa.UserIDsAlso: {`"from":"` + ana + `","from_user_id":"` + scoped + `"`, `"user_id":"` + scoped + `","wa_id":"` + ana + `"`, `"recipient_id":"` + ana + `","recipient_user_id":"` + scoped + `"`},
		fakewa.UserIDsOnly: {`"messages":[{"from_user_id":"` + scoped + `","id"`, `"user_id":"` + scoped + `"}`, `"recipient_user_id":"` + scoped + `","status"`},
	} {
		c := controlFake(t, fakewa.Config{UserIDs: ids})
		c.say(ana, "hi")
		c.send(ana, "hi")
		c.settle()
		got := c.bot.all()
		if len(got) != 3 || !strings.Contains(got[0], want.message) || !strings.Contains(got[0], want.contact) || !strings.Contains(got[1], want.status) {
			t.Errorf("%q: got %q", ids, got)
		}
		if has := strings.Contains(strings.Join(got, ""), `"`+ana+`"`); has == (ids == fakewa.UserIDsOnly) {
			t.Errorf("%q: the number: %q", ids, got)
		}
		if has := strings.Contains(got[1], `"contacts"`); has == (ids == fakewa.UserIDsNone) {
			t.Errorf("%q: contacts of a status: %s", ids, got[1])
		}
		if status, answer := c.do("POST /"+number+"/messages", strings.Replace(textTo(ana, "hi"), `"to":"`+ana, `"recipient":"`+scoped, 1)); status != 200 || len(c.platform.First().Conversation(ana)) != 3 {
			t.Errorf("%q: to the scoped id: got %d %s", ids, status, answer)
		}
	}
}

// TestWebhooksAreEscapedAsConfigured compares bytes.
func TestWebhooksAreEscapedAsConfigured(t *testing.T) {
	for escaping, want := range map[fakewa.Escaping]string{
		fakewa.EscapingMeta: `"body":"\u00e9\ud83d\udc4d a\/b <50% @home> & \u2028"`,
		fakewa.EscapingHTML: `"body":"\u00e9\ud83d\udc4d a\/b \u003c50\u0025 \u0040home> & \u2028"`,
		fakewa.EscapingNone: `"body":"é👍 a/b <50% @home> & \u2028"`,
	} {
		c := controlFake(t, fakewa.Config{Escaping: escaping})
		c.say(ana, "é👍 a/b <50% @home> & \u2028") // the bot verifies the signature of these bytes
		if got := c.bot.all(); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%q: got %q, want %s", escaping, got, want)
		}
	}
}

func TestStatusesHaveAConversationBeforeV24(t *testing.T) {
	for version, has := range map[string]bool{"": true, "v23.0": true, "v24.0": false, "v24": false, "v25.1": false} {
		c := controlFake(t, fakewa.Config{Version: version})
		c.say(ana, "hi")
		c.send(ana, "hi")
		c.settle()
		got := c.bot.all()
		if strings.Contains(got[1], `"conversation":{"expiration_timestamp":"1767690000","id":"`) != has || strings.Contains(got[2], `"conversation":{"id":"`) != has {
			t.Errorf("%q: got %q", version, got)
		}
		if !strings.Contains(got[1], `"pricing":{"billable":false,"category":"service","pricing_model":"PMP","type":"free_customer_service"}`) {
			t.Errorf("%q: the pricing: %s", version, got[1])
		}
	}
}

func TestErrorOfNoMessageIsDelivered(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("POST errors", `{"code":130429,"details":"Slow down."}`)
	c.settle()
	want := `"value":{"errors":[{"code":130429,"error_data":{"details":"Slow down."},"href":"https:\/\/developers.facebook.com\/docs\/whatsapp\/cloud-api\/support\/error-codes\/","message":"Rate limit hit","title":"Rate limit hit"}],"messaging_product":"whatsapp"`
	if got := c.bot.all(); len(got) != 1 || !strings.Contains(got[0], want) {
		t.Errorf("got %q, want %s", got, want)
	}
}
