package features_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestImportsGoOneWay keeps the arrows of docs/architecture.md.
func TestImportsGoOneWay(t *testing.T) {
	for pkg, never := range map[string]string{
		"./fakewa/...":   `\.|^wappasim/(bot|sim|features|cmd|examples)`,        // the standard library only
		"./sim/...":      `^wappasim/(bot|features|cmd|examples)|^modernc\.org`, // SQLite is for tests
		"./sim":          `godog`,
		"./sim/chat":     `godog`,
		"./bot/...":      `^wappasim/(sim|fakewa|features|cmd|examples)`,
		"./examples/...": `^wappasim/(bot|features|cmd)`,
		// They run in production. A database's driver is for their main to choose.
		"./examples/menu/cmd/menubot ./examples/reminder ./examples/desk ./examples/notes ./examples/assistant ./examples/shop": `^wappasim/(sim|fakewa)|^modernc\.org`,
	} {
		list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}")
		list.Args = append(list.Args, strings.Fields(pkg)...)
		list.Dir = ".."
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if regexp.MustCompile(never).MatchString(dep) {
				t.Errorf("%s imports %s", pkg, dep)
			}
		}
	}
}
