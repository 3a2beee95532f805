package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
)

// TestScriptsNameWhatIsPrepended holds the first line of each script against what
// expiry.NewScript prepends.
func TestScriptsNameWhatIsPrepended(t *testing.T) {
	const shared = "expiry/lua/timer.lua"
	timer, err := os.ReadFile(shared)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range regexp.MustCompile(`(?m)^local function (\w+)`).FindAllStringSubmatch(string(timer), -1) {
		names = append(names, f[1])
	}
	want := "-- Prepended: " + shared + " (" + strings.Join(names, ", ") + ")."
	if len(names) == 0 || expiry.NewScript("return 1").Hash() == expiry.NewScript("").Hash() {
		t.Fatal("timer.lua has no functions, or NewScript drops the source")
	}
	scripts := 0
	for _, pattern := range []string{"lua/*.lua", "expiry/lua/*.lua"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(source), "\n")
			switch {
			case filepath.ToSlash(path) == shared:
				continue
			case first != want:
				t.Errorf("%s begins with %q, want %q", path, first, want)
			}
			if got, want := expiry.NewScript(string(source)).Hash(), redis.NewScript(string(timer)+string(source)).Hash(); got != want {
				t.Errorf("%s: NewScript does not prepend %s and nothing else", path, shared)
			}
			scripts++
		}
	}
	if scripts < 13 {
		t.Errorf("%d scripts were found, want at least 13", scripts)
	}
}
