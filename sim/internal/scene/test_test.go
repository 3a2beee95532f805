package scene_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/sim"
	"wappasim/sim/internal/scene"
)

// mute is a bot that says nothing.
type mute struct{}

func (mute) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (mute) Run(ctx context.Context) error                { <-ctx.Done(); return nil }
func (mute) Close() error                                 { return nil }

// TestTextsAreNoCode has people say what looks like Go: it stands in the test as it was said,
// and brings nothing along that the test does not use.
func TestTextsAreNoCode(t *testing.T) {
	w, err := sim.New(func(sim.Env) (sim.App, error) { return mute{}, nil }, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	s := scene.New(w)
	s.Name("Ana")
	texts := []string{"a) // b", "see https://example.com // and fakewa.Text", "//", " // receives(", "people.Send, errors.As"}
	for _, text := range texts {
		who := s.Actor("Ana")
		if err := s.Act(scene.Says(who, text), fmt.Sprintf("w.Say(%q, %q)", who, text), func() error { return w.Say("Ana", text) }); err != nil {
			t.Fatal(err)
		}
		if err := w.Wait(90 * time.Second); err != nil {
			t.Fatal(err)
		}
	}
	code, err := s.Test("texts", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if want := fmt.Sprintf("done(w.Say(\"Ana\", %q))\n", text); !strings.Contains(code, want) {
			t.Errorf("%s is not in\n%s", want, code)
		}
	}
	if n := strings.Count(code, "done(w.Wait(90000000000)) // 1m30s\n"); n != len(texts) {
		t.Errorf("%d waits say how long they are:\n%s", n, code)
	}
	for _, name := range unused(t, code) {
		t.Errorf("%s is imported and not used", name)
	}
}

// TestWhatATestUsesIsImported has a step with a package.
func TestWhatATestUsesIsImported(t *testing.T) {
	w, err := sim.New(func(sim.Env) (sim.App, error) { return mute{}, nil }, sim.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	s := scene.New(w)
	for _, call := range []string{`w.Send(sim.Message{Content: fakewa.Text("x")})`, `w.Take(sim.Step{Act: people.Delete("x")})`} {
		if err := s.Act("something happens", call, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	code, err := s.Test("packages", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"wappasim/fakewa"`, `"wappasim/sim/people"`} {
		if !strings.Contains(code, want) {
			t.Errorf("%s is not imported:\n%s", want, code)
		}
	}
}

// unused returns what a file imports and does not use.
func unused(t *testing.T, code string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "talk_test.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		if of, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := of.X.(*ast.Ident); ok {
				used[name.Name] = true
			}
		}
		return true
	})
	for _, one := range file.Imports {
		full, err := strconv.Unquote(one.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if !used[path.Base(full)] {
			names = append(names, full)
		}
	}
	return names
}
