package parts_test

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wappasim/fakewa/page/parts"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(parts.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNothingBecomesHTML reads the modules for what parses texts, or runs them.
func TestNothingBecomesHTML(t *testing.T) {
	parses := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\(|new Function|https?://`)
	for _, name := range parts.Modules {
		if found := parses.FindString(read(t, name)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// TestScriptHasEveryModuleOnce wants all modules, each after those that it imports, without a
// name that two of them have.
func TestScriptHasEveryModuleOnce(t *testing.T) {
	files, err := fs.Glob(parts.Files, "*.js")
	if err != nil {
		t.Fatal(err)
	}
	known := slices.Sorted(slices.Values(parts.Modules))
	if !slices.Equal(files, known) {
		t.Errorf("the modules are %q, and Modules are %q", files, known)
	}
	if sheets, _ := fs.Glob(parts.Files, "*.css"); len(sheets) != len(parts.Sheets) {
		t.Errorf("the style sheets are %q, and Sheets are %q", sheets, parts.Sheets)
	}
	imported := regexp.MustCompile(`(?m)^import .* from "\./(.*)";$`)
	names := make(map[string]string)
	for i, name := range parts.Modules {
		text := read(t, name)
		for _, m := range imported.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(parts.Modules[:i], m[1]) {
				t.Errorf("%s imports %s, which comes later", name, m[1])
			}
		}
		if strings.Count(text, "import ") != len(imported.FindAllString(text, -1)) {
			t.Errorf("%s has an import that is not one line", name)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:export )?(?:async )?(?:const|let|function|class) (\w+)`).FindAllStringSubmatch(text, -1) {
			if names[m[1]] != "" {
				t.Errorf("%s has the name %s, which %s has", name, m[1], names[m[1]])
			}
			names[m[1]] = name
		}
	}
	module := []byte("import { element } from \"./element.js\";\nexport const last = element;\n")
	script, err := parts.Script(module)
	if err != nil || regexp.MustCompile(`(?m)^(import|export) `).Match(script) || !strings.HasSuffix(string(script), "\nconst last = element;\n") {
		t.Errorf("the script ends with %q, %v", script[len(script)-60:], err)
	}
}

// inks are pairs of a colour for words and one that it stands on.
var inks = [][2]string{
	{"ink", "ground"}, {"ink", "surface"}, {"ink", "sunken"}, {"muted", "ground"}, {"muted", "surface"}, {"muted", "sunken"}, {"muted", "chat"}, {"accent", "surface"}, {"accent", "theirs"},
	{"on-accent", "accent"}, {"on-tint", "tint"}, {"on-mine", "mine"}, {"on-theirs", "theirs"}, {"muted", "theirs"}, {"read", "theirs"}, {"read", "mine"}, {"failed", "theirs"},
	{"fault", "fault-ground"}, {"ink", "fault-ground"}, {"failed", "failed-ground"}, {"ink", "failed-ground"}, {"failed-ground", "failed"}, {"failed", "ground"}, {"failed", "surface"},
	{"person", "surface"}, {"bot", "surface"}, {"redis", "surface"}, {"whatsapp", "surface"}, {"world", "surface"}, {"person", "sunken"}, {"bot", "sunken"}, {"redis", "sunken"}, {"whatsapp", "sunken"},
	{"person", "failed-ground"}, {"bot", "failed-ground"}, {"redis", "failed-ground"}, {"whatsapp", "failed-ground"}, {"world", "fault-ground"}, {"bot", "fault-ground"},
}

// TestColoursHaveContrast computes the contrast of words, 4.5 at least, and of the edges of what
// can be pressed, 3 at least, as WCAG 2 does, in both themes.
func TestColoursHaveContrast(t *testing.T) {
	blocks := regexp.MustCompile(`(?s)\{[^{}]*--ground:[^{}]*\}`).FindAllString(read(t, "theme.css"), -1)
	if len(blocks) != 3 || strings.Join(strings.Fields(blocks[1]), " ") != strings.Join(strings.Fields(blocks[2]), " ") {
		t.Fatalf("the theme has %d sets of colours, or two dark ones that differ", len(blocks))
	}
	for i, block := range blocks[:2] {
		colours := make(map[string]string)
		for _, m := range regexp.MustCompile(`--([\w-]+): #(\w{6});`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = m[2]
		}
		check := func(pair [2]string, least float64) {
			if got := contrast(t, colours[pair[0]], colours[pair[1]]); got < least {
				t.Errorf("%s: %s on %s has a contrast of %.2f", []string{"light", "dark"}[i], pair[0], pair[1], got)
			}
		}
		for _, pair := range inks {
			check(pair, 4.5)
		}
		check([2]string{"edge", "surface"}, 3)
		check([2]string{"edge", "ground"}, 3)
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light, dark := luminance(t, a), luminance(t, b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

func luminance(t *testing.T, colour string) (sum float64) {
	t.Helper()
	if len(colour) != 6 {
		t.Fatalf("a colour is %q", colour)
	}
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(n) / 255
		if part <= 0.04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+0.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}

func ExampleStyle() {
	style, err := parts.Style([]byte("main { color: red }\n"))
	fmt.Println(strings.Contains(string(style), ":root {"), strings.HasSuffix(string(style), "}\nmain { color: red }\n"), err)
	// Output: true true <nil>
}
