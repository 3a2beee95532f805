package fakewa_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"wappasim/fakewa"

	"github.com/getkin/kin-openapi/openapi3"
)

// operations are those of Meta's file that the fake has, without the version.
var operations = []string{
	"POST /{Phone-Number-ID}/messages",
	"POST /{Phone-Number-ID}/media",
	"GET /{Media-ID}",
	"DELETE /{Media-ID}",
	"GET /{Phone-Number-ID}",
	"POST /{Phone-Number-ID}",
	"POST /{Phone-Number-ID}/register",
	"POST /{Phone-Number-ID}/deregister",
	"POST /{Phone-Number-ID}/request_code",
	"POST /{Phone-Number-ID}/verify_code",
	"GET /{Phone-Number-ID}/whatsapp_business_profile",
	"POST /{Phone-Number-ID}/whatsapp_business_profile",
	"GET /{Phone-Number-ID}/block_users",
	"POST /{Phone-Number-ID}/block_users",
	"DELETE /{Phone-Number-ID}/block_users",
	"GET /{WABA-ID}/phone_numbers",
	"GET /{WABA-ID}/subscribed_apps",
	"POST /{WABA-ID}/subscribed_apps",
	"DELETE /{WABA-ID}/subscribed_apps",
	"GET /{WABA-ID}/message_templates",
	"POST /{WABA-ID}/message_templates",
	"DELETE /{WABA-ID}/message_templates",
	"GET /{TEMPLATE_ID}",
	"POST /{TEMPLATE_ID}",
}

// exceptions are what is allowed, and why.
type exceptions map[string]string

// refusedExamples are the request examples that the fake rightly refuses, by
// operation and name.
var refusedExamples = exceptions{
	"POST /{Phone-Number-ID}/messages: Send Reply to List Message":            "it has no type, and a message without one is a text",
	"POST /{Phone-Number-ID}/messages: Send Sample Issue Resolution Template": "the texts of its buttons are JSON booleans; the file itself wants strings",

	"POST /{Phone-Number-ID}: comprehensive_update":                              notSimulated,
	"POST /{Phone-Number-ID}: configure_webhook":                                 notSimulated,
	"POST /{Phone-Number-ID}: set_username":                                      notSimulated,
	"POST /{Phone-Number-ID}: update_connection_status":                          notSimulated,
	"POST /{Phone-Number-ID}: update_display_name":                               notSimulated,
	"POST /{Phone-Number-ID}: update_security_settings":                          notSimulated,
	"POST /{Phone-Number-ID}/register: advanced_registration":                    notSimulated,
	"POST /{Phone-Number-ID}/register: migration_registration":                   notSimulated,
	"POST /{Phone-Number-ID}/whatsapp_business_profile: complete_profile_update": notSimulated,
}

const notSimulated = "it has fields that the fake does not simulate; it says so"

// answerDeviations are where answers rightly differ from Meta's file: operation
// and status, or "refusal", then place and keyword.
var answerDeviations = exceptions{
	"refusal /error/error_data unknown":                                            "Meta's page of errors has it; the file does not",
	"POST /{Phone-Number-ID}/messages 200 /success unknown":                        "the answer to mark-as-read is an example of the file, but not in its schema",
	"POST /{Phone-Number-ID}/messages 200 /messages/*/group_id unknown in a group": "the file has no answer for groups",
	"GET /{Phone-Number-ID} 200 /platform_type unknown":                            "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /throughput unknown":                               "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /status unknown":                                   "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /is_pin_enabled unknown":                           "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /webhook_configuration unknown":                    "Meta's pages have it; the file has it in requests only",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/is_pin_enabled unknown":              "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/name_status unknown":                 "the file has it for one number, not for the list",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/platform_type unknown":               "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/throughput unknown":                  "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/webhook_configuration unknown":       "Meta's pages have it; the file has it in requests only",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/status enum CONNECTED":               "Meta's pages have it; the file has LINKED",
	"GET /{Media-ID} 200 /file_size type":                                          "real answers have a number; the file has a string",
	"GET /{WABA-ID}/message_templates 200 /data/*/parameter_format unknown":        "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/message_templates 200 /paging/next unknown":                    "lists of the Graph API have it; the file does not for this one",
	"GET /{TEMPLATE_ID} 200 /parameter_format unknown":                             "Meta's pages have it; the file does not",
}

// webhookDeviations are where webhooks rightly differ: field, place and keyword,
// and the test if it is the only one that may.
var webhookDeviations = exceptions{
	"messages /value/messages/*/document/caption unknown": "documents have captions, which the file forgot",
	"messages /value/messages/*/audio/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/document/url unknown":     "real webhooks have it; the file does not",
	"messages /value/messages/*/image/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/sticker/url unknown":      "real webhooks have it; the file does not",
	"messages /value/messages/*/video/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/unsupported unknown":      "Meta's pages have it since 2025",

	"message_template_status_update /field enum message_template_status_update": "the file has webhooks of messages and groups only",

	"messages /value/messages/*/interactive/list_reply/description required in a user's bare list reply": "a row need not have a description",
	"messages /value/messages/*/interactive discriminator in a user's flow reply":                        "Meta's pages have answers to flows; the file does not",
	"messages /value/messages/*/interactive/nfm_reply unknown in a user's flow reply":                    "Meta's pages have answers to flows; the file does not",
	"messages /value/messages/*/location/address required in a user's position":                          "a place on the map has none",
	"messages /value/messages/*/location/name required in a user's position":                             "a place on the map has none",
	"messages /value/messages/*/reaction/emoji required in a user's reaction undone":                     "Meta's pages say that it comes without",

	"messages /value/statuses/*/biz_opaque_callback_data unknown":  "Meta's pages have it; the file does not",
	"messages /value/statuses/*/pricing/type unknown":              "newer than the file: it came with prices per message",
	"messages /value/statuses/*/recipient_type unknown in a group": "Meta's pages have it for groups; the file does not",
	"messages /value/statuses/*/status enum played":                "Meta's pages have \"played\"; the file does not",

	"messages /value/contacts required in trouble of no message": "Meta's pages have webhooks with nothing but errors; the file does not",
	"messages /value/messages required in trouble of no message": "Meta's pages have webhooks with nothing but errors; the file does not",
	"messages /value/errors unknown in trouble of no message":    "Meta's pages have webhooks with nothing but errors; the file does not",

	"messages /value/contacts unknown in statuses with user ids":                      "newer than the file: since 2026",
	"messages /value/contacts/*/profile/username unknown":                             "newer than the file: since 2026",
	"messages /value/contacts/*/user_id unknown":                                      "newer than the file: since 2026",
	"messages /value/messages/*/from_user_id unknown":                                 "newer than the file: since 2026",
	"messages /value/statuses/*/recipient_user_id unknown":                            "newer than the file: since 2026",
	"messages /value/messages/*/from required in a user without a number":             "whoever has a username has no number, since 2026",
	"messages /value/messages/*/from required in statuses with user ids only":         "whoever has a username has no number, since 2026",
	"messages /value/statuses/*/recipient_id required in statuses with user ids only": "whoever has a username has no number, since 2026",
}

// TestConformance compares the fake with Meta's OpenAPI file: it takes the
// requests that are examples there, and its answers and webhooks meet the
// schemas. What the file has wrong, or what is newer, is on the lists above,
// which are to have nothing that there is no need for.
func TestConformance(t *testing.T) {
	c := &conformance{t, &tally{met: make(map[string]bool)}, metaFile(t)}
	for _, op := range operations {
		c.takesExamples(op)
		c.refuses(op)
	}
	c.sendsWebhooks()
	if t.Failed() {
		return // a test that broke off met fewer exceptions
	}
	for _, list := range []exceptions{refusedExamples, answerDeviations, webhookDeviations} {
		for key := range list {
			if !c.met[key] {
				t.Errorf("there is no need for the exception %q: take it off the list", key)
			}
		}
	}
	t.Logf("%d request examples, %d answers and %d webhooks", c.examples, c.answers, c.webhooks)
}

// conformance is a run of the fake against Meta's file.
type conformance struct {
	*testing.T
	*tally
	file *openapi3.T
}

// tally is what was checked.
type tally struct {
	examples, answers, webhooks int
	met                         map[string]bool // exceptions that there was a need for
}

// allows reports whether there is an exception, of everything or of the test that
// runs, and keeps that it was needed.
func (c *conformance) allows(list exceptions, key string) bool {
	_, test, _ := strings.Cut(c.Name(), "/")
	here := key + " in " + strings.ReplaceAll(test, "_", " ")
	c.met[key], c.met[here] = true, true
	return list[key] != "" || list[here] != ""
}

// run runs f as a test of its own, with a business of its own, and checks the
// webhooks that its bot got.
func (c *conformance) run(name string, cfg fakewa.Config, f func(b *business)) {
	c.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBusiness(&conformance{t, c.tally, c.file}, cfg)
			defer b.fake.Close()
			f(b)
			synctest.Wait() // for the statuses
			for _, body := range b.bot.all() {
				b.checkWebhook(body)
			}
		})
	})
}

// takesExamples calls an operation with each example of its request in Meta's
// file, or without a body if it has none.
func (c *conformance) takesExamples(op string) {
	examples := make(map[string]any)
	if request := c.operation(op).RequestBody; request != nil {
		for name, example := range request.Value.Content["application/json"].Examples {
			examples[name] = example.Value.Value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		c.run(op+": "+name, fakewa.Config{}, func(b *business) {
			b.examples++
			b.setUp(op)
			contentType, body := b.fit(op, examples[name])
			status, answer := b.call(op, "", contentType, body)
			if status != http.StatusOK && !b.allows(refusedExamples, op+": "+name) {
				b.Errorf("%s refused the example %q with %d %s\nthe example: %s", op, name, status, answer, body)
			}
		})
	}
	if len(examples) > 0 {
		return
	}
	for _, query := range queries(op) {
		c.run(op+query, fakewa.Config{}, func(b *business) {
			b.setUp(op)
			if status, answer := b.call(op, query, "", ""); status != http.StatusOK {
				b.Errorf("%s%s was refused with %d %s", op, query, status, answer)
			}
		})
	}
}

// codes are some of Meta's, with every HTTP status that a refusal has.
var codes = []int{2, 4, 10, 100, 190, 368, http.StatusTooManyRequests, 80007, 130429, 131000, 132001}

// refuses makes an operation refuse a call in every way there is.
func (c *conformance) refuses(op string) {
	c.run(op+" refuses", fakewa.Config{}, func(b *business) {
		b.setUp(op)
		refused := func(how, body string) {
			if status, answer := b.call(op, "", "application/json", body); status < 400 {
				b.Errorf("%s with %s was taken: %d %s", op, how, status, answer)
			}
		}
		for _, code := range codes {
			fault := b.fake.Inject(fakewa.Fault{Code: code, Times: 1})
			refused(fmt.Sprintf("a fault %d", code), `{}`)
			b.fake.RemoveFault(fault)
		}
		b.token = ""
		refused("no token", `{}`)
		b.token = "Bearer token"
		if b.operation(op).RequestBody != nil {
			refused("half a body", `{"messaging_product"`)
		}
		for parameter := range b.ids {
			b.ids[parameter] = "1"
		}
		refused("the id of nothing", `{}`)
	})
}

// sendsWebhooks makes the fake send every kind of webhook.
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
	c.run("statuses with user ids", fakewa.Config{UserIDs: fakewa.UserIDsAlso}, statuses)
	c.run("statuses with user ids only", fakewa.Config{UserIDs: fakewa.UserIDsOnly}, statuses)
	c.run("a user without a number", fakewa.Config{}, func(b *business) {
		if _, err := b.fake.Phone("US.13491208655302741918").Say(b.Context(), "hello"); err != nil {
			b.Error(err)
		}
	})
	c.run("a group", fakewa.Config{}, func(b *business) {
		b.must("POST /{Phone-Number-ID}/messages", "application/json",
			`{"messaging_product":"whatsapp","recipient_type":"group","to":"Y2FwaV9ncm91cDox","type":"text","text":{"body":"hello"}}`)
	})
	c.run("trouble of no message", fakewa.Config{}, func(b *business) { b.fake.NotifyError(130429, "too many") })
}

// statuses makes the fake send every status.
func statuses(b *business) {
	phone := b.fake.Phone(user)
	phone.SetProfile(fakewa.Profile{Name: "Ana", Username: "ana"})
	b.send("text", `{"body":"read"}`)
	b.send("audio", `{"link":"https://example.com/a.ogg","voice":true}`)
	b.send("reaction", `{"message_id":"`+b.said+`","emoji":"👍"}`)
	synctest.Wait()
	phone.Read()
	phone.Play()
	b.fake.Inject(fakewa.Fault{Fails: 131026, Times: 1})
	b.send("text", `{"body":"lost"}`)
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

// operation finds an operation in Meta's file.
func (c *conformance) operation(op string) *openapi3.Operation {
	method, path, _ := strings.Cut(op, " ")
	item := c.file.Paths.Value("/{Version}" + path)
	if item == nil || item.GetOperation(method) == nil {
		c.Fatalf("Meta's file has no %s", op)
	}
	return item.GetOperation(method)
}

// checkAnswer compares an answer with the schema of its operation and status, or
// with the common schema of refusals where the file has none.
func (c *conformance) checkAnswer(op string, status int, body []byte) {
	c.answers++
	key := fmt.Sprintf("%s %d ", op, status)
	if status >= 400 {
		key = "refusal "
	}
	schema := c.file.Components.Schemas["GraphAPIError"]
	if response := c.operation(op).Responses.Status(status); response != nil {
		schema = response.Value.Content["application/json"].Schema
	}
	for _, d := range compare(schema.Value, body) {
		if !c.allows(answerDeviations, key+d.place()) {
			c.Errorf("%s answered %d: %v\nthe answer: %s\nthe key of an exception: %q", op, status, d, body, key+d.place())
		}
	}
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
			continue // the value is of no kind that the file has
		}
		if key := field + " " + place; !c.allows(webhookDeviations, key) {
			c.Errorf("the webhook %s: %v\nthe webhook: %s\nthe key of an exception: %q", field, d, body, key)
		}
	}
}

// TestMetaFile holds the comparison itself against Meta's examples of webhooks.
func TestMetaFile(t *testing.T) {
	webhook := metaFile(t).Paths.Value("/whatsapp/webhooks").Post.RequestBody.Value.Content["application/json"]
	for name, example := range webhook.Examples {
		body, err := json.Marshal(example.Value.Value)
		if err != nil {
			t.Fatal(err)
		}
		wrong := compare(webhook.Schema.Value, body)
		if strings.HasPrefix(name, "Group ") { // these have numbers for strings and the reverse
			if len(wrong) == 0 {
				t.Errorf("%s: no deviation was found", name)
			}
			continue
		}
		for _, d := range wrong {
			t.Errorf("%s: %v", name, d)
		}
	}
}
