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

People are a name (Ana) or a number (+15550000001). Times are like 15 seconds, 0.5 seconds, 1 hour or 2 days. ` + "`sim steps`" + ` prints this page; ` + "`sim test`" + ` plays scenarios, with ` + "`-webhook`" + ` against a bot that runs somewhere. Then what needs a world is skipped, with the reason.
`)
	for _, c := range (&scenario{}).chapters() {
		fmt.Fprintf(&b, "\n## %s\n\n", c.title)
		if c.about != "" {
			b.WriteString(c.about + "\n\n")
		}
		if c.title == faultsTitle {
			for _, s := range c.steps {
				fmt.Fprintf(&b, "- `%s`\n", s.meaning)
			}
			continue
		}
		b.WriteString("| step | what it does |\n|---|---|\n")
		for _, s := range c.steps {
			fmt.Fprintf(&b, "| `%s` | %s |\n", s.example, s.meaning)
		}
	}
	return b.String()
}
