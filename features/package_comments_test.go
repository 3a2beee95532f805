package features_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commented are the packages with code in their comment. Add a package here once its
// comment has code.
var commented = []string{
	"bot", "bot/expiry", "fakewa", "fakewa/control", "fakewa/graph", "fakewa/message", "fakewa/report", "fakewa/template",
}

// TestCodeInPackageCommentsCompiles looks for each line of code of a package comment in
// the examples and tests of the package.
func TestCodeInPackageCommentsCompiles(t *testing.T) {
	for _, name := range commented {
		t.Run(name, func(t *testing.T) {
			code := commentCode(t, filepath.Join("..", name))
			if len(code) == 0 {
				t.Error("the package comment has no code")
			}
			tests := testLines(t, filepath.Join("..", name))
			for _, line := range code {
				if !tests[line] {
					t.Errorf("no example or test has the line %q of the package comment", line)
				}
			}
		})
	}
}

// commentCode returns the indented lines of the package comment in a folder.
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
		for line := range strings.Lines(file.Doc.Text()) {
			if text := codeOf(line); strings.HasPrefix(line, "\t") && text != "" && !strings.Contains(text, "…") {
				code = append(code, text)
			}
		}
	}
	return code
}

// testLines returns the lines of the test files in a folder.
func testLines(t *testing.T, folder string) map[string]bool {
	t.Helper()
	lines := make(map[string]bool)
	for _, path := range goFiles(t, folder) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			lines[codeOf(line)] = true
		}
	}
	return lines
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
