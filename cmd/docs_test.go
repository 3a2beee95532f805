package cmd_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a fenced code block of a document.
type block struct {
	file string // from the root
	line int
	kind string
	text string
}

// String says where the block is.
func (b block) String() string { return fmt.Sprintf("%s:%d: this %s block", b.file, b.line, b.kind) }

// documents returns the pages that are checked, from the root, each with its text.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := make(map[string]string)
	for _, pattern := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "bot/bench/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no document, %v", pattern, err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pages[strings.TrimPrefix(filepath.ToSlash(path), "../")] = string(text)
		}
	}
	return pages
}

var fence = regexp.MustCompile("(?ms)^```(\\S*)\n(.*?)^```$")

// blocks returns the blocks of a kind, document by document.
func blocks(t *testing.T, kind string) (found []block) {
	t.Helper()
	for file, text := range documents(t) {
		for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
			b := block{file, 1 + strings.Count(text[:m[0]], "\n"), text[m[2]:m[3]], text[m[4]:m[5]]}
			if kind == "" || b.kind == kind {
				found = append(found, b)
			}
		}
	}
	slices.SortFunc(found, func(a, b block) int {
		return strings.Compare(fmt.Sprintf("%s %9d", a.file, a.line), fmt.Sprintf("%s %9d", b.file, b.line))
	})
	if len(found) == 0 {
		t.Fatalf("the documents have no %s block", kind)
	}
	return found
}

// TestDocsHaveNoOtherBlocks wants every block to be of a kind that a test checks.
func TestDocsHaveNoOtherBlocks(t *testing.T) {
	checked := map[string]string{
		"console": "TestDocsSessions", "go.mod": "TestDocsSessions",
		"go": "TestDocsCode", "gherkin": "TestDocsCode",
		"yaml": "TestDocsSettings",
		"sh":   "TestDocsCommands",
	}
	for _, b := range blocks(t, "") {
		if checked[b.kind] == "" {
			t.Errorf("%s is checked by no test; known are %v", b, checked)
		}
	}
}

// TestDocsCode wants Go and Gherkin to stand, word for word, in files that are run:
// tests and the bot of docs/mybot, and features.
func TestDocsCode(t *testing.T) {
	for kind, of := range map[string]*regexp.Regexp{"go": regexp.MustCompile(`_test\.go$|docs/mybot/`), "gherkin": regexp.MustCompile(`\.feature$`)} {
		var all strings.Builder
		err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
			if err == nil && of.MatchString(filepath.ToSlash(path)) {
				var text []byte
				text, err = os.ReadFile(path)
				all.Write(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks(t, kind) {
			if !strings.Contains(all.String(), b.text) {
				t.Errorf("%s is in no file like %s:\n%s", b, of, b.text)
			}
		}
	}
}

// TestDocsSettings starts the fake with each YAML file. The address comes from the
// command line, which wins over the file; the fake prints it when it listens.
func TestDocsSettings(t *testing.T) {
	for _, b := range blocks(t, "yaml") {
		path := filepath.Join(t.TempDir(), "settings.yaml")
		if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := newSession(t).run("read -r said < <(fakewa -addr 127.0.0.1:0 -config " + path + " 2>&1); echo $said")
		if !regexp.MustCompile(`^127\.0\.0\.1:\d+$`).MatchString(got) {
			t.Errorf("%s: the fake says %q", b, got)
		}
	}
}

// inCI is the reason of lines that .ci/run has too, word for word.
const inCI = ".ci/run does"

// notRun are the lines of sh blocks that this test does not run, each with what does,
// or why nothing can.
var notRun = map[string]string{
	`go test ./...`:                                             "it would run this test",
	`WAPPASIM_TESTS=full go test ./...`:                         "it would run this test",
	`bash .ci/run`:                                              "it runs this test",
	`WAPPASIM_SEEDS=2000 go test ./examples/...`:                "it takes minutes; .ci/run plays 500 seeds",
	`go vet ./... && go tool staticcheck ./... && gofmt -l .`:   inCI,
	`go tool godog --strict`:                                    ".ci/run does, in both folders, with the same program",
	`(cd features && go tool godog run --strict .)`:             ".ci/run does, in both folders, with the same program",
	`go run ./cmd/sim`:                                          "it is a chat in a terminal; a session pipes one into it",
	`go test ./cmd -run '^TestSoak$' -v -timeout 20m -soak 10m`: "it takes 10 minutes; the full run has a shorter soak",
	`go test ./features -run '^$' -bench 'Empty|Scenario|Wait' -benchtime 20x -cpu 1`: inCI,
	`go test ./features -run '^$' -bench 'Explore' -benchtime 100x`:                   inCI,
	`bash features/compare.sh baf21ba`:                                                "it takes minutes, and CI may have no history",
	`go test ./fakewa -run '^$' -bench 'Empty|Send' -benchtime 5000x`:                 inCI,
	// In bot/bench, a module of its own:
	`go run .`:                    "it takes 25 minutes",
	`go run . -quick`:             ".ci/run does, with the same program built",
	`go run . -only rearm,memory`: "it takes minutes; with -quick all parts are run",
	`go run . -only lateness -users 10000 -many 0 -window 60s`: "it takes minutes; with -quick all parts are run",
	`go test .`: "its tests are run in its folder",
}

// TestDocsCommands runs the lines of sh blocks, each in a shell of its own, but those
// in notRun.
func TestDocsCommands(t *testing.T) {
	ci, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, b := range blocks(t, "sh") {
		for line := range strings.Lines(b.text) {
			command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
			if command = strings.TrimSpace(command); command == "" {
				continue
			}
			found[command] = true
			switch notRun[command] {
			case "":
				shell := exec.Command("bash", "-c", command)
				shell.Dir = ".."
				if out, err := shell.CombinedOutput(); err != nil {
					t.Errorf("%s: %s: %v\n%s", b, command, err, out)
				}
			case inCI:
				for part := range strings.SplitSeq(command, " && ") {
					if !strings.Contains(string(ci), part) {
						t.Errorf("%s: .ci/run does not have %q", b, part)
					}
				}
			}
		}
	}
	for command := range notRun {
		if !found[command] {
			t.Errorf("no document has %q, which notRun lists", command)
		}
	}
}
