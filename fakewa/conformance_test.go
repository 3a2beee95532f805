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

	"github.com/getkin/kin-openapi/openapi3"

	"wappasim/fakewa"
)

// operations are the operations of Meta's file that the fake has, without the version.
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

// TestConformance compares the fake with Meta's OpenAPI file: the fake accepts the
// requests that are examples there, and its answers and webhooks match the schemas. The
// lists in conformance_exceptions_test.go have what is wrong in the file or newer than
// it. An exception that is not needed fails the test.
func TestConformance(t *testing.T) {
	c := &conformance{t, &tally{met: make(map[string]bool)}, metaFile(t)}
	for _, op := range operations {
		c.takesExamples(op)
		c.refuses(op)
	}
	c.sendsWebhooks()
	if t.Failed() {
		return // a test that failed early met fewer exceptions
	}
	for _, list := range []exceptions{refusedExamples, answerDeviations, webhookDeviations} {
		for key := range list {
			if !c.met[key] {
				t.Errorf("the exception %q is not needed: remove it from the list", key)
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
	met                         map[string]bool // exceptions that were needed
}

// allows reports whether there is an exception, for all tests or for the one that runs,
// and remembers that it was needed.
func (c *conformance) allows(list exceptions, key string) bool {
	_, test, _ := strings.Cut(c.Name(), "/")
	here := key + " in " + strings.ReplaceAll(test, "_", " ")
	c.met[key], c.met[here] = true, true
	return list[key] != "" || list[here] != ""
}

// run runs f as a subtest with a new business, and checks the webhooks that its bot got.
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

// codes are error codes of Meta that together have every HTTP status of a refusal.
var codes = []int{2, 4, 10, 100, 190, 368, http.StatusTooManyRequests, 80007, 130429, 131000, 132001}

// refuses makes an operation refuse a call in each way.
func (c *conformance) refuses(op string) {
	c.run(op+" refuses", fakewa.Config{}, func(b *business) {
		b.setUp(op)
		refused := func(how, body string) {
			if status, answer := b.call(op, "", "application/json", body); status < 400 {
				b.Errorf("%s with %s was accepted: %d %s", op, how, status, answer)
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
	c.run("an error of no message", fakewa.Config{}, func(b *business) { b.fake.NotifyError(130429, "too many") })
}

// statuses makes the fake send each status.
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

// operation returns an operation of Meta's file.
func (c *conformance) operation(op string) *openapi3.Operation {
	method, path, _ := strings.Cut(op, " ")
	item := c.file.Paths.Value("/{Version}" + path)
	if item == nil || item.GetOperation(method) == nil {
		c.Fatalf("Meta's file has no %s", op)
	}
	return item.GetOperation(method)
}

// checkAnswer compares an answer with the schema of its operation and status, or
// with the common schema of refusals if the file has none.
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
			continue // the file does not have this kind of value
		}
		if key := field + " " + place; !c.allows(webhookDeviations, key) {
			c.Errorf("the webhook %s: %v\nthe webhook: %s\nthe key of an exception: %q", field, d, body, key)
		}
	}
}
