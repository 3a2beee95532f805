package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// headings returns the anchors of a document, as GitHub makes them.
func headings(text string) (anchors []string) {
	text = fence.ReplaceAllString(text, "")
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchor := regexp.MustCompile(`[^\pL\pN _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors = append(anchors, strings.ReplaceAll(anchor, " ", "-"))
	}
	return anchors
}

// TestDocsLinks wants what the documents link to, and the files that they name, to
// be there.
func TestDocsLinks(t *testing.T) {
	pages := documents(t)
	link := regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]+))?\)`)
	named := regexp.MustCompile("`((?:[\\w.-]+/)+[\\w.-]*)`")
	for file, text := range pages {
		text = fence.ReplaceAllString(text, "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, anchor := m[1], m[2]
			if strings.Contains(target, "://") {
				continue
			}
			page := file
			if target != "" {
				page = filepath.ToSlash(filepath.Join(filepath.Dir(file), target))
			}
			if _, err := os.Stat(filepath.Join("..", page)); err != nil {
				t.Errorf("%s links to %s: %v", file, target, err)
			} else if anchor != "" && !slices.Contains(headings(pages[page]), anchor) {
				t.Errorf("%s links to %s#%s: want one of %q", file, page, anchor, headings(pages[page]))
			}
		}
		if file == "CHANGELOG.md" {
			continue // it names files that are no more
		}
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			first, _, _ := strings.Cut(m[1], "/")
			if !slices.Contains([]string{"bot", "fakewa", "sim", "features", "examples", "cmd", "docs", ".ci"}, first) {
				continue // the path of a URL, or a folder of the reader's
			}
			if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Errorf("%s names %s: %v", file, m[1], err)
			}
		}
	}
}

// TestDocsNames wants the exported names that the documents mention, like sim.World
// or Server.Wait, to be in the code.
func TestDocsNames(t *testing.T) {
	folders := map[string]string{
		"sim": "sim", "fakewa": "fakewa", "bot": "bot", "expiry": "bot/expiry", "report": "fakewa/report", "control": "fakewa/control", "features": "features", "flow": "fakewa/flow", "flows": "sim/flows", "cli": "sim/cli", "trace": "sim/trace", "people": "sim/people", "dialogue": "sim/dialogue", "model": "sim/model", "steps": "sim/steps", "web": "sim/web",
		"World": "sim", "Env": "sim", "Workload": "sim", "Property": "sim", "Report": "sim", "Server": "fakewa", "Config": "bot",
	}
	others := []string{"context", "time", "http", "testing", "synctest", "PubSub"}
	mention := regexp.MustCompile("`(\\w+)\\.([A-Z]\\w*)(?:\\.([A-Z]\\w*))?`")
	for file, text := range documents(t) {
		if file == "CHANGELOG.md" {
			continue // it mentions names that are no more
		}
		for _, m := range mention.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			folder, known := folders[m[1]]
			if slices.Contains(others, m[1]) {
				continue
			} else if !known {
				t.Errorf("%s mentions %s: of which package?", file, m[0])
				continue
			}
			source := source(t, folder)
			for _, name := range m[2:] {
				if name != "" && !regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type |var |const |\t(?:\w+, )*)`+name+`\b`).MatchString(source) {
					t.Errorf("%s mentions %s: there is no %s in %s", file, m[0], name, folder)
				}
			}
		}
	}
}

// source returns the Go code of a package, without its tests.
func source(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// TestDocsFlags wants the flags that the documents mention to be in the help of a
// command, and the environment variables to be in .env.example or in the code.
func TestDocsFlags(t *testing.T) {
	s := newSession(t)
	known := s.run("for c in bot fakewa sim 'sim test' 'sim explore' 'sim replay'; do $c -help 2>&1; done")
	variables := s.run("cat .env.example; grep -rhoE '[A-Z]+_[A-Z_]+' --include='*_test.go' --include='*.go' bot cmd sim")
	flag, variable := regexp.MustCompile("`(?:bot |sim |sim test |sim explore )?(-[a-z][a-z-]*)[` ]"), regexp.MustCompile("`([A-Z]+_[A-Z_]+)[`=]")
	for file, text := range documents(t) {
		if file == "CHANGELOG.md" || file == "CONTRIBUTING.md" || strings.HasPrefix(file, "bot/bench/") {
			continue // flags that are no more, and those of go test and of the benchmarks
		}
		text = fence.ReplaceAllString(text, "")
		for _, m := range flag.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^ +` + m[1] + `\b`).MatchString(known) {
				t.Errorf("%s mentions %s, which no command has", file, m[0])
			}
		}
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(variables, m[1]) && !slices.Contains([]string{"NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTPS_PROXY"}, m[1]) {
				t.Errorf("%s mentions %s, which nothing reads", file, m[1])
			}
		}
	}
}

// TestDocsVariables compares the table of docs/bot.md with .env.example.
func TestDocsVariables(t *testing.T) {
	env, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	page := documents(t)["docs/bot.md"]
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(env), -1) {
		standard := "–"
		if m[2] != "" {
			standard = "`" + m[2] + "`"
		}
		if row := fmt.Sprintf("| `%s` | %s | ", m[1], standard); !strings.Contains(page, row) {
			t.Errorf("docs/bot.md has no row %s", row)
		}
	}
}

// TestDocsGlossary wants the glossary to have ten terms, and the code to use each.
func TestDocsGlossary(t *testing.T) {
	var all strings.Builder
	for _, folder := range []string{"bot", "bot/expiry", "fakewa", "sim"} {
		all.WriteString(strings.ToLower(source(t, folder)))
	}
	_, glossary, _ := strings.Cut(documents(t)["docs/architecture.md"], "## Glossary")
	terms := regexp.MustCompile(`(?m)^\| ([a-z ]+) \|`).FindAllStringSubmatch(glossary, -1)[1:] // the first is the head
	if len(terms) != 10 {
		t.Errorf("the glossary has %d terms", len(terms))
	}
	for _, m := range terms {
		if !regexp.MustCompile(`\b` + m[1] + `s?\b|\b` + strings.TrimSuffix(m[1], "y") + `ies\b`).MatchString(all.String()) {
			t.Errorf("the code does not use %q", m[1])
		}
	}
}
