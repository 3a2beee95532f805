package dialogue

import (
	"fmt"
	"strings"
)

// String writes the map for people: what the bot said, numbered from the beginning, with
// what people did then; what was reached once only; and the dead ends, each with the way
// there.
func (m *Map) String() string {
	v := m.view()
	var b strings.Builder
	var once, ends []string
	for i, n := range v.nodes {
		if n.said == noAnswer {
			continue
		}
		fmt.Fprintf(&b, "%d  %s\n", i, n.title())
		if n.times == 1 {
			once = append(once, fmt.Sprintf("  %d  %s\n", i, n.inLine()))
		}
		for _, e := range n.out {
			to := fmt.Sprint(e.to)
			if v.nodes[e.to].said == noAnswer {
				to = noAnswer
			}
			fmt.Fprintf(&b, "     %s ×%d → %s\n", e.label, e.times, to)
			if e.dead > 0 {
				ends = append(ends, fmt.Sprintf("  %d  %s: %s\n", i, n.inLine(), strings.Join(append(v.way(i), e.label), ", ")))
			}
		}
	}
	for _, list := range []struct {
		title string
		lines []string
	}{{"reached once only", once}, {"dead ends", ends}} {
		fmt.Fprintf(&b, "%s:\n", list.title)
		if list.lines == nil {
			b.WriteString("  none\n")
		}
		b.WriteString(strings.Join(list.lines, ""))
	}
	return b.String()
}

// title is what the bot said, in one line, and how often.
func (n node) title() string {
	if n.said == begin {
		return begin
	}
	return fmt.Sprintf("%s ×%d", n.inLine(), n.times)
}

func (n node) inLine() string { return shortened(strings.ReplaceAll(n.said, "\n", " / "), 100) }
