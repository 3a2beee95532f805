package template

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	variable     = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	variableName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// variables returns the names of the variables in a text, each once: numbers in
// ascending order, names in the order of the text.
func variables(text string) (names []string) {
	for _, v := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, v[1]) {
			names = append(names, v[1])
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Compare(x, y)
	})
	return names
}

// variables checks that the variables of a text are numbered from 1 without a gap,
// or all have names.
func (d *definition) variables(subcode int, field, text string) {
	names := variables(text)
	for _, name := range names {
		if d.named && !variableName.MatchString(name) {
			d.refuse(subcode, field, "has the variable {{%s}}; with parameter_format NAMED it must be a name of a-z, 0-9 and _, such as {{first_name}}.", name)
		}
		if n, err := strconv.Atoi(name); !d.named && (err != nil || n < 1 || n > len(names) || name != strconv.Itoa(n)) {
			d.refuse(subcode, field, "has the variable {{%s}} among %d; with parameter_format POSITIONAL they must be {{1}}, {{2}} and so on, without a gap.", name, len(names))
		}
	}
	if rest := variable.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		d.refuse(subcode, field, "has braces that are not those of a variable; want {{1}} or {{first_name}}.")
	}
}
