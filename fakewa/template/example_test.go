package template_test

import (
	"encoding/json"
	"fmt"

	"wappasim/fakewa/message"
	"wappasim/fakewa/template"
)

func Example() {
	t := template.Template{
		Name: "order", Language: "en", Category: "UTILITY",
		Components: json.RawMessage(`[{"type":"BODY","text":"Order {{1}} is ready."}]`),
	}
	if refused := t.Complete(); refused != nil {
		fmt.Println(refused)
		return
	}
	sent := &message.Template{Name: "order", Language: "en"}
	fmt.Println(t.CheckParameters(sent))

	sent.Components = []message.Component{{Type: "body", Parameters: []message.Parameter{{Type: "text", Text: "7"}}}}
	fmt.Println(t.CheckParameters(sent) == nil, t.Render(sent))
	// Output:
	// (#132000) Template Param Count Mismatch: body: number of localizable_params (0) does not match the expected number of params (1)
	// true Order 7 is ready.
}
