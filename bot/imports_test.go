package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestProductionImports keeps test tools out of what runs in production.
func TestProductionImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "wappasim/bot", "wappasim/cmd/bot").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	never := regexp.MustCompile(`^testing(/|$)|miniredis|godog|httpmock|^wappasim/(sim|fakewa|features)(/|$)|redistest`)
	for pkg := range strings.FieldsSeq(string(out)) {
		if never.MatchString(pkg) {
			t.Errorf("the bot imports %s", pkg)
		}
	}
}

// TestTimeIsInjected keeps the wall clock out of the bot: all its time is Config.Clock.
func TestTimeIsInjected(t *testing.T) {
	never := []string{"Now", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Since", "Until"}
	neverContext := []string{"WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause"}
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil || entry.Name() == "redistest" {
				return fs.SkipDir
			}
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name, sel := "", selector.Sel.Name
			if id, ok := selector.X.(*ast.Ident); ok {
				name = id.Name
			}
			if name == "time" && slices.Contains(never, sel) || name == "context" && slices.Contains(neverContext, sel) {
				t.Errorf("%s uses %s.%s", set.Position(n.Pos()), name, sel)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 15 {
		t.Errorf("only %d files were looked at", files)
	}
}
