package message

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// cases has a case for each type of Supported.
var cases = map[string]typeCase{
	"audio":                                audioCase,
	"contacts":                             contactsCase,
	"document":                             documentCase,
	"image":                                imageCase,
	"interactive.address_message":          actionUncheckedCase,
	"interactive.button":                   buttonCase,
	"interactive.call_permission_request":  actionUncheckedCase,
	"interactive.carousel":                 carouselCase,
	"interactive.catalog_message":          catalogMessageCase,
	"interactive.cta_url":                  ctaURLCase,
	"interactive.flow":                     flowCase,
	"interactive.list":                     listCase,
	"interactive.location_request_message": locationRequestCase,
	"interactive.order_details":            actionUncheckedCase,
	"interactive.order_status":             actionUncheckedCase,
	"interactive.product":                  productCase,
	"interactive.product_list":             productListCase,
	"interactive.request_contact_info":     contactInfoRequestCase,
	"interactive.voice_call":               actionUncheckedCase,
	"location":                             locationCase,
	"reaction":                             reactionCase,
	"sticker":                              stickerCase,
	"template":                             templateCase,
	"text":                                 textCase,
	"video":                                videoCase,
}

// typeCase is a type of message: its smallest body, its largest, at all limits, and edits
// of the largest that are refused.
type typeCase struct {
	smallest, largest given
	refusals          []refusal
	unchecked         bool // the parameters of its action may be anything
}

// given is a body without the fields that all bodies have, and the message that it is.
type given struct {
	body j
	want Message
}

type j = map[string]any

type a = []any

// refusal is a value of a field for which the body is refused.
type refusal struct {
	field string
	value any // gone: the field is left out
	code  int
	why   string // the details after the field's name
	names string // the field that the details name, if it is another field
}

type gone struct{}

// long returns a text of a number of UTF-16 units.
func long(units int) string { return "😀" + strings.Repeat("é", units-2) }

// numbered is long with a number at its beginning.
func numbered(n, units int) string {
	s := strconv.Itoa(n)
	return s + long(units-len(s))
}

// times returns one(0), one(1) and so on, n in all.
func times[T any](n int, one func(int) T) (all []T) {
	for i := range n {
		all = append(all, one(i))
	}
	return all
}

// whole returns a body with the fields that all bodies have, for a type of Supported.
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

// with returns a body with one field set, or left out.
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

// refused checks that an edit of a body is refused.
func refused(t *testing.T, name string, rules Rules, body j, r refusal) {
	t.Helper()
	field := r.field
	if r.names != "" {
		field = r.names
	}
	refusedAs(t, name+", "+r.field, rules, "application/json", encoded(t, with(t, body, r.field, r.value)), r.code, field+" "+r.why)
}

func refusedAs(t *testing.T, name string, rules Rules, contentType string, body []byte, code int, reason string) {
	t.Helper()
	m, err := rules.Parse(contentType, body)
	if err == nil {
		t.Errorf("%s: accepted %s; want %s", name, m.Body, reason)
		return
	}
	field, why, _ := strings.Cut(reason, " ")
	says := metaSays{code: 100, message: invalid, details: reason, source: "[?]"} // of a body as a whole
	if !strings.HasPrefix(reason, "The body ") {
		says = answerTo(field, why)
	}
	if m != nil || says.code != code {
		t.Errorf("%s: got a message (%v), or the table of answers has %d and not %d", name, m != nil, says.code, code)
	}
	says.check(t, name, err, reason)
}
