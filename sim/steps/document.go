package steps

import (
	"fmt"
	"strings"
)

// Document returns a page in Markdown about all steps: how each is written, and what it
// does. It is docs/scenarios.md of this module.
func Document() string {
	var b strings.Builder
	b.WriteString(`# The steps of scenarios

A scenario is a world of its own: people, WhatsApp, Redis and the bot. It begins with the first step that is not about the beginning, and fails if a webhook was refused and no step says so, or if the bot leaves something behind.

People are a name (Ana) or a number (+15550000001). Times are like 15 seconds, 0.5 seconds, 2 days or 1 hour 30 minutes. A quotation mark among quoted words is written ` + "`\\\"`" + `, and everything else as it is; what is long or of several lines stands in a doc string, after a step that ends with a colon. The keywords (Given, When, Then) can be those of any language that Gherkin knows, after a line like ` + "`# language: es`" + `; the steps are English.

` + "`sim steps`" + ` prints this page; ` + "`sim test`" + ` plays scenarios, with ` + "`-webhook`" + ` against a bot that runs somewhere. Then what is marked (world) needs one, and is skipped, with the reason.
`)
	for _, c := range (&scenario{}).chapters() {
		fmt.Fprintf(&b, "\n## %s\n\n", c.title)
		if c.about != "" {
			b.WriteString(c.about + "\n\n")
		}
		if c.title == faultsTitle {
			for _, s := range c.steps {
				fmt.Fprintf(&b, "- `%s`%s\n", s.meaning, s.needsWorld())
			}
			continue
		}
		b.WriteString("| step | what it does |\n|---|---|\n")
		for _, s := range c.steps {
			fmt.Fprintf(&b, "| `%s` | %s%s |\n", s.example, s.meaning, s.needsWorld())
		}
	}
	return b.String()
}

// needsWorld marks a step that a running bot cannot play, however long it may take.
func (s step) needsWorld() string {
	forever := &Live{cfg: LiveConfig{Longest: 1 << 62}}
	if forever.unplayable(s.example) != "" {
		return " (world)"
	}
	return ""
}
