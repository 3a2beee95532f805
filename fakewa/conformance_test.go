package fakewa_test

import (
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
	"GET /{Phone-Number-ID}/call_permissions",
	"POST /{Phone-Number-ID}/calls",
	"GET /{Phone-Number-ID}/settings",
	"POST /{Phone-Number-ID}/settings",
	"GET /{Phone-Number-ID}/groups",
	"POST /{Phone-Number-ID}/groups",
	"GET /{group_id}",
	"POST /{group_id}",
	"DELETE /{group_id}",
	"POST /{group_id}/invite_link",
	"DELETE /{group_id}/invite_link",
	"DELETE /{group_id}/participants",
	"GET /{group_id}/join_requests",
	"POST /{group_id}/join_requests",
	"DELETE /{group_id}/join_requests",
	"GET /{WABA-ID}/phone_numbers",
	"GET /{WABA-ID}/subscribed_apps",
	"POST /{WABA-ID}/subscribed_apps",
	"DELETE /{WABA-ID}/subscribed_apps",
	"GET /{WABA-ID}/message_templates",
	"POST /{WABA-ID}/message_templates",
	"DELETE /{WABA-ID}/message_templates",
	"GET /{TEMPLATE_ID}",
	"POST /{TEMPLATE_ID}",
	"GET /{WABA-ID}/flows",
	"POST /{WABA-ID}/flows",
	"GET /{Flow-ID}",
	"POST /{Flow-ID}",
	"DELETE /{Flow-ID}",
	"GET /{Flow-ID}/assets",
	"POST /{Flow-ID}/publish",
	"POST /{Flow-ID}/deprecate",
	"GET /{Phone-Number-ID}/whatsapp_business_encryption",
	"POST /{Phone-Number-ID}/whatsapp_business_encryption",
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
		if media := request.Value.Content["application/json"]; media != nil {
			for name, example := range media.Examples {
				examples[name] = example.Value.Value
			}
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
			contentType, body := b.form(op)
			if status, answer := b.call(op, query, contentType, body); status != http.StatusOK {
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
		if b.operation(op).RequestBody != nil && !strings.HasPrefix(op, "GET ") { // the file has an empty one
			refused("half a body", `{"messaging_product"`)
		}
		for parameter := range b.ids {
			b.ids[parameter] = "1"
		}
		refused("the id of nothing", `{}`)
	})
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
		content := response.Value.Content["application/json"]
		if content == nil {
			return // the file does not say what the answer is
		}
		schema = content.Schema
	}
	for _, d := range compare(schema.Value, body) {
		if !c.allows(answerDeviations, key+d.place()) {
			c.Errorf("%s answered %d: %v\nthe answer: %s\nthe key of an exception: %q", op, status, d, body, key+d.place())
		}
	}
}
