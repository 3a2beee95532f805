package dialogue_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"wappasim/sim/dialogue"
)

// hostile has everything in it that could end a label too early.
func hostile(s *script) {
	s.says(ana, "say \"hi\" <b>|</b> \\ end; ]} ")
	s.menu(ana, "\"Quoted\" <b> & \\ `code` #35; $x$ {a} (b) ]\n- a list\ttab\n3. *bold* _it_\n[1] A\"]  [2] --> B")
	s.taps(ana, "A\"]")
	s.wait(time.Hour)
	s.bot(ana, strings.Repeat("a long line ", 20)+strings.Repeat("\nline", 20))
}

func TestWriteGraphviz(t *testing.T) {
	var b strings.Builder
	if err := mapOf(t, hostile).WriteGraphviz(&b); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	const (
		quoted = `"(?:[^"\\\n]|\\.)*"`
		node   = `\tn\d+ \[label=` + quoted + `(?:, (?:shape=ellipse|style="rounded,dashed"))?\];\n`
		edge   = `\tn\d+ -> n\d+ \[label=` + quoted + `(?:, color=red)?\];\n`
	)
	if !regexp.MustCompile(`^digraph dialogue \{\n\tnode \[shape=box, style=rounded\];\n(?:` + node + `){4}(?:` + edge + `){3}\}\n$`).MatchString(got) {
		t.Errorf("this is not balanced:\n%s", got)
	}
	for _, want := range []string{`label="\"Quoted\" <b> & \\ `, `\n[1] A\"]  [2] --> B\n×1"`, `[label="[tap A\"]] ×1", color=red]`, `\n…\n×1"`, "a long line…"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in\n%s", want, got)
		}
	}
}

func TestWriteMermaid(t *testing.T) {
	var b strings.Builder
	if err := mapOf(t, hostile).WriteMermaid(&b); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	const (
		quoted = `"[^"\n]*"`
		node   = `\tn\d+(?:\(\[` + quoted + `\]\)|\[` + quoted + `\](?::::once)?)\n`
		edge   = `\tn\d+ (?:-->|==>)\|` + quoted + `\| n\d+\n`
	)
	if !regexp.MustCompile(`^flowchart TD\n\tclassDef once stroke-dasharray:4\n(?:` + node + `){4}(?:` + edge + `){3}$`).MatchString(got) {
		t.Errorf("this is not balanced:\n%s", got)
	}
	for _, want := range []string{`#34;Quoted#34; #60;b#62; #38; #92; #96;code#96;`, `<br>#45; a list tab<br>#60;number#62;. #42;bold#42;`, `==>|"[tap A#34;]] ×1"|`} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in\n%s", want, got)
		}
	}
	if bad := regexp.MustCompile("[<>`\\\\]").FindString(strings.NewReplacer("<br>", "", "-->", "", "==>", "").Replace(got)); bad != "" {
		t.Errorf("%q is not escaped in\n%s", bad, got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteSaysWhatFailed(t *testing.T) {
	var m dialogue.Map
	for name, err := range map[string]error{"dot": m.WriteGraphviz(broken{}), "mermaid": m.WriteMermaid(broken{})} {
		if err == nil || err.Error() != "dialogue: write the map: the disk is full" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
