package sim_test

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestPackageCommentIsTheExample looks for the lines of code in the package comment
// in Example, which runs them.
func TestPackageCommentIsTheExample(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "sim.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for line := range strings.Lines(file.Doc.Text()) {
		if strings.HasPrefix(line, "\t") {
			code.WriteString(line)
		}
	}
	if n := strings.Count(code.String(), "\n"); n < 5 || !strings.Contains(string(example), "func Example() {\n"+code.String()) {
		t.Errorf("%d lines, which Example does not begin with:\n%s", n, code.String())
	}
}
