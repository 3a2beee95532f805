package template_test

import (
	"encoding/json"
	"fmt"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/message"
	"wappasim/fakewa/template"
)

func Example() {
	render := func(sent *message.Template) *graph.Error {
		t := template.Template{Name: "order", Language: "en", Category: "UTILITY",
			Components: json.RawMessage(`[{"type":"BODY","text":"Order {{1}} is ready."}]`)}
		if refused := t.Complete(); refused != nil {
			return refused
		}
		if refused := t.CheckParameters(sent); refused != nil {
			return refused
		}
		text := t.Render(sent)
		fmt.Println(text)
		return nil
	}
	sent := &message.Template{Name: "order", Language: "en"}
	fmt.Println(render(sent))

	sent.Components = []message.Component{{Type: "body", Parameters: []message.Parameter{{Type: "text", Text: "7"}}}}
	fmt.Println(render(sent) == nil)
	// Output:
	// (#132000) Template Param Count Mismatch: body: number of localizable_params (0) does not match the expected number of params (1)
	// Order 7 is ready.
	// true
}
