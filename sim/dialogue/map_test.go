package dialogue_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/sim/dialogue"
	"wappasim/sim/trace"
)

// mapOf returns the map of talks.
func mapOf(t *testing.T, plays ...func(*script)) *dialogue.Map {
	t.Helper()
	m := new(dialogue.Map)
	for _, play := range plays {
		m.Add(written(t, play))
	}
	return m
}

func TestMap(t *testing.T) {
	m := mapOf(t, down, func(s *script) {
		s.says(ben, "hello")
		s.menu(ben, "Welcome!\n[1] Orders  [2] Help")
		s.sends(ben, "image")
		s.bot(ben, "Nice!")
		s.wait(time.Second)
		s.bot(ben, "Is it yours?")
		s.wait(time.Hour)
		s.bot(ben, "Still there, 5 minutes later?")
	})
	want := `0  (begin)
     says "hello" ×2 → 1
1  Welcome! / [1] Orders  [2] Help ×3
     [image] ×1 → 2
     [tap Help] ×1 → 3
     [tap Orders] ×1 → 4
2  Nice! / Is it yours? ×1
     (by itself) ×1 → 5
3  I can show orders. / [1] Back ×1
     [tap Back] ×1 → 1
4  Order <number> / [1] Change  [2] Back ×1
     [tap Change] ×1 → 6
5  Still there, <number> minutes later? ×1
6  What about order <number>? / [1] Cancel  [2] Back ×1
     [tap Cancel] ×1 → (no answer)
reached once only:
  2  Nice! / Is it yours?
  3  I can show orders. / [1] Back
  4  Order <number> / [1] Change  [2] Back
  5  Still there, <number> minutes later?
  6  What about order <number>? / [1] Cancel  [2] Back
dead ends:
  6  What about order <number>? / [1] Cancel  [2] Back: says "hello", [tap Orders], [tap Change], [tap Cancel]
`
	if got := m.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if once := m.Once(); len(once) != 5 || !slices.Contains(once, "Nice!\nIs it yours?") || slices.Contains(once, "(no answer)") {
		t.Errorf("once: got %q", once)
	}
	for said, want := range map[string][]string{
		"Still there":                          {`says "hello"`, "[image]", "(by itself)"},
		"Order <number>\n[1] Change  [2] Back": {`says "hello"`, "[tap Orders]"},
		"(begin)":                              nil,
		"never said":                           nil,
	} {
		if got := m.Way(said); !slices.Equal(got, want) {
			t.Errorf("the way to %q: got %q, want %q", said, got, want)
		}
	}
}

// TestMapTellsFewTextsApart shows the texts that lead somewhere while they are few.
func TestMapTellsFewTextsApart(t *testing.T) {
	var plays []func(*script)
	for i, text := range []string{"pizza", "pasta", "salad", "soup"} {
		plays = append(plays, func(s *script) { s.says(ana, text); s.bot(ana, "Coming.") })
		want := []string{`says "pizza"`, `says "pasta" or "pizza"`, `says "pasta" or "pizza" or "salad"`, "says a text"}[i]
		if got := mapOf(t, plays...).Way("Coming."); len(got) != 1 || got[0] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestMapIsTheSameInAnyOrder adds the same traces in other orders, and side by side.
func TestMapIsTheSameInAnyOrder(t *testing.T) {
	var traces []*trace.Trace
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		traces = append(traces, written(t, func(s *script) {
			for range 10 {
				s.says(ana, fmt.Sprint("text ", strings.Repeat("x", r.IntN(9))))
				for range r.IntN(3) {
					s.menu(ana, fmt.Sprintf("Menu %c\n[1] A", 'a'+rune(r.IntN(4))))
					s.wait(time.Duration(r.IntN(100)) * time.Second)
				}
			}
		}))
	}
	all := func(add func(*dialogue.Map)) string {
		m := new(dialogue.Map)
		add(m)
		var b strings.Builder
		b.WriteString(m.String())
		if err := m.WriteGraphviz(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := all(func(m *dialogue.Map) {
		for _, tr := range traces {
			m.Add(tr)
		}
	})
	if strings.Count(want, "\n") < 20 {
		t.Fatalf("the map is too small to tell:\n%s", want)
	}
	backwards := all(func(m *dialogue.Map) {
		for _, tr := range slices.Backward(traces) {
			m.Add(tr)
		}
	})
	beside := all(func(m *dialogue.Map) {
		var adding sync.WaitGroup
		for _, tr := range traces {
			adding.Go(func() { m.Add(tr) })
		}
		adding.Wait()
	})
	if backwards != want || beside != want {
		t.Errorf("got\n%s\nand side by side\n%s\nwant\n%s", backwards, beside, want)
	}
}

// TestRules looks at what the bot says after a person has written words.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		written []string
		said    string
		want    string
	}{
		"nothing":                 {nil, "Hello!", "Hello!"},
		"a number":                {nil, "You are 3rd of 1,234.50", "You are <number>rd of <number>"},
		"money":                   {nil, "It is $5, 4.50 € or €7", "It is <number>, <number> or <number>"},
		"a phone number":          {nil, "Call +1 (555) 000-0001.", "Call <number>."},
		"an id":                   {nil, "Order 3f2504e0-4f89-41d3-9a0c-0305e82c3301, deadbeef01", "Order <number>, <number>"},
		"words like an id":        {nil, "a faded decade", "a faded decade"},
		"a time":                  {nil, "At 09:00:15.5 or 9:05 pm or 9 pm", "At <time> or <time> or <time>"},
		"a date":                  {nil, "On 2026-01-05, 5.1.2026, 5 Jan 2026 or Monday, January 5th, 09:00", "On <time>, <time>, <time> or <time>"},
		"a timestamp":             {nil, "since 2026-01-05T09:00:00Z", "since <time>"},
		"may is no month here":    {nil, "You may go to market 5", "You may go to market <number>"},
		"what can be tapped":      {nil, "2 dishes\n[1] Pizza 1  [12] Pasta\n[3] 10:30", "<number> dishes\n[1] Pizza <number>  [12] Pasta\n[3] <time>"},
		"a bracket in a text":     {nil, "see [1] there", "see [<number>] there"},
		"words said back":         {[]string{"grape 009"}, "Message 1 stored: grape 009", "Message <number> stored: <text>"},
		"the longest words first": {[]string{"a b", "a b c"}, "you said a b c!", "you said <text>!"},
		"a word said back":        {[]string{"grape"}, "You said: grape", "You said: <text>"},
		"a quoted word":           {[]string{"grape"}, "You said “grape” to me", "You said “<text>” to me"},
		"a word in a sentence":    {[]string{"menu"}, "This is the menu of today", "This is the menu of today"},
		"a part of a word":        {[]string{"not a"}, "not an apple", "not an apple"},
		"a list":                  {[]string{"a b", "c d", "e f"}, "You said:\n09:00 a b\n09:01 c d\n09:02 e f\nBye", "You said:\n<time> <text>\nBye"},
		"the same line twice":     {nil, "Bye\nBye", "Bye\nBye"},
		"only a number":           {[]string{"42"}, "Answer: 42", "Answer: <number>"},
	} {
		t.Run(name, func(t *testing.T) {
			m := mapOf(t, func(s *script) {
				for _, text := range c.written {
					s.says(ana, text)
				}
				s.menu(ana, c.said)
			})
			if got := m.Once(); len(got) != 1 || got[0] != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestWordsThatTheBotSaidFirst stay: a person has typed what could be tapped.
func TestWordsThatTheBotSaidFirst(t *testing.T) {
	m := mapOf(t, func(s *script) {
		s.menu(ana, "Welcome!\n[1] My orders")
		s.says(ana, "My orders")
		s.bot(ana, "My orders: none")
	})
	if want := []string{"My orders: none", "Welcome!\n[1] My orders"}; !slices.Equal(m.Once(), want) {
		t.Errorf("got %q, want %q", m.Once(), want)
	}
}

func TestOwnRules(t *testing.T) {
	m := &dialogue.Map{Rules: append([]dialogue.Rule{{Pattern: regexp.MustCompile(`pizza|pasta`), With: "<dish>"}}, dialogue.Rules...)}
	m.Add(written(t, func(s *script) { s.bot(ana, "1 pizza"); s.bot(ben, "2 pasta") }))
	if got := m.String(); !strings.Contains(got, "<number> <dish> ×2\n") {
		t.Errorf("got\n%s", got)
	}
	m = &dialogue.Map{Rules: []dialogue.Rule{}}
	m.Add(written(t, func(s *script) { s.bot(ana, "1 pizza") }))
	if got := m.Once(); len(got) != 1 || got[0] != "1 pizza" {
		t.Errorf("without rules: got %q", got)
	}
}
