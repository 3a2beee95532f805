package bot_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDashboard wants the dashboard to ask for metrics that the bot has.
func TestDashboard(t *testing.T) {
	dashboard, err := os.ReadFile("grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`wappa_(\w+)`).FindAllStringSubmatch(string(dashboard), -1)
	if len(names) < 10 {
		t.Errorf("the dashboard asks for %q", names)
	}
	ofHistogram := regexp.MustCompile(`_(bucket|count|sum)$`)
	for _, name := range names {
		family := ofHistogram.ReplaceAllString(name[1], "")
		if !strings.Contains(string(source), `"`+family+`"`) && !strings.Contains(string(source), `"wappa_`+family+`"`) {
			t.Errorf("there is no metric %s", name[0])
		}
	}
}
