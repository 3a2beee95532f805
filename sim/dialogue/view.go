package dialogue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// view is a map as it is shown: nodes in the order in which the beginning leads to them,
// edges that were taken more often first.
type view struct {
	nodes []node
}

type node struct {
	said  string
	times int
	out   []line
	back  int    // the node before, on a shortest way from the beginning
	by    string // and what led from there to here
}

// line is an edge, to a node of the view.
type line struct {
	label       string
	times, dead int
	to          int
}

func (m *Map) view() *view {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]edge)
	for e := range m.edges {
		out[e.from] = append(out[e.from], e)
	}
	v := &view{nodes: []node{{said: begin}}}
	index := map[string]int{begin: 0}
	for i := 0; i < len(v.nodes); i++ {
		edges := out[v.nodes[i].said]
		slices.SortFunc(edges, func(a, b edge) int {
			return cmp.Or(cmp.Compare(m.edges[b].times, m.edges[a].times), strings.Compare(a.act, b.act), strings.Compare(a.to, b.to))
		})
		for _, e := range edges {
			taken := m.edges[e]
			label := taken.label(e.act)
			if _, ok := index[e.to]; !ok {
				index[e.to] = len(v.nodes)
				v.nodes = append(v.nodes, node{said: e.to, times: m.nodes[e.to], back: i, by: label})
			}
			v.nodes[i].out = append(v.nodes[i].out, line{label, taken.times, taken.dead, index[e.to]})
		}
	}
	return v
}

// label is what people did, with the texts if they were few.
func (t *taken) label(act string) string {
	if act != aText || len(t.texts) > fewTexts {
		return act
	}
	quoted := make([]string, len(t.texts))
	for i, text := range t.texts {
		quoted[i] = strconv.Quote(shortened(text, 40))
	}
	return "says " + strings.Join(quoted, " or ")
}

// way returns what leads from the beginning to a node.
func (v *view) way(to int) (acts []string) {
	for ; to != 0; to = v.nodes[to].back {
		acts = append(acts, v.nodes[to].by)
	}
	slices.Reverse(acts)
	return acts
}

// Way returns a shortest way to a node from the beginning, as what people did: "[tap
// Orders]". A node is named by what the bot says there, or by a part of it; then it is the
// nearest one with this part. Way returns nil if there is none.
func (m *Map) Way(said string) []string {
	v := m.view()
	i := slices.IndexFunc(v.nodes, func(n node) bool { return n.said == said })
	if i < 0 {
		i = slices.IndexFunc(v.nodes, func(n node) bool { return strings.Contains(n.said, said) })
	}
	if i < 0 {
		return nil
	}
	return v.way(i)
}

// shortened returns at most so many characters of a text.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
