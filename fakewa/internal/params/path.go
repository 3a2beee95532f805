package params

import "strings"

// Path writes the path of a field as Meta's messages do: interactive.action.buttons[0]
// is interactive['action']['buttons'][0].
func Path(path string) string {
	first, rest, nested := strings.Cut(path, ".")
	if !nested {
		return path
	}
	var b strings.Builder
	b.WriteString(first)
	for step := range strings.SplitSeq(rest, ".") {
		name, index := step, ""
		if i := strings.IndexByte(step, '['); i >= 0 {
			name, index = step[:i], step[i:]
		}
		b.WriteString("['" + name + "']" + index)
	}
	return b.String()
}
