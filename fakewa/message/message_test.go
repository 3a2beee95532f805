package message

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wappasim/fakewa/graph"
)

// cases has a case for every name of Supported.
var cases = map[string]typeCase{
	"audio":                                audioCase,
	"contacts":                             contactsCase,
	"document":                             documentCase,
	"image":                                imageCase,
	"interactive.address_message":          storedCase,
	"interactive.button":                   buttonCase,
	"interactive.call_permission_request":  storedCase,
	"interactive.carousel":                 carouselCase,
	"interactive.catalog_message":          catalogMessageCase,
	"interactive.cta_url":                  ctaURLCase,
	"interactive.flow":                     flowCase,
	"interactive.list":                     listCase,
	"interactive.location_request_message": locationRequestCase,
	"interactive.order_details":            storedCase,
	"interactive.order_status":             storedCase,
	"interactive.product":                  productCase,
	"interactive.product_list":             productListCase,
	"interactive.voice_call":               storedCase,
	"location":                             locationCase,
	"reaction":                             reactionCase,
	"sticker":                              stickerCase,
	"template":                             templateCase,
	"text":                                 textCase,
	"video":                                videoCase,
}

// typeCase is a type of message at its limits. Its refusals are edits of the
// largest.
type typeCase struct {
	smallest, largest given
	refusals          []refusal
}

// given is a body without what all bodies have, and what is read from it.
type given struct {
	body j
	want Message
}

type j = map[string]any

type a = []any

// refusal is a field set to a value for which the body is refused.
type refusal struct {
	field string
	value any // gone: the field is left out
	code  int
	why   string // the details after the field's name
	names string // the field that the details name, if it is another one
}

type gone struct{}

// long is a text of so many UTF-16 units.
func long(units int) string { return "😀" + strings.Repeat("é", units-2) }

// numbered is long and begins with a number.
func numbered(n, units int) string {
	s := strconv.Itoa(n)
	return s + long(units-len(s))
}

// times is what one gives for 0, 1, 2 …
func times[T any](n int, one func(int) T) (all []T) {
	for i := range n {
		all = append(all, one(i))
	}
	return all
}

// whole is the body of a message of a type of Supported.
func whole(t testing.TB, name string, body j) j {
	t.Helper()
	all := maps.Clone(copied(t, body))
	all["messaging_product"], all["to"] = "whatsapp", "16505551234"
	all["type"] = name
	if kind, ok := strings.CutPrefix(name, "interactive."); ok {
		all["type"] = "interactive"
		all["interactive"].(j)["type"] = kind
	}
	return all
}

func encoded(t testing.TB, body any) []byte {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func copied(t testing.TB, body j) (c j) {
	t.Helper()
	if err := json.Unmarshal(encoded(t, body), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// with is a body with one field set or left out.
func with(t testing.TB, body j, field string, value any) j {
	t.Helper()
	body = copied(t, body)
	steps := strings.Split(strings.ReplaceAll(field, "[", ".["), ".")
	var at any = body
	for _, step := range steps[:len(steps)-1] {
		at = *stepInto(t, at, field, step)
	}
	last := steps[len(steps)-1]
	if _, ok := value.(gone); ok {
		delete(at.(j), last)
	} else if object, ok := at.(j); ok {
		object[last] = value
	} else {
		at.(a)[index(t, last)] = value
	}
	return body
}

func stepInto(t testing.TB, at any, field, step string) *any {
	t.Helper()
	switch at := at.(type) {
	case j:
		value, ok := at[step]
		if !ok {
			t.Fatalf("%s: no %s to edit", field, step)
		}
		return &value
	case a:
		return &at[index(t, step)]
	}
	t.Fatalf("%s: cannot edit %s in a %T", field, step, at)
	return nil
}

func index(t testing.TB, step string) int {
	t.Helper()
	i, err := strconv.Atoi(strings.Trim(step, "[]"))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestEveryTypeHasCases(t *testing.T) {
	for _, name := range Supported() {
		c := cases[name]
		if c.smallest.body == nil || c.largest.body == nil || len(c.refusals) == 0 {
			t.Errorf("%s needs a smallest body, a largest and refusals", name)
		}
	}
	if got := slices.Sorted(maps.Keys(cases)); !slices.Equal(got, Supported()) {
		t.Errorf("cases for %q; types are %q", got, Supported())
	}
}

func TestAccepted(t *testing.T) {
	for name, c := range cases {
		for size, g := range map[string]given{"smallest": c.smallest, "largest": c.largest} {
			body := encoded(t, whole(t, name, g.body))
			want := g.want
			want.To, want.Body = "16505551234", body
			want.Type, _, _ = strings.Cut(name, ".")
			accepted(t, name+", "+size, Rules{}, "application/json", body, want)
		}
	}
}

func accepted(t *testing.T, name string, rules Rules, contentType string, body []byte, want Message) {
	t.Helper()
	got, refused := rules.Parse(contentType, body)
	if refused != nil {
		t.Errorf("%s: refused: %v", name, refused)
		return
	}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v\nbody %s\nwant %s", name, *got, want, got.Body, want.Body)
	}
}

func TestRefused(t *testing.T) {
	for name, c := range cases {
		body := whole(t, name, c.largest.body)
		for _, r := range c.refusals {
			refused(t, name, Rules{}, body, r)
		}
	}
}

// refused checks an edit of a body.
func refused(t *testing.T, name string, rules Rules, body j, r refusal) {
	t.Helper()
	field := r.field
	if r.names != "" {
		field = r.names
	}
	refusedAs(t, name+", "+r.field, rules, "application/json", encoded(t, with(t, body, r.field, r.value)), r.code, field+" "+r.why)
}

func refusedAs(t *testing.T, name string, rules Rules, contentType string, body []byte, code int, details string) {
	t.Helper()
	m, err := rules.Parse(contentType, body)
	if err == nil {
		t.Errorf("%s: accepted %s; want %s", name, m.Body, details)
		return
	}
	if m != nil || err.Code != code || err.Status != http.StatusBadRequest || err.Details != details {
		t.Errorf("%s:\ngot  %d, HTTP %d: %s\nwant %d, HTTP 400: %s", name, err.Code, err.Status, err.Details, code, details)
	}
	if title := fmt.Sprintf("(#%d) %s", code, graph.Title(code)); err.Message != title && field(details) != "messaging_product" {
		t.Errorf("%s: the title is %q; want %q", name, err.Message, title)
	}
}

func field(details string) string {
	name, _, _ := strings.Cut(details, " ")
	return name
}

func TestCommonFields(t *testing.T) {
	m := Message{Type: "text", Text: "hi"}
	for name, tt := range map[string]struct {
		body j
		want func(*Message)
	}{
		"number":      {j{"to": "+1 (650) 555-1234"}, func(m *Message) { m.To = "+1 (650) 555-1234" }},
		"one digit":   {j{"to": "1"}, func(m *Message) { m.To = "1" }},
		"most digits": {j{"to": "12345678901234567890"}, func(m *Message) { m.To = "12345678901234567890" }},
		"individual":  {j{"to": "1", "recipient_type": "individual"}, func(m *Message) { m.To = "1" }},
		"group":       {j{"to": "Y2FwaV9ncm91c", "recipient_type": "group"}, func(m *Message) { m.To, m.Group = "Y2FwaV9ncm91c", true }},
		"scoped id":   {j{"recipient": "US.1"}, func(m *Message) { m.Recipient = "US.1" }},
		"both":        {j{"to": "1", "recipient": "US.1"}, func(m *Message) { m.To, m.Recipient = "1", "US.1" }},
		"null":        {j{"to": "1", "recipient": nil, "type": nil, "context": nil, "status": nil}, func(m *Message) { m.To = "1" }},
		"unknown":     {j{"to": "1", "product_policy": "STRICT"}, func(m *Message) { m.To = "1" }},
		"all": {j{"to": "1", "type": "text", "context": j{"message_id": "wamid.A"}, "biz_opaque_callback_data": long(512), "recipient_identity_key_hash": "h"}, func(m *Message) {
			m.To, m.ReplyTo, m.Opaque, m.IdentityHash = "1", "wamid.A", long(512), "h"
		}},
	} {
		tt.body["messaging_product"], tt.body["text"] = "whatsapp", j{"body": "hi"}
		want := m
		want.Body = encoded(t, tt.body)
		tt.want(&want)
		accepted(t, name, Rules{}, "", want.Body, want)
	}
}

func TestCommonFieldsRefused(t *testing.T) {
	body := whole(t, "text", j{"text": j{"body": "hi"}, "recipient": "US.1", "recipient_type": "individual", "context": j{"message_id": "wamid.A"}})
	toUser := with(t, body, "to", gone{})
	toGroup := with(t, body, "recipient_type", "group")
	const noNumber = "it must be a phone number: 1 to 20 digits, among which +, -, (, ) and blanks are allowed."
	const noScoped = `it must be a business-scoped user id such as "US.13491208655302741918".`
	for _, tt := range []struct {
		body j
		refusal
	}{
		{body, refusal{"messaging_product", gone{}, 100, `is missing; it must be "whatsapp".`, ""}},
		{body, refusal{"messaging_product", "sms", 100, `is "sms"; it must be "whatsapp".`, ""}},
		{body, refusal{"messaging_product", 1, 100, "is a number; it must be a string.", ""}},
		{body, refusal{"recipient_type", "crowd", 131009, `is "crowd"; it must be "individual" or "group".`, ""}},
		{body, refusal{"recipient_type", a{}, 100, "is an array; it must be a string.", ""}},
		{body, refusal{"to", 16505551234, 100, "is a number; it must be a string.", ""}},
		{body, refusal{"to", "+", 131009, `is "+"; ` + noNumber, ""}},
		{body, refusal{"to", "123456789012345678901", 131009, `is "123456789012345678901"; ` + noNumber, ""}},
		{body, refusal{"to", "US.1", 131009, `is "US.1"; ` + noNumber, ""}},
		{body, refusal{"to", strings.Repeat("x", 70), 131009, `is "` + strings.Repeat("x", 60) + `"; ` + noNumber, ""}},
		{body, refusal{"recipient", false, 100, "is a boolean; it must be a string.", ""}},
		{toUser, refusal{"recipient", "1", 131009, `is "1"; ` + noScoped, ""}},
		{toUser, refusal{"recipient", gone{}, 131008, "is missing; it must be a phone number, or recipient a business-scoped user id.", "to"}},
		{toGroup, refusal{"to", gone{}, 131008, "is missing; it must be the id of a group.", ""}},
		{body, refusal{"context", "wamid.A", 100, "is a string; it must be an object.", ""}},
		{body, refusal{"context.message_id", gone{}, 131008, "is missing; it must be a string.", ""}},
		{body, refusal{"biz_opaque_callback_data", long(513), 131009, "has 513 characters; 512 are allowed.", ""}},
		{body, refusal{"biz_opaque_callback_data", j{}, 100, "is an object; it must be a string.", ""}},
		{body, refusal{"recipient_identity_key_hash", true, 100, "is a boolean; it must be a string.", ""}},
		{body, refusal{"type", 1, 100, "is a number; it must be a string.", ""}},
		{body, refusal{"type", "poll", 131051, `is "poll"; it must be "audio", "contacts", "document", "image", "interactive", "location", "reaction", "sticker", "template", "text" or "video".`, ""}},
	} {
		refused(t, "common", Rules{}, tt.body, tt.refusal)
	}
	if _, err := (Rules{}).Parse("", []byte("{}")); err == nil || err.Message != "(#100) The parameter messaging_product is required." {
		t.Errorf("without messaging_product: %v", err)
	}
}

func TestNoObject(t *testing.T) {
	for body, why := range map[string]string{
		"":                "The body cannot be read as JSON: unexpected end of JSON input.",
		"{":               "The body cannot be read as JSON: unexpected end of JSON input.",
		"{} {}":           "The body cannot be read as JSON: invalid character '{' after top-level value.",
		`{"a":1e999}`:     "The body cannot be read as JSON: json: cannot unmarshal number 1e999 into Go value of type float64.",
		"[]":              "The body is an array; it must be an object.",
		`"text"`:          "The body is a string; it must be an object.",
		"5":               "The body is a number; it must be an object.",
		"true":            "The body is a boolean; it must be an object.",
		" \n null":        "The body is null; it must be an object.",
		"messaging=whats": "The body cannot be read as JSON: invalid character 'm' looking for beginning of value.",
	} {
		refusedAs(t, body, Rules{}, "application/json; charset=utf-8", []byte(body), 100, why)
	}
}

// What Parse returns stays the same when the body's bytes are used again.
func TestBodyIsKept(t *testing.T) {
	body := []byte("{ \"messaging_product\":\"whatsapp\", \"to\":\"1\", \"text\":{\"body\":\"caf\\u00e9 <3\"} }\n")
	want := string(body)
	m, err := Rules{}.Parse("application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if string(m.Body) != want || m.Text != "café <3" {
		t.Errorf("body %q, text %q", m.Body, m.Text)
	}
}

func TestRules(t *testing.T) {
	rules := Rules{ListBody: 1024, Contacts: 5}
	list := whole(t, "interactive.list", listCase.largest.body)
	refused(t, "list", rules, list, refusal{"interactive.body.text", long(1025), 131009, "has 1025 characters; 1024 are allowed.", ""})
	contacts := whole(t, "contacts", contactsCase.smallest.body)
	refused(t, "contacts", rules, contacts, refusal{"contacts", times(6, func(int) any { return j{} }), 131009, "has 6 items; 5 are allowed.", ""})
}

func TestBusinessScoped(t *testing.T) {
	for id, want := range map[string]bool{
		"US.13491208655302741918":        true,
		"DE.ENT.a1":                      true,
		"US." + strings.Repeat("a", 128): true,
		"US." + strings.Repeat("a", 129): false,
		"us.1":                           false,
		"USA.1":                          false,
		"US.":                            false,
		"US.1\n":                         false,
		"16505551234":                    false,
		"":                               false,
	} {
		if BusinessScoped(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for name, c := range cases {
		f.Add("application/json", encoded(f, whole(f, name, c.smallest.body)))
	}
	f.Add("", []byte(`{"messaging_product":"whatsapp","status":"read","message_id":"m"}`))
	f.Add("application/x-www-form-urlencoded", []byte(`messaging_product=whatsapp&to=1&text={"body":"hi"}`))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n1\r\n--b--\r\n"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		m, refused := Rules{}.Parse(contentType, body)
		if (m == nil) == (refused == nil) {
			t.Fatalf("both %+v and %v", m, refused)
		}
		if refused != nil {
			return
		}
		if !json.Valid(m.Body) {
			t.Fatalf("the body is no JSON: %q", m.Body)
		}
		again, refused := Rules{}.Parse("application/json", m.Body)
		if refused != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("first %+v, then %+v, %v", m, again, refused)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"text", "interactive.button", "template"} {
		b.Run(name, func(b *testing.B) {
			body := encoded(b, whole(b, name, cases[name].smallest.body))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Rules{}).Parse("application/json", body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
