package story

import (
	"encoding/json"
	"fmt"
	"go/format"
	"io"
	"reflect"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/people"
)

// test writes the Go test that fails as the story does.
func (s Story) test(w io.Writer) error {
	var steps strings.Builder
	uses := map[string]bool{"testing": true, "wappasim/sim": true}
	for _, step := range s.Steps {
		if step.Who == "" {
			fmt.Fprintf(&steps, "{At: %s, Fault: %s},\n", goDuration(step.At), step.Code)
			continue
		}
		uses["wappasim/sim/people"] = true
		act := goAct(step.Act)
		uses["wappasim/fakewa"] = uses["wappasim/fakewa"] || strings.Contains(act, "fakewa.Content{")
		fmt.Fprintf(&steps, "{At: %s, Who: %q, Act: %s},\n", goDuration(step.At), step.Who, act)
	}
	workload := fmt.Sprintf("sim.Workload{Users: %d, Replicas: %d, Latency: %s, Settle: %s}", len(s.People), s.Replicas, goDuration(s.Latency), goDuration(s.Settle))
	properties := ""
	if s.Properties != "" {
		properties = ", " + s.Properties
	}
	about := fmt.Sprintf("TestSeed%d breaks the property that %s:\n%s\n", s.Seed, s.Property, s.Why)
	if s.Unknown != "" {
		about += s.Unknown + "\n"
	}
	if s.Options {
		about += "The workload had options of its own: add them to this one.\n"
	}
	body := fmt.Sprintf(`%sfunc TestSeed%d(t *testing.T) {
workload := %s
err := sim.Play(%s, %d, []sim.Step{
%s{At: %s, Fault: sim.Fault{Kind: sim.Heal}},
}, workload%s)
if err != nil {
t.Error(err)
}
}
`, comment("//", about), s.Seed, workload, s.Factory, s.Seed, steps.String(), goDuration(s.Until), properties)
	uses["time"] = strings.Contains(body, "*time.Second") || strings.Contains(body, "*time.Millisecond")
	var imports strings.Builder
	for _, group := range [][]string{{"testing", "time"}, {"wappasim/fakewa", "wappasim/sim", "wappasim/sim/people"}} {
		for _, path := range group {
			if uses[path] {
				fmt.Fprintf(&imports, "%q\n", path)
			}
		}
		imports.WriteString("\n")
	}
	code, err := format.Source([]byte(fmt.Sprintf("package %s\n\nimport (\n%s)\n\n%s", s.Package, strings.TrimSpace(imports.String())+"\n", body)))
	if err != nil {
		return err
	}
	_, err = w.Write(code)
	return err
}

// goAct writes an act as its constructor, if it has one.
func goAct(a people.Act) string {
	switch a.Kind {
	case people.Sends:
		if body, ok := a.Content["text"].(map[string]any); ok && encoded(a.Content) == encoded(fakewa.Text(fmt.Sprint(body["body"]))) {
			return fmt.Sprintf("people.Say(%q)", body["body"])
		}
		return fmt.Sprintf("people.Send(%s)", Content(a.Content))
	case people.Reacts:
		return fmt.Sprintf("people.React(%q)", a.Emoji)
	case people.Edits:
		return fmt.Sprintf("people.Edit(%q, %q)", a.Of, a.Words)
	case people.Deletes:
		return fmt.Sprintf("people.Delete(%q)", a.Of)
	case people.Reads:
		return "people.Read()"
	case people.Blocks:
		return "people.Block()"
	case people.Unblocks:
		return "people.Unblock()"
	}
	return Literal(a)
}

// Content writes a message in Go.
func Content(c fakewa.Content) string {
	var plain map[string]any
	_ = json.Unmarshal([]byte(encoded(c)), &plain) // what was encoded can be decoded
	return strings.ReplaceAll(fmt.Sprintf("%#v", fakewa.Content(plain)), "interface {}", "any")
}

// Literal writes a struct in Go, with those of its fields that are set: texts, numbers,
// times and structs.
func Literal(v any) string {
	value := reflect.ValueOf(v)
	var fields []string
	for i := range value.NumField() {
		field := value.Field(i)
		if field.IsZero() {
			continue
		}
		code := fmt.Sprintf("%#v", field.Interface())
		switch f := field.Interface().(type) {
		case time.Duration:
			code = goDuration(f)
		default:
			if field.Kind() == reflect.Struct {
				code = Literal(f)
			}
		}
		fields = append(fields, value.Type().Field(i).Name+": "+code)
	}
	return value.Type().String() + "{" + strings.Join(fields, ", ") + "}"
}

// goDuration writes a time in Go.
func goDuration(d time.Duration) string {
	seconds, rest := d/time.Second, d%time.Second
	switch {
	case seconds == 0 && rest%time.Millisecond == 0 && rest > 0:
		return fmt.Sprintf("%d*time.Millisecond", rest/time.Millisecond)
	case seconds == 0:
		return fmt.Sprintf("%d", rest)
	case rest == 0:
		return fmt.Sprintf("%d*time.Second", seconds)
	}
	return fmt.Sprintf("%d*time.Second%+d", seconds, rest)
}
