package bot_test

import (
	"os/exec"
	"regexp"
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
