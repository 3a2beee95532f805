package dialogue

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// A diagram shows no more of what the bot said in a node.
const (
	widest  = 60 // characters in a line
	longest = 14 // lines
)

// WriteGraphviz writes the map in the language of Graphviz's dot. What was reached once
// only has a dashed border; ways to a dead end are red.
func (m *Map) WriteGraphviz(w io.Writer) error {
	return m.write(w, diagram{
		head: "digraph dialogue {\n\tnode [shape=box, style=rounded];\n",
		node: func(id int, label string, n node) string {
			style := ""
			switch {
			case n.said == begin || n.said == noAnswer:
				style = ", shape=ellipse"
			case n.times == 1:
				style = `, style="rounded,dashed"`
			}
			return fmt.Sprintf("\tn%d [label=%s%s];\n", id, inDot(label), style)
		},
		edge: func(from int, label string, e line) string {
			style := ""
			if e.dead > 0 {
				style = ", color=red"
			}
			return fmt.Sprintf("\tn%d -> n%d [label=%s%s];\n", from, e.to, inDot(label), style)
		},
		foot: "}\n",
	})
}

// WriteMermaid writes the map as a flowchart of Mermaid. What was reached once only has a
// dashed border; ways to a dead end are thick.
func (m *Map) WriteMermaid(w io.Writer) error {
	return m.write(w, diagram{
		head: "flowchart TD\n\tclassDef once stroke-dasharray:4\n",
		node: func(id int, label string, n node) string {
			switch {
			case n.said == begin || n.said == noAnswer:
				return fmt.Sprintf("\tn%d([%s])\n", id, inMermaid(label))
			case n.times == 1:
				return fmt.Sprintf("\tn%d[%s]:::once\n", id, inMermaid(label))
			}
			return fmt.Sprintf("\tn%d[%s]\n", id, inMermaid(label))
		},
		edge: func(from int, label string, e line) string {
			arrow := "-->"
			if e.dead > 0 {
				arrow = "==>"
			}
			return fmt.Sprintf("\tn%d %s|%s| n%d\n", from, arrow, inMermaid(label), e.to)
		},
	})
}

// diagram is a language for graphs.
type diagram struct {
	head, foot string
	node       func(id int, label string, n node) string
	edge       func(from int, label string, e line) string
}

func (m *Map) write(w io.Writer, d diagram) error {
	v := m.view()
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(d.head) // Flush tells
	for i, n := range v.nodes {
		_, _ = out.WriteString(d.node(i, n.label(), n))
	}
	for i, n := range v.nodes {
		for _, e := range n.out {
			_, _ = out.WriteString(d.edge(i, fmt.Sprintf("%s ×%d", e.label, e.times), e))
		}
	}
	_, _ = out.WriteString(d.foot)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("dialogue: write the map: %w", err)
	}
	return nil
}

// label is what the bot said, and how often, cut to a size that can be shown.
func (n node) label() string {
	if n.said == begin {
		return begin
	}
	lines := strings.Split(n.said, "\n")
	if len(lines) > longest {
		lines = append(lines[:longest], "…")
	}
	for i := range lines {
		lines[i] = shortened(lines[i], widest)
	}
	return fmt.Sprintf("%s\n×%d", strings.Join(lines, "\n"), n.times)
}

// inDot quotes a label for Graphviz.
func inDot(label string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(printable(label)) + `"`
}

// asList is what makes Mermaid take a line for one of a list.
var asList = regexp.MustCompile(`(?m)^\d*[-+.]`)

// inMermaid quotes a label for Mermaid, in which a character can be written as its number.
func inMermaid(label string) string {
	label = printable(label)
	var b strings.Builder
	for _, r := range label {
		switch {
		case strings.ContainsRune("\"#&<>`*_~|\\$", r):
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	label = asList.ReplaceAllStringFunc(b.String(), func(list string) string {
		last := len(list) - 1
		return fmt.Sprintf("%s#%d;", list[:last], list[last])
	})
	return `"` + strings.ReplaceAll(label, "\n", "<br>") + `"`
}

// printable returns a text whose only control characters are line breaks.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || r == unicode.ReplacementChar) {
			return ' '
		}
		return r
	}, text)
}
