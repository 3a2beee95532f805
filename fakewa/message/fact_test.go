package message

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/messages.md")

// factsOf returns what the parser demands of bodies.
func factsOf(t *testing.T, bodies ...j) []*fact {
	t.Helper()
	noted := &facts{byPath: make(map[string]*fact)}
	for _, body := range bodies {
		p := &parsing{message: &Message{}, facts: noted}
		if _, refused := p.parse(copied(t, body)); refused != nil {
			t.Fatal(refused)
		}
	}
	return noted.all
}

// concrete returns a path of a body that a fact is about, or "" if the body has none.
func concrete(t *testing.T, body j, path string) string {
	t.Helper()
	pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(path), `\[\]`, `\[\d+\]`) + "$")
	var found []string
	for _, object := range objectsOf("", body) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		if at := strings.TrimPrefix(object+"."+name, "."); pattern.MatchString(at) && fieldOf(body, at) {
			found = append(found, at)
		}
	}
	if found == nil {
		return ""
	}
	return slices.Min(found)
}

func fieldOf(body j, field string) bool {
	var at any = body
	for _, step := range strings.Split(strings.ReplaceAll(field, "[", ".["), ".") {
		switch value := at.(type) {
		case j:
			at = value[step]
		case a:
			var i int
			if _, err := fmt.Sscanf(step, "[%d]", &i); err != nil || i >= len(value) {
				return false
			}
			at = value[i]
		}
	}
	return at != nil
}

// wrongs are values that a field must not have, by what is wrong.
func (f *fact) wrongs() map[string]any {
	wrong := map[string]any{"another JSON type": map[string]any{
		"a string": 1, "a number": a{}, "a boolean": "yes", "an object": "x", "an array": j{},
	}[f.kind]}
	if f.required && !f.optional {
		wrong["missing"], wrong["null"] = gone{}, nil
	}
	switch {
	case f.values != nil:
		wrong["another value"], wrong["nothing"] = "speling", ""
	case f.kind == "a string" && f.max != unlimited:
		wrong["one over"] = strings.Repeat("x", f.max+1)
	case f.kind == "an array" && f.max != unlimited:
		wrong["one over"] = times(f.max+1, func(int) any { return j{} })
	}
	if f.values == nil && f.min == 1 {
		wrong["one under"] = map[string]any{"a string": "", "an array": a{}}[f.kind]
	}
	return wrong
}

// TestFacts refuses each field of each type when it is missing, of another JSON type, too
// long or too short by one, or none of its values. The fields are those for which the
// parser asks; what the answer must be is in answers.
func TestFacts(t *testing.T) {
	tested := 0
	for name := range cases {
		body := whole(t, name, cases[name].largest.body)
		for _, f := range factsOf(t, body) {
			at := concrete(t, body, f.path)
			if at == "" {
				continue // an optional field that the body has not
			}
			for what, value := range f.wrongs() {
				tested++
				_, refused := Rules{}.Parse("", encoded(t, with(t, body, at, value)))
				if refused == nil {
					t.Errorf("%s: %s: %s is accepted", name, at, what)
					continue
				}
				field, why, _ := strings.Cut(refused.Reason(), " ")
				if what != "one over" && field != at {
					t.Errorf("%s: %s: %s: got %v", name, at, what, refused)
				}
				answerTo(field, why).check(t, name+", "+at+", "+what, refused, refused.Reason())
			}
		}
	}
	if tested < 900 {
		t.Errorf("only %d values", tested)
	}
}

// TestDocumentation compares docs/messages.md with what the parser demands.
func TestDocumentation(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(`# What a message may have

This page is written by ` + "`go test ./fakewa/message -update`" + `, from the parser.

- A field that is not here is refused with 100: ` + "`(#100) Unexpected key \"…\" on param \"…\".`" + ` A field that is null counts as missing. Values of enums may be in upper case [?].
- The column of lengths has characters of a text, or items of an array. Characters are UTF-16 units, of which an emoji has two; with the flag ` + "`-code-points`" + ` they are code points. One over a limit, and one under, is refused.
- The last columns have the codes of refusals, when a field is missing, of another JSON type or value, or of a wrong length, and who saw such a refusal in production; the list of sources is at the end. [?] is inferred: most lengths of interactive messages, and all numbers of items but that of buttons.
- Code 100 is for the shape, and comes before all others. The fake's own reason is in the header ` + "`X-Fakewa-Reason`" + `.
`)
	sources := &sources{}
	common := whole(t, "text", j{"text": j{"body": "hi"}, "recipient_type": "individual", "context": j{"message_id": "wamid.A"}})
	read := j{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A", "typing_indicator": j{"type": "text"}}
	sources.table(&b, "every message", factsOf(t, common), func(f *fact) bool { return !strings.HasPrefix(f.path, "text") && f.path != "status" })
	sources.table(&b, "mark as read", factsOf(t, read), func(*fact) bool { return true })
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		typ, _, _ := strings.Cut(name, ".")
		bodies := []j{whole(t, name, cases[name].largest.body), whole(t, name, cases[name].smallest.body)}
		for _, body := range alsoDocumented[name] {
			bodies = append(bodies, whole(t, name, body))
		}
		noted := factsOf(t, bodies...)
		sources.table(&b, name, noted, func(f *fact) bool { return strings.HasPrefix(f.path, typ) })
	}
	b.WriteString("\n## Sources\n\n")
	for i, source := range *sources {
		fmt.Fprintf(&b, "%d. %s\n", i+1, source)
	}
	const file = "../../docs/messages.md"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not what the parser demands (%v): go test ./fakewa/message -update", file, err)
	}
}

// alsoDocumented are bodies that have what the smallest and the largest have not.
var alsoDocumented = map[string][]j{
	"interactive.carousel": {
		small(j{"cards": times(2, productCard)}),
		small(j{"cards": a{
			j{"card_index": 0, "header": j{"type": "image", "image": j{"id": "1"}}, "action": j{"name": "cta_url", "parameters": j{"display_text": "t", "url": link}}},
			j{"card_index": 1, "header": j{"type": "video", "video": j{"link": link}}, "action": j{"name": "cta_url", "parameters": j{"display_text": "t", "url": link}}},
		}}),
	},
}

// sources are those of the page, in the order in which it needs them.
type sources []string

// number returns the number of a source, or [?].
func (s *sources) number(source string) string {
	if source == "[?]" {
		return source
	}
	i := slices.Index(*s, source)
	if i < 0 {
		i, *s = len(*s), append(*s, source)
	}
	return fmt.Sprint(i + 1)
}

// table writes facts as a table.
func (s *sources) table(b *bytes.Buffer, name string, noted []*fact, wanted func(*fact) bool) {
	fmt.Fprintf(b, "\n## %s\n\n| field | | characters or items | values | refused with | sources |\n|---|---|---|---|---|---|\n", name)
	_, kind, _ := strings.Cut(name, ".")
	for _, f := range noted {
		if f.path == "interactive.type" {
			f.values = []string{kind}
		}
		if wanted(f) {
			b.WriteString(s.row(f))
		}
	}
}

// row writes a fact as a row of a table.
func (s *sources) row(f *fact) string {
	kind, codes, seen := strings.TrimPrefix(strings.TrimPrefix(f.kind, "an "), "a "), []string{}, []string{}
	add := func(why string) {
		says := answerTo(strings.ReplaceAll(f.path, "[]", "[0]"), why)
		if code := fmt.Sprint(says.code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
		if n := s.number(says.source); !slices.Contains(seen, n) {
			seen = append(seen, n)
		}
	}
	if f.required && !f.optional {
		kind += ", required"
		if !strings.HasPrefix(f.path, "template.components[].parameters[].") {
			add("is missing; it must be " + f.kind + ".")
		}
	}
	if f.kind == "" && f.barred {
		return fmt.Sprintf("| `%s` | not allowed |  |  | %d | [?] |\n", f.path, answerTo(f.path, "is set; it is not allowed here.").code)
	}
	if f.kind == "" { // one of two fields, id and link
		kind, f.kind = "string", "a string"
	}
	add("is null; it must be " + f.kind + ".")
	if f.values != nil {
		add(`is "x"; it must be "y".`)
	}
	size := ""
	if f.max != unlimited {
		size = fmt.Sprintf("%d to %d", f.min, f.max)
		add(fmt.Sprintf("has %d characters; %d are allowed.", f.max+1, f.max))
	} else if f.min > 0 {
		size = fmt.Sprintf("%d or more", f.min)
		add("is empty; it must have at least 1 character.")
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |\n", f.path, kind, size, strings.Join(f.values, ", "), strings.Join(codes, ", "), strings.Join(seen, ", "))
}
