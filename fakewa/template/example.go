package template

import (
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
)

// checkExamples returns why a reviewer does not see enough of the template, or nil: each
// variable and each medium needs an example (2388043).
func checkExamples(at string, parts []component, named bool) *graph.Error {
	for i, c := range parts {
		field := fmt.Sprintf("%s[%d]", at, i)
		if missing := c.lacks(named); missing != "" {
			return noExample(c.Type, field, missing)
		}
		for j, card := range c.Cards {
			if refused := checkExamples(fmt.Sprintf("%s.cards[%d].components", field, j), card.Components, named); refused != nil {
				return refused
			}
		}
	}
	return nil
}

// noExample is the refusal of a component without an example, in the words of several
// reports [MissaelAnda/laravel-whatsapp#3].
func noExample(typ, field, missing string) *graph.Error {
	refused := Refusal(missingFields, field+"."+missing, "is missing or incomplete; it must show what stands in the place of each variable or medium.")
	refused.UserMsg = fmt.Sprintf("component of type %s is missing expected field(s) (example)", typ)
	return refused
}

// lacks returns the field in which an example is missing, or "".
func (c component) lacks(named bool) string {
	names := variables(c.Text)
	switch e := c.example; c.Type {
	case "HEADER":
		switch {
		case slices.Contains([]string{"IMAGE", "VIDEO", "DOCUMENT"}, c.Format):
			if !texts(e.headerHandle, 1) {
				return "example.header_handle"
			}
		case named && !covers(e.headerNames, names):
			return "example.header_text_named_params"
		case !named && len(names) > 0 && !texts(e.headerText, len(names)):
			return "example.header_text"
		}
	case "BODY":
		switch {
		case c.worded: // by WhatsApp
		case named && !covers(e.bodyNames, names):
			return "example.body_text_named_params"
		case !named && len(names) > 0 && !bodyTexts(e.bodyText, len(names)):
			return "example.body_text"
		}
	case "BUTTONS":
		for i, b := range c.Buttons {
			if (b.Type == "URL" && strings.Contains(b.URL, "{{") || b.Type == "COPY_CODE") && len(examplesOf(b.Example)) == 0 {
				return fmt.Sprintf("buttons[%d].example", i)
			}
		}
	}
	return ""
}

// covers reports whether each name has an example.
func covers(examples, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(examples, name) })
}

// bodyTexts reports whether there is a set of n examples: an array of an array. For a
// single variable, Meta takes an array of texts too.
func bodyTexts(examples []any, n int) bool {
	if len(examples) > 0 {
		if first, ok := examples[0].([]any); ok {
			return texts(first, n)
		}
	}
	return n == 1 && texts(examples, 1)
}

// texts reports whether a list has n texts, and none is empty.
func texts(list []any, n int) bool {
	for _, item := range list {
		if text, ok := item.(string); !ok || text == "" {
			return false
		}
	}
	return len(list) >= n
}
