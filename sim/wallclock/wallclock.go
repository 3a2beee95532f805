// Package wallclock finds where a bot asks the package time what time it is. Such code
// does not notice that a replica's clock jumps: only [sim.Env]'s Clock does.
//
//	wallclock.Refuse(t, ".", wallclock.Reads, nil)
//
// in a test of the module reads the source of all its packages but the tests, and fails
// with the file and line of each use. What it does not see: libraries, which are other
// modules; a time that came from outside, such as a file's; a function that is reached by
// reflection or linkname. Files are read whatever their build tags say.
package wallclock

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Reads are the functions that tell the wall clock's time, or compare it with another.
var Reads = []string{
	"time.Now", "time.Since", "time.Until", "context.WithDeadline", "context.WithDeadlineCause",
	"github.com/benbjohnson/clock.New",
}

// Waits are functions whose timers are the machine's. They are right when a clock jumps,
// which moves no timer, and wrong for a bot whose tests move a mock clock.
var Waits = []string{
	"time.Sleep", "time.After", "time.AfterFunc", "time.Tick", "time.NewTimer", "time.NewTicker",
	"context.WithTimeout", "context.WithTimeoutCause",
}

// Use is where a function is called, or taken as a value.
type Use struct {
	token.Position        // the file is relative to the folder that was searched
	Function       string // as it was asked for
	In             string // the function, method or variable that uses it, as in "Bot.Run"
}

// String writes a use as the compiler would: file, line and column, and what is there.
func (u Use) String() string { return fmt.Sprintf("%s: %s in %s", u.Position, u.Function, u.In) }

// Uses returns where the Go files of a folder, and of the folders in it, use functions,
// which are an import path and a name. It leaves out tests, other modules, and folders that
// the go command leaves out. A file that it cannot read is an error.
func Uses(folder string, functions []string) (uses []Use, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if path != folder && foreign(path) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		for _, u := range usesIn(files, file, functions) {
			u.Filename = filepath.ToSlash(name)
			uses = append(uses, u)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("wallclock: read the Go files of %s: %w", folder, err)
	}
	return uses, nil
}

// foreign tells whether a folder is not part of the packages around it.
func foreign(folder string) bool {
	base := filepath.Base(folder)
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil || base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_'
}

// usesIn returns the uses in a file.
func usesIn(files *token.FileSet, file *ast.File, functions []string) (uses []Use) {
	imported := imports(file)
	for _, decl := range file.Decls {
		selected := make(map[*ast.Ident]bool) // what stands after a dot
		ast.Inspect(decl, func(n ast.Node) bool {
			function := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				selected[n.Sel] = true
				if pkg, ok := n.X.(*ast.Ident); ok && pkg.Obj == nil { // else a variable of that name
					function = imported[pkg.Name] + "." + n.Sel.Name
				}
			case *ast.Ident:
				if n.Obj == nil && !selected[n] {
					function = imported["."] + "." + n.Name
				}
			}
			if slices.Contains(functions, function) {
				uses = append(uses, Use{files.Position(n.Pos()), function, declared(decl)})
			}
			return true
		})
	}
	return uses
}

// imports returns the import path of each name by which a file calls a package.
func imports(file *ast.File) map[string]string {
	paths := make(map[string]string)
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has seen that it is a string
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = path
	}
	return paths
}

// declared names a declaration, a method with its type.
func declared(decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		receiver := d.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if generic, ok := receiver.(*ast.IndexExpr); ok {
			receiver = generic.X
		}
		return fmt.Sprintf("%s.%s", receiver, d.Name.Name)
	case *ast.GenDecl:
		if v, ok := d.Specs[0].(*ast.ValueSpec); ok {
			return v.Names[0].Name
		}
	}
	return "a declaration"
}

// Refuse fails a test for each use of functions in a folder, as [Uses] finds them, but in
// the functions, methods or variables that are allowed, each with the reason why: for
// example, a duration that is measured for a log. An allowed one that uses none fails too.
func Refuse(t testing.TB, folder string, functions []string, allowed map[string]string) {
	t.Helper()
	uses, err := Uses(folder, functions)
	if err != nil {
		t.Fatal(err)
	}
	left := maps.Clone(allowed)
	for _, u := range uses {
		if _, ok := allowed[u.In]; !ok {
			t.Errorf("%s: want the bot's own clock, which in a world is the Clock of sim.Env", u)
		}
		delete(left, u.In)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%s is allowed to use the wall clock, because %s, and does not", name, left[name])
	}
}
