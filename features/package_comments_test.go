package features_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commented are the packages with code in their comment.
var commented = []string{
	"bot", "bot/expiry",
	"fakewa", "fakewa/bill", "fakewa/call", "fakewa/coexist", "fakewa/control", "fakewa/event", "fakewa/flow", "fakewa/graph", "fakewa/group", "fakewa/life", "fakewa/message", "fakewa/notice", "fakewa/page", "fakewa/page/parts", "fakewa/pricing", "fakewa/report",
	"fakewa/revision", "fakewa/template",
	"examples/internal/outbox", "examples/internal/sqlbox",
	"internal/sse",
	"sim", "sim/dialogue", "sim/duration", "sim/flows", "sim/model", "sim/people", "sim/recording", "sim/steps", "sim/storage", "sim/trace", "sim/wallclock", "sim/web",
}

// TestCodeInPackageCommentsCompiles looks for the code of a package comment in the
// examples and tests of the package. A line with … stands for any lines.
func TestCodeInPackageCommentsCompiles(t *testing.T) {
	for _, name := range commented {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("..", name)
			code := commentCode(t, folder)
			if len(code) == 0 {
				t.Error("the package comment has no code")
			}
			tests := testCode(t, folder)
			for _, lines := range code {
				if !strings.Contains(tests, lines) {
					t.Errorf("no example or test has these lines of the package comment:\n%s", lines)
				}
			}
		})
	}
}

// commentCode returns the indented lines of the package comment in a folder, divided
// where lines are left out.
func commentCode(t *testing.T, folder string) (code []string) {
	t.Helper()
	for _, path := range goFiles(t, folder) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		part := ""
		for line := range strings.Lines(file.Doc.Text() + "…") {
			if strings.Contains(line, "…") && part != "" {
				code = append(code, part)
				part = ""
			} else if text := codeOf(line); strings.HasPrefix(line, "\t") && text != "" {
				part += text + "\n"
			}
		}
	}
	return code
}

// testCode returns the code of the test files in a folder.
func testCode(t *testing.T, folder string) string {
	t.Helper()
	var code strings.Builder
	for _, path := range goFiles(t, folder) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if text := codeOf(line); text != "" {
				code.WriteString(text + "\n")
			}
		}
	}
	return code.String()
}

// codeOf returns a line without its indentation and the comment at its end.
func codeOf(line string) string {
	code, _, _ := strings.Cut(" "+strings.TrimSpace(line), " // ")
	return strings.TrimSpace(code)
}

func goFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no Go files: %v", folder, err)
	}
	return files
}
