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
		"./fakewa/...": `\.|^wappasim/(bot|sim|features|cmd)`,        // the standard library only
		"./sim/...":    `^wappasim/(bot|features|cmd)|^modernc\.org`, // SQLite is for tests
		"./sim":        `godog`,
		"./sim/chat":   `godog`,
		"./bot/...":    `^wappasim/(sim|fakewa|features|cmd)`,
	} {
		list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg)
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
