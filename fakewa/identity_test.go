package fakewa_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// spellings are numbers that are one person: as the person is known to WhatsApp, and as
// somebody else may dial them. See package dial for the sources.
var spellings = []struct{ country, writes, waID, dialled string }{
	{"Mexico", "+525512345678", "5215512345678", "525512345678"},
	{"Mexico", "+5215512345678", "5215512345678", "525512345678"},
	{"Mexico", "+5215512345678", "5215512345678", "+52 1 55 1234 5678"},
	{"Argentina", "+541155550101", "5491155550101", "541155550101"},
	{"Argentina", "+5491155550101", "5491155550101", "54 11 15 5555 0101"},
	{"Brazil, an older account", "+553155550101", "553155550101", "5531955550101"},
	{"Brazil, a newer account", "+5531955550101", "5531955550101", "553155550101"},
}

// TestTwoSpellingsAreOnePerson expects one user, one window and one conversation, no matter who
// writes first, and the wa_id that WhatsApp has.
func TestTwoSpellingsAreOnePerson(t *testing.T) {
	for _, one := range spellings {
		t.Run(one.country+" "+one.dialled, func(t *testing.T) {
			c := controlFake(t, fakewa.Config{})
			c.say(one.writes, "hi")
			if got := c.bot.all()[0]; !strings.Contains(got, `"from":"`+one.waID+`"`) || !strings.Contains(got, `"wa_id":"`+one.waID+`"`) {
				t.Errorf("the webhook: %s, want %s", got, one.waID)
			}
			_, answer := c.do("POST /"+number+"/messages", textTo(one.dialled, "hello"))
			if want := fmt.Sprintf(`"contacts":[{"input":%q,"wa_id":%q}]`, one.dialled, one.waID); !strings.Contains(answer, want) {
				t.Errorf("the answer: %s, want %s", answer, want)
			}
			c.settle()
			s := c.platform.First()
			for _, spelling := range []string{one.writes, one.waID, one.dialled} {
				if said := s.Conversation(spelling); len(said) != 2 || said[1].Status != "delivered" {
					t.Errorf("%s: the conversation is %v", spelling, said)
				}
			}
			if users := s.Users(); len(users) != 1 || users[0].Messages != 2 {
				t.Errorf("the users are %+v", users)
			}
			if got := c.bot.all()[1]; !strings.Contains(got, `"recipient_id":"`+one.waID+`"`) {
				t.Errorf("the status: %s, want %s", got, one.waID)
			}
		})
		t.Run(one.country+" "+one.dialled+", the bot first", func(t *testing.T) {
			c := controlFake(t, fakewa.Config{Window: fakewa.WindowOff})
			c.send(one.dialled, "hello")
			c.settle()
			c.say(one.writes, "hi")
			last := c.bot.all()[2]
			if users := c.platform.First().Users(); len(users) != 1 || !strings.Contains(last, `"from":"`+one.waID+`"`) {
				t.Errorf("the users are %+v, the webhook %s; want %s", users, last, one.waID)
			}
		})
	}
}

// TestSpellingOnTheListCounts is for test numbers: 131030 for another spelling of a
// recipient [chatwoot#13932, netflie#39].
func TestSpellingOnTheListCounts(t *testing.T) {
	c := controlFake(t, fakewa.Config{Recipients: []string{"+52 55 1234 5678", "5531955550101"}, Window: fakewa.WindowOff})
	for to, want := range map[string]int{"525512345678": 0, "5215512345678": 131030, "+5531955550101": 0, "553155550101": 131030, ana: 131030} {
		if status, answer := c.do("POST /"+number+"/messages", textTo(to, "hi")); (status == 200) != (want == 0) || codeOf(answer) != want {
			t.Errorf("%s: got %d %s, want %d", to, status, answer, want)
		}
	}
	c.say("+5215512345678", "hi")
	id := c.platform.First().Users()[0].UserID
	if status, answer := c.do("POST /"+number+"/messages", toID(id)); status != 200 {
		t.Errorf("to the id of a recipient: %d %s", status, answer)
	}
}

func codeOf(answer string) int {
	var body struct{ Error struct{ Code int } }
	_ = json.Unmarshal([]byte(answer), &body)
	return body.Error.Code
}

func toID(id string) string {
	return strings.Replace(textTo("", "hi"), `"to":""`, `"recipient":"`+id+`"`, 1)
}

// TestWaIDCanBeSet is for a user whose wa_id is not the number that people dial.
func TestWaIDCanBeSet(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.must("PATCH users/"+ana, `{"wa_id":"16505559999"}`)
	c.say(ana, "hi")
	_, answer := c.do("POST /"+number+"/messages", textTo(ana, "hello"))
	c.settle()
	if got := c.bot.all(); !strings.Contains(got[0], `"from":"16505559999"`) || !strings.Contains(answer, `"input":"16505551234","wa_id":"16505559999"`) || !strings.Contains(got[1], `"recipient_id":"16505559999"`) {
		t.Errorf("got %s\n%q", answer, got)
	}
	if status, answer := c.do("POST /"+number+"/messages", textTo("16505559999", "hello")); status != 200 || len(c.platform.First().Users()) != 1 {
		t.Errorf("to the wa_id: %d %s, %v", status, answer, c.platform.First().Users())
	}
}

// TestWhatReachesNobody is taken and never arrives [chatwoot#15150, vocero-crm#57].
func TestWhatReachesNobody(t *testing.T) {
	id := scopedIDOf(t, ana)
	for what, send := range map[string]func(c *controlled) (int, string){
		"a number without WhatsApp, by its profile": func(c *controlled) (int, string) {
			c.must("PATCH users/"+ana, `{"not_on_whatsapp":true}`)
			return c.do("POST /"+number+"/messages", textTo(ana, "hello"))
		},
		"a number without WhatsApp, by the settings": func(c *controlled) (int, string) {
			return c.do("POST /"+number+"/messages", textTo("553155550101", "hello"))
		},
		"a template to a number without WhatsApp": func(c *controlled) (int, string) {
			return c.do("POST /"+number+"/messages", `{"messaging_product":"whatsapp","to":"+5531955550101","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`)
		},
		"a user id in to": func(c *controlled) (int, string) {
			c.say(ana, "hi")
			return c.do("POST /"+number+"/messages", textTo(id, "hello"))
		},
		"an id that was changed": func(c *controlled) (int, string) {
			c.must("POST users/"+ana+"/messages", `{"type":"system","system":{"type":"user_changed_user_id"}}`)
			c.settle()
			return c.do("POST /"+number+"/messages", toID(id))
		},
	} {
		for _, silent := range []bool{false, true} {
			c := controlFake(t, fakewa.Config{NotOnWhatsApp: []string{"+5531955550101"}, UnreachableSilent: silent, Window: fakewa.WindowOff})
			status, answer := send(c)
			c.settle()
			sent := c.platform.First().Sent()
			if status != 200 || !strings.Contains(answer, `"id":"wamid.`) || len(sent) != 1 {
				t.Fatalf("%s: got %d %s", what, status, answer)
			}
			if failed := sent[0].Status == "failed" && sent[0].Error.Code == 131026; failed == silent {
				t.Errorf("%s: the message is %s", what, sent[0].Status)
			}
			told := strings.Count(strings.Join(c.bot.all(), ""), `"statuses"`)
			if want := map[bool]int{false: 1, true: 0}[silent]; told != want {
				t.Errorf("%s: %d statuses, want %d: %q", what, told, want, c.bot.all())
			}
			if got := c.platform.First().Phone(ana).Inbox(); len(got) != 0 {
				t.Errorf("%s: it arrived: %v", what, got)
			}
		}
	}
}

// TestNumberIsHiddenUntilItIsKnown is for users with usernames: webhooks have no number
// until a message went to it, or the user shared it.
func TestNumberIsHiddenUntilItIsKnown(t *testing.T) {
	id := scopedIDOf(t, ana)
	named := func(c *controlled) (number, named bool) {
		c.say(ana, "who am I?")
		all := c.bot.all()
		last := all[len(all)-1]
		if !strings.Contains(last, `"from_user_id":"`+id+`"`) || !strings.Contains(last, `"username":"ana"`) {
			t.Errorf("the webhook has no id or username: %s", last)
		}
		return strings.Contains(last, `"from":"`+ana+`"`), strings.Contains(last, `"wa_id":"`+ana+`"`)
	}
	check := func(c *controlled, what string, want bool) {
		t.Helper()
		if number, contact := named(c); number != want || contact != want {
			t.Errorf("%s: the number is in the message: %t, in the contact: %t; want %t", what, number, contact, want)
		}
	}
	for _, book := range []bool{true, false} {
		c := controlFake(t, fakewa.Config{NoContactBook: !book})
		c.must("PATCH users/"+ana, `{"username":"ana"}`)
		check(c, "a new user", false)
		check(c, "a message without the number makes nobody known", false)
		if status, answer := c.do("POST /"+number+"/messages", toID(id)); status != 200 {
			t.Errorf("got %d %s", status, answer)
		}
		c.settle()
		if all := c.bot.all(); strings.Contains(all[len(all)-1], ana+`"`) || !strings.Contains(all[len(all)-1], `"recipient_user_id":"`+id+`"`) {
			t.Errorf("a status of what went to the id: %s", all[len(all)-1])
		}
		check(c, "a message to the id", false)
		c.send(ana, "to the number")
		c.settle()
		check(c, "a message to the number", true)
		c.must("POST clock", `{"advance":"720h"}`)
		check(c, "30 days later", true)
		c.must("POST clock", `{"advance":"720h1s"}`)
		check(c, "30 days and a second after the number was seen", book)
	}
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "I have no username yet")
	c.must("PATCH users/"+ana, `{"username":"ana"}`)
	check(c, "a user who was known before they took a username", true)
}

// TestUserSharesTheirNumber has a bot ask for it, by a message and by a template's button.
func TestUserSharesTheirNumber(t *testing.T) {
	ask := func(c *controlled) {
		c.must("POST /"+number+"/messages", toUser(`"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"Your number?"},"action":{"name":"request_contact_info"}}`))
	}
	askByTemplate := func(c *controlled) {
		c.must("POST /"+account+"/message_templates", `{"name":"ask","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Your number?"},{"type":"BUTTONS","buttons":[{"type":"REQUEST_CONTACT_INFO"}]}]}`)
		c.must("POST templates/ask", `{"status":"APPROVED"}`)
		c.must("POST /"+number+"/messages", toUser(`"type":"template","template":{"name":"ask","language":{"code":"en"}}`))
	}
	for what, ask := range map[string]func(*controlled){"a message": ask, "a template": askByTemplate} {
		c := controlFake(t, fakewa.Config{})
		c.must("PATCH users/"+ana, `{"name":"Ana","username":"ana"}`)
		c.say(ana, "hi")
		ask(c)
		c.settle()
		c.must("POST users/"+ana+"/tap", `{"choice":"request_contact_info"}`)
		all := c.bot.all()
		last := all[len(all)-1]
		for _, want := range []string{`"type":"contacts"`, `"origin":"contact_request"`, `"phone":"+16505551234"`, `"vcard":"BEGIN:VCARD\n`, `"context":{"from":"15550783881","id":"wamid.`} {
			if !strings.Contains(last, want) {
				t.Errorf("%s: got %s, want %s", what, last, want)
			}
		}
		if strings.Contains(last, `"from":"16505551234"`) || strings.Contains(last, `"wa_id":"16505551234"}],"messages"`) {
			t.Errorf("%s: the number is known before it was shared: %s", what, last)
		}
		c.say(ana, "that was it")
		if all = c.bot.all(); !strings.Contains(all[len(all)-1], `"from":"16505551234"`) {
			t.Errorf("%s: the number is not in the contact book: %s", what, all[len(all)-1])
		}
	}
	c := controlFake(t, fakewa.Config{})
	c.say("US.1", "hi")
	c.must("POST /"+number+"/messages", strings.Replace(toID("US.1"), `"type":"text","text":{"body":"hi"}`, `"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"Your number?"},"action":{"name":"request_contact_info"}}`, 1))
	c.settle()
	if status, answer := c.do("POST users/US.1/tap", `{"choice":"request_contact_info"}`); status != 400 || !strings.Contains(answer, "US.1 has no number to share") {
		t.Errorf("a user without a number shared it: %d %s", status, answer)
	}
}

func toUser(content string) string {
	return `{"messaging_product":"whatsapp","recipient":"` + anaID + `",` + content + `}`
}

const anaID = "US.15350878535718998914"

// TestChangedIDs has WhatsApp give users other ids: alone, and with another number.
func TestChangedIDs(t *testing.T) {
	for _, given := range []struct{ what, system, number, id string }{
		{"an id", `{"type":"user_changed_user_id","user_id":"US.77"}`, ana, "US.77"},
		{"an id that the fake draws", `{"type":"user_changed_user_id"}`, ana, ""},
		{"a number and an id", `{"type":"user_changed_user_id","wa_id":"16505559999"}`, "16505559999", ""},
		{"a number of Mexico", `{"type":"user_changed_user_id","wa_id":"525512345678"}`, "5215512345678", ""},
	} {
		for _, quiet := range []bool{false, true} {
			c := controlFake(t, fakewa.Config{NoUserIDUpdate: quiet})
			c.say(ana, "hi")
			c.must("POST users/"+ana+"/messages", `{"type":"system","system":`+given.system+`}`)
			c.settle()
			users := c.platform.First().Users()
			id := users[0].UserID
			if len(users) != 1 || id == anaID || given.id != "" && id != given.id {
				t.Errorf("%s: the users are %+v", given.what, users)
			}
			var system, update string // the field's webhook may come first
			for _, body := range c.bot.all() {
				if strings.Contains(body, `"type":"system"`) {
					system = body
				}
				if strings.Contains(body, `"field":"user_id_update"`) {
					update = body
				}
			}
			if want := fmt.Sprintf(`"body":"User Test User changed from %s to %s"`, anaID, id); !strings.Contains(system, want) || !strings.Contains(system, `"from_user_id":"`+anaID+`"`) || !strings.Contains(system, `"user_id":"`+id+`"`) {
				t.Errorf("%s: the system message is %s, want %s", given.what, system, want)
			}
			want := fmt.Sprintf(`"user_id":{"current":%q,"previous":%q}`, id, anaID)
			if told := strings.Contains(update, want) && strings.Contains(update, `"wa_id":"`+given.number+`"`); told == quiet || (update == "") != quiet {
				t.Errorf("%s: the field's webhook is %q, want %s: %t", given.what, update, want, !quiet)
			}
			c.say(ana, "it's me")
			all := c.bot.all()
			if last := all[len(all)-1]; !strings.Contains(last, `"from":"`+given.number+`","from_user_id":"`+id+`"`) {
				t.Errorf("%s: afterwards: %s", given.what, last)
			}
			c.must("POST /"+number+"/messages", toID(id))
			c.must("POST /"+number+"/messages", textTo(given.number, "hi"))
			if got := len(c.platform.First().Conversation(ana)); got != 5 {
				t.Errorf("%s: the conversation has %d messages, want 5: %v", given.what, got, c.platform.First().Users())
			}
		}
	}
}

// TestSettingsOfIdentities looks at what the settings leave out and add.
func TestSettingsOfIdentities(t *testing.T) {
	const profile, parent = `"profile":{"name":"Test User"}`, `"parent_user_id":"US.ENT.`
	for what, c := range map[string]struct {
		cfg                  fakewa.Config
		said, sent, failed   []string
		noSaid, noSent, none []string // the last: of failed
	}{
		"default":                   {fakewa.Config{}, []string{profile}, []string{profile}, []string{profile, `"user_id":"US.`}, []string{parent}, []string{parent}, []string{parent}},
		"failed without contacts":   {fakewa.Config{BareFailed: true}, []string{profile}, []string{profile}, []string{`"recipient_user_id":"US.`}, nil, nil, []string{`"contacts"`}},
		"statuses without profiles": {fakewa.Config{WithoutProfile: "statuses"}, []string{profile}, []string{`"contacts":[{"user_id"`}, []string{`"contacts":[{"user_id"`}, nil, []string{"profile"}, []string{"profile"}},
		"no profiles":               {fakewa.Config{WithoutProfile: "all"}, []string{`"contacts":[{"user_id"`}, []string{`"contacts":[{"user_id"`}, nil, []string{"profile"}, []string{"profile"}, []string{"profile"}},
		"linked portfolios":         {fakewa.Config{ParentIDs: true}, []string{parent, `"from_parent_user_id":"US.ENT.`}, []string{parent, `"parent_recipient_user_id":"US.`}, nil, nil, nil, nil},
		"as before 2026":            {fakewa.Config{UserIDs: fakewa.UserIDsNone, ParentIDs: true}, []string{profile}, []string{`"recipient_id":"` + ana}, nil, []string{"user_id"}, []string{"user_id", "contacts"}, []string{"user_id", "contacts"}},
	} {
		t.Run(what, func(t *testing.T) {
			f := controlFake(t, c.cfg)
			f.say(ana, "hi")
			f.send(ana, "hello")
			f.settle()
			f.must("POST faults", `{"fails":131026}`)
			f.send(ana, "lost")
			f.settle()
			all := f.bot.all()
			if len(all) != 4 {
				t.Fatalf("got %q", all)
			}
			for body, pair := range map[string][2][]string{all[0]: {c.said, c.noSaid}, all[1]: {c.sent, c.noSent}, all[3]: {c.failed, c.none}} {
				for _, want := range pair[0] {
					if !strings.Contains(body, want) {
						t.Errorf("%s lacks %s", body, want)
					}
				}
				for _, not := range pair[1] {
					if strings.Contains(body, not) {
						t.Errorf("%s has %s", body, not)
					}
				}
			}
		})
	}
	f := controlFake(t, fakewa.Config{})
	f.must("PATCH users/"+ana, `{"name":""}`)
	f.say(ana, "hi")
	if got := f.bot.all()[0]; strings.Contains(got, "profile") {
		t.Errorf("a user without a name has a profile: %s", got)
	}
}

// TestParentIDReachesTheUser sends to the id of linked portfolios.
func TestParentIDReachesTheUser(t *testing.T) {
	c := controlFake(t, fakewa.Config{ParentIDs: true})
	c.say(ana, "hi")
	_, parent, _ := strings.Cut(c.bot.all()[0], `"parent_user_id":"`)
	parent, _, _ = strings.Cut(parent, `"`)
	c.must("POST /"+number+"/messages", toID(parent))
	c.settle()
	said := c.platform.First().Conversation(ana)
	if len(said) != 2 || said[1].Status != "delivered" {
		t.Errorf("got %v", said)
	}
}

// TestPhonesOfOnePersonAreOne uses two spellings before anybody has written.
func TestPhonesOfOnePersonAreOne(t *testing.T) {
	var bot recorder
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot, Clock: fakewa.StillClock(time.Unix(0, 0))})
	long, short := s.Phone("+5531955550101"), s.Phone("+553155550101")
	for _, phone := range []*fakewa.Phone{long, short} {
		if _, err := phone.Say(t.Context(), "hi"); err != nil {
			t.Fatal(err)
		}
	}
	if long.Number() != short.Number() || len(s.Conversation("553155550101")) != 2 {
		t.Errorf("got %s and %s, %v", long.Number(), short.Number(), s.Users())
	}
	short.SetProfile(fakewa.Profile{Name: "Bia"})
	if got := long.Profile().Name; got != "Bia" {
		t.Errorf("the other spelling has the profile %q", got)
	}
	if all := bot.all(); !slices.ContainsFunc(all, func(b string) bool { return strings.Contains(b, `"from":"5531955550101"`) }) || strings.Contains(strings.Join(all, ""), `"from":"553155550101"`) {
		t.Errorf("a person has two wa_ids: %q", all)
	}
}

// TestControlSaysWhatWhatsAppAlwaysSends says messages without the fields that webhooks
// always have.
func TestControlSaysWhatWhatsAppAlwaysSends(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say(ana, "first")
	own := c.platform.First().Conversation(ana)[0].ID
	c.send(ana, "hello")
	c.settle()
	bots := c.platform.First().Sent()[0].ID
	for said, want := range map[string]string{
		`{"type":"audio","audio":{}}`:               `"voice":false`,
		`{"type":"sticker"}`:                        `"animated":false`,
		`{"type":"document","document":{}}`:         `"filename":"document.pdf"`,
		`{"type":"unsupported"}`:                    `"errors":[{"code":131051`,
		`{"type":"unknown"}`:                        `"errors":[{"code":131051`,
		`{"type":"button","button":{"text":"Yes"}}`: `"payload":"Yes"`,
		`{"type":"order","order":{"product_items":[{"product_retailer_id":"a"}]}}`:     `"product_items":[{"currency":"USD","item_price":5,"product_retailer_id":"a","quantity":1}]`,
		`{"type":"interactive","interactive":{"nfm_reply":{}}}`:                        `"type":"nfm_reply"`,
		`{"type":"reaction","reaction":{"emoji":"👍"}}`:                                 `"reaction":{"emoji":"👍","message_id":"` + bots + `"}`,
		`{"type":"reaction","reaction":{"message_id":"x"}}`:                            `"reaction":{"message_id":"x"}`,
		`{"type":"text","text":{"body":"by an ad"},"referral":{"source_type":"post"}}`: `"source_type":"post","source_url":"https`,
		`{"type":"text","text":{"body":"yes"},"context":{"id":"` + bots + `"}}`:        `"context":{"from":"15550783881","id":"` + bots + `"}`,
		`{"type":"text","text":{"body":"mine"},"context":{"id":"` + own + `"}}`:        `"context":{"from":"16505551234","id":"` + own + `"}`,
		`{"type":"text","text":{"body":"f"},"context":{"id":"x","from":"1"}}`:          `"context":{"from":"1","id":"x"}`,
		`{"type":"text","text":{"body":"forwarded"},"context":{"forwarded":true}}`:     `"context":{"forwarded":true}`,
	} {
		c.must("POST users/"+ana+"/messages", said)
		all := c.platform.First().Conversation(ana)
		if got := string(all[len(all)-1].Body); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", said, got, want)
		}
	}
}

// TestNobodyWritesWithoutWhatsApp expects a clear error.
func TestNobodyWritesWithoutWhatsApp(t *testing.T) {
	c := controlFake(t, fakewa.Config{NotOnWhatsApp: []string{ana}})
	if status, answer := c.do("POST users/"+ana+"/messages", `{"type":"text","text":{"body":"hi"}}`); status != 400 || !strings.Contains(answer, "+16505551234 is not on WhatsApp") {
		t.Errorf("got %d %s", status, answer)
	}
	c.must("PATCH users/"+ana, `{"not_on_whatsapp":false}`)
	c.say(ana, "now I am")
	if status, answer := c.do("PATCH users/"+ana, `{"wa_id":"nobody"}`); status != 400 || !strings.Contains(answer, "wa_id") {
		t.Errorf("a wa_id that is no number: got %d %s", status, answer)
	}
}
