package features_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cucumber/godog"
)

const (
	moverFile = "../sim/internal/fakeredis/time.go"
	mover     = "moveTime" // the only function that moves Redis' time

	// playVariable has TestRedisTimeHasOneMover play the feature files that it names
	// and write its report to the standard output.
	playVariable = "WAPPASIM_PLAY"
)

// TestRedisTimeHasOneMover empties the body of the function that moves Redis'
// time, and then wants each scenario to fail in which a history comes after a
// wait; with the body, all pass. So nothing else moves any part of that time.
func TestRedisTimeHasOneMover(t *testing.T) {
	if paths := os.Getenv(playVariable); paths != "" {
		if _, err := os.Stdout.Write(play(strings.Fields(paths))); err != nil {
			t.Fatal(err)
		}
		return
	}
	paths := []string{"timer.feature"}
	if os.Getenv("WAPPASIM_TESTS") == "full" {
		paths = []string{"."}
	} else {
		t.Log("only the scenarios of timer.feature; WAPPASIM_TESTS=full adds those of all other features")
	}
	standing := playWithout(t, mover, paths)
	moving := scenarios(t, play(paths))
	waiting := 0
	for name, scenario := range moving {
		if status, step := scenario.outcome(); status != "passed" {
			t.Errorf("%s: with the function: %q %s", name, step, status)
		}
		if !scenario.waitsForHistory() {
			continue
		}
		waiting++
		if status, step := standing[name].outcome(); status != "failed" || !strings.Contains(step, " receives") {
			t.Errorf("%s: without the function: %q %s; want that something is not received", name, step, status)
		}
	}
	t.Logf("%d of %d scenarios wait for a history", waiting, len(moving))
	if waiting < 5 {
		t.Error("too few to tell")
	}
}

// play plays the scenarios in a world and returns godog's report in Cucumber's JSON.
func play(paths []string) []byte {
	var report bytes.Buffer
	godog.TestSuite{
		ScenarioInitializer: InitializeScenario,
		Options:             &godog.Options{Format: "cucumber", Output: &report, Paths: paths, Strict: true},
	}.Run() // the report says what failed
	return report.Bytes()
}

// playWithout plays the scenarios in a process of its own, built from sources in
// which the function does nothing.
func playWithout(t *testing.T, function string, paths []string) map[string]scenario {
	t.Helper()
	file, err := filepath.Abs(moverFile)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	emptied, overlay, binary := filepath.Join(dir, "emptied.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "features.test")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: emptied}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{emptied: emptyFunction(t, source, function), overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", overlay, "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.run", "^"+t.Name()+"$")
	run.Env = append(os.Environ(), playVariable+"="+strings.Join(paths, " "))
	report, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return scenarios(t, report)
}

// emptyFunction returns the source with nothing between the function's braces.
func emptyFunction(t *testing.T, source []byte, name string) []byte {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			from, to := files.Position(f.Body.Lbrace).Offset+1, files.Position(f.Body.Rbrace).Offset
			return append(append(bytes.Clone(source[:from]), '\n'), source[to:]...)
		}
	}
	t.Fatalf("there is no function %s in %s", name, moverFile)
	return nil
}

// scenario is one in godog's report.
type scenario struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Line  int    `json:"line"`
	Steps []struct {
		Name   string                     `json:"name"`
		Doc    struct{ Value string }     `json:"doc_string"`
		Rows   []struct{ Cells []string } `json:"rows"`
		Result struct{ Status string }    `json:"result"`
	} `json:"steps"`
}

// scenarios reads a report, which may be followed by go test's own words.
func scenarios(t *testing.T, report []byte) map[string]scenario {
	t.Helper()
	var features []struct {
		URI      string     `json:"uri"`
		Elements []scenario `json:"elements"`
	}
	if err := json.NewDecoder(bytes.NewReader(report)).Decode(&features); err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	all := make(map[string]scenario)
	for _, feature := range features {
		for _, s := range feature.Elements {
			all[feature.URI+" "+s.ID+" "+s.Name] = s
		}
	}
	return all
}

// outcome returns the status of the first step that did not pass, and the step.
func (s scenario) outcome() (status, step string) {
	for _, step := range s.Steps {
		if step.Result.Status != "passed" {
			return step.Result.Status, step.Name
		}
	}
	return "passed", ""
}

// waitsForHistory tells whether a history comes after time has passed.
func (s scenario) waitsForHistory() bool {
	waited := false
	for _, step := range s.Steps {
		words := step.Name + step.Doc.Value
		for _, row := range step.Rows {
			words += strings.Join(row.Cells, " ")
		}
		if waited && strings.Contains(words, "Message History") && !strings.Contains(step.Name, "without") {
			return true
		}
		waited = waited || strings.HasSuffix(step.Name, " pass") || strings.HasSuffix(step.Name, " passes") || strings.HasPrefix(step.Name, "time passes")
	}
	return false
}
