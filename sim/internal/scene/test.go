package scene

import (
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
	"unicode"
)

// Test returns the talk so far as a Go test, in a world of the seed and with so many replicas.
// The reader puts a factory in the place of newBot.
func (s *Scene) Test(title string, seed uint64, replicas int) (string, error) {
	s.Listen()
	names := s.names()
	var body strings.Builder
	refused := false
	for _, step := range s.steps {
		code := named(step.code, names)
		switch {
		case code == "":
		case strings.HasPrefix(code, "//"), strings.HasPrefix(code, "receives("):
			fmt.Fprintln(&body, code)
		case step.refused != "":
			refused = true
			fmt.Fprintf(&body, "refused(%s, %s)\n", step.refused, code)
		default:
			fmt.Fprintf(&body, "done(%s)%s\n", code, step.about)
		}
	}
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	imports := []string{"slices", "testing", "time", "", "wappasim/sim"}
	if refused {
		imports = append([]string{"errors"}, imports...)
	}
	for _, path := range []string{"wappasim/fakewa", "wappasim/sim/people"} {
		if uses(body.String(), path[strings.LastIndex(path, "/")+1:]) {
			imports = append(imports, path)
		}
	}
	for _, path := range imports {
		if path == "" {
			b.WriteString("\n")
			continue
		}
		fmt.Fprintf(&b, "%q\n", path)
	}
	fmt.Fprintf(&b, ")\n\n// Test%s plays a talk again. Put your factory in the place of newBot.\nfunc Test%[1]s(t *testing.T) {\n", identifier(title))
	at := s.began
	fmt.Fprintf(&b, "w, err := sim.New(newBot, sim.Test(t), sim.Seed(%d), sim.Replicas(%d), sim.Start(time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)))\n", seed, replicas,
		at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond())
	b.WriteString(given)
	if refused {
		b.WriteString(wantsRefusal)
	}
	for _, who := range s.people {
		fmt.Fprintf(&b, "w.Number(%q) // numbers go by the first use of names\n", who)
	}
	b.WriteString(body.String() + "}\n")
	code, err := format.Source([]byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("write the talk as a Go test: %w", err)
	}
	return string(code), nil
}

const given = `if err != nil {
	t.Fatal(err)
}
done := func(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
heard := make(map[string]int)
receives := func(who string, want ...string) {
	t.Helper()
	inbox := w.Inbox(who)
	var got []string
	for _, m := range inbox[heard[who]:] {
		got = append(got, m.String())
	}
	heard[who] = len(inbox)
	if !slices.Equal(got, want) {
		t.Errorf("%s receives %q, want %q", who, got, want)
	}
}

`

const wantsRefusal = `refused := func(status int, err error) {
	t.Helper()
	if refusal, ok := errors.AsType[*sim.Refused](err); !ok || refusal.Answer.Status != status {
		t.Errorf("got %v, want that the webhook is answered %d", err, status)
	}
}

`

// uses tells whether code has something of a package: texts in it may look so.
func uses(code, name string) bool {
	var tokens scanner.Scanner
	tokens.Init(token.NewFileSet().AddFile("", -1, len(code)), []byte(code), nil, 0)
	for before := ""; ; {
		_, kind, text := tokens.Scan()
		switch {
		case kind == token.PERIOD && before == name:
			return true
		case kind == token.EOF:
			return false
		}
		before = ""
		if kind == token.IDENT {
			before = text
		}
	}
}

// identifier makes a name in Go of a title.
func identifier(title string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		b.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	return b.String()
}

// goList writes texts as arguments in Go.
func goList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	return strings.Join(quoted, ", ")
}
