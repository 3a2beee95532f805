package dialogue

import (
	"slices"
	"sync"

	"wappasim/sim/trace"
)

// Map is what a bot said and what people did, over any number of traces: a graph. Its
// nodes are what the bot said in one breath, that is messages to one person of which each
// comes within a second of the one before, with no act of the person in between. Its edges
// are what people did then, with what the bot said next, and how often.
//
// The answer to several acts in a row answers all of them. An act without an answer after a
// minute leads to "(no answer)"; see [DeadEnds] for when that minute begins. What the bot
// says without an act that waits for an answer, like a reminder, is reached "(by itself)".
//
// The zero value is an empty map. It is safe for concurrent use, and the order in which
// traces are added makes no difference.
type Map struct {
	// Rules replace what differs from run to run; nil: the package's Rules. They must not
	// change after the first Add.
	Rules []Rule

	mu    sync.Mutex // guards what follows
	short *normaliser
	nodes map[string]int // how often each was reached
	edges map[edge]*taken
}

// edge is a way from one node to the next.
type edge struct{ from, act, to string }

// taken is how an edge was taken.
type taken struct {
	times int
	dead  int      // so often there was nothing else to do; only to noAnswer
	texts []string // that were said, sorted; of more than fewTexts the first ones
}

// fewTexts is how many texts are still told apart.
const fewTexts = 3

// Add adds what happened in a run.
func (m *Map) Add(t *trace.Trace) {
	n := m.normaliser()
	w := follow(t, patience)
	names := map[*turn]string{nil: begin}
	for _, move := range w.moves {
		for _, t := range []*turn{move.from, move.to} {
			if _, ok := names[t]; !ok {
				names[t] = w.said(t, n)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes == nil {
		m.nodes, m.edges = make(map[string]int), make(map[edge]*taken)
	}
	reached := make(map[*turn]bool)
	for _, move := range w.moves {
		e := edge{names[move.from], unasked, noAnswer}
		if move.act != nil {
			e.act = label(move.act)
		}
		if move.to != nil {
			e.to = names[move.to]
		}
		if move.to == nil || !reached[move.to] {
			m.nodes[e.to]++
			reached[move.to] = true
		}
		if m.edges[e] == nil {
			m.edges[e] = new(taken)
		}
		way := m.edges[e]
		way.times++
		if move.to == nil && move.dead {
			way.dead++
		}
		if e.act == aText {
			way.add(n.message(move.act.Text, nil))
		}
	}
}

func (m *Map) normaliser() *normaliser {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.short == nil {
		m.short = &normaliser{rules: m.Rules}
	}
	if m.short.rules == nil {
		m.short.rules = Rules
	}
	return m.short
}

// add keeps the first texts, whatever the order in which they come.
func (t *taken) add(text string) {
	if i, ok := slices.BinarySearch(t.texts, text); !ok {
		t.texts = slices.Insert(t.texts, i, text)
		t.texts = t.texts[:min(len(t.texts), fewTexts+1)]
	}
}

// Once returns what the bot said once only in all runs, sorted.
func (m *Map) Once() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var once []string
	for node, times := range m.nodes {
		if times == 1 && node != noAnswer {
			once = append(once, node)
		}
	}
	slices.Sort(once)
	return once
}
