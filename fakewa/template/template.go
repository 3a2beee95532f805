// Package template holds Meta's rules of message templates. It computes, and keeps
// nothing: the list of an account's templates belongs to package fakewa.
//
//	t := template.Template{Name: "order", Language: "en", Category: "UTILITY",
//		Components: json.RawMessage(`[{"type":"BODY","text":"Order {{1}} is ready."}]`)}
//	if refused := t.Complete(); refused != nil {
//		return refused // a rule of the definition is broken
//	}
//	if refused := t.CheckParameters(sent); refused != nil {
//		return refused // 132000: too few or too many; 132012: of the wrong type
//	}
//	text := t.Render(sent)
//
// It does not know statuses of approval, languages or duplicates.
package template

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/internal/wire"
)

// Template is a message template of a business account.
type Template struct {
	ID         string          `json:"id"`   // digits
	Name       string          `json:"name"` // at most 512 of a-z, 0-9 and _
	Language   string          `json:"language"`
	Status     string          `json:"status"`           // one of [Statuses]
	Quality    string          `json:"quality"`          // what people think of it: GREEN, YELLOW, RED or UNKNOWN, the default
	Category   string          `json:"category"`         // one of [Categories]
	Format     string          `json:"parameter_format"` // POSITIONAL, the default, for {{1}}; NAMED for {{first_name}}
	Components json.RawMessage `json:"components"`       // as in Meta's API: [{"type":"BODY","text":"Hello {{1}}."}]

	parts []component // Components, decoded by Complete
}

var (
	nameRule     = regexp.MustCompile(`^[a-z0-9_]+$`)
	languageRule = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,3})?$`)
)

// Complete fills in what the API fills in, and returns the first rule that the
// template breaks, or nil. The other methods need a template that is complete.
func (t *Template) Complete() *graph.Error {
	t.Category = strings.ToUpper(t.Category)
	t.Format = strings.ToUpper(cmp.Or(t.Format, "POSITIONAL"))
	d := t.definition()
	d.length("name", t.Name, 1, maxName)
	if !nameRule.MatchString(t.Name) {
		d.refuse(noSubcode, "name", "is %.60q; it may have a-z, 0-9 and _ only.", t.Name)
	}
	if !languageRule.MatchString(t.Language) {
		d.refuse(noSubcode, "language", "is %.60q; it must be a code such as \"en\" or \"en_US\".", t.Language)
	}
	d.oneOf("category", t.Category, Categories)
	d.oneOf("parameter_format", t.Format, formats)
	if d.refused == nil {
		d.refused = t.decode()
	}
	d.components("components", t.parts)
	return d.refused
}

func (t *Template) definition() definition {
	return definition{named: t.Format == "NAMED", authentication: t.Category == "AUTHENTICATION"}
}

// decode decodes the components, and writes their types in upper case as the API
// does.
func (t *Template) decode() *graph.Error {
	var whole any
	if err := json.Unmarshal(t.Components, &whole); err != nil {
		return graph.Param("The parameter components is required.", "components is missing or not JSON; it must be an array with a BODY.")
	}
	upperTypes(whole)
	t.Components, _ = wire.JSON(whole) // it came from JSON
	var f params.Fields
	t.parts, f = ofJSON(t.Components)
	return Bare(f.Refused())
}

// Bare takes the details from a refusal for the shape of a field: Meta's answers to calls
// about templates have none.
func Bare(refused *graph.Error) *graph.Error {
	if refused != nil && refused.Code == 100 {
		refused.Why, refused.Details = refused.Reason(), ""
	}
	return refused
}

// upperTypes writes the types and formats of components in upper case.
func upperTypes(value any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			upperTypes(item)
		}
	case map[string]any:
		for name, field := range value {
			if text, ok := field.(string); ok && (name == "type" || name == "format" || name == "otp_type") {
				value[name] = strings.ToUpper(text)
			}
			upperTypes(field)
		}
	}
}
