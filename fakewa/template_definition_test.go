package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestTemplateDefinitionsFollowMetasRules(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	x := func(n int) string { return strings.Repeat("x", n) }
	whole := func(components string) string {
		return `{"name":"t","language":"de","category":"MARKETING","components":[` + components + `]}`
	}
	body := func(text string) string { return whole(`{"type":"BODY","text":"` + text + `"}`) }
	with := func(component string) string { return whole(`{"type":"BODY","text":"Hi."},` + component) }
	button := func(fields string) string { return with(`{"type":"BUTTONS","buttons":[{` + fields + `}]}`) }
	labels := func(n int) string {
		return with(`{"type":"BUTTONS","buttons":[` + strings.TrimSuffix(strings.Repeat(`{"type":"QUICK_REPLY","text":"Yes"},`, n), ",") + `]}`)
	}
	named := func(text string) string {
		return strings.Replace(body(text), `{`, `{"parameter_format":"NAMED",`, 1)
	}
	card := `{"components":[{"type":"BODY","text":"Hi."}]}`
	for name, test := range map[string]struct {
		body    string
		subcode int
		details string // "": it is accepted
	}{
		"a name":                 {strings.Replace(body("Hi."), `"t"`, `"`+x(512)+`"`, 1), 0, ""},
		"a long name":            {strings.Replace(body("Hi."), `"t"`, `"`+x(513)+`"`, 1), 2388040, "name has 513 characters; 512"},
		"no name":                {strings.Replace(body("Hi."), `"t"`, `""`, 1), 0, "name is missing"},
		"an upper-case name":     {strings.Replace(body("Hi."), `"t"`, `"Order"`, 1), 0, `name is "Order"`},
		"no language":            {strings.Replace(body("Hi."), `"de"`, `""`, 1), 0, "language"},
		"a language's name":      {strings.Replace(body("Hi."), `"de"`, `"German"`, 1), 0, `"German"`},
		"another category":       {strings.Replace(body("Hi."), "MARKETING", "SPAM", 1), 0, "category"},
		"another format":         {strings.Replace(body("Hi."), `{`, `{"parameter_format":"x",`, 1), 0, "parameter_format"},
		"a number as a name":     {strings.Replace(body("Hi."), `"t"`, `7`, 1), 0, "name is a number; it must be a string"},
		"no components":          {`{"name":"t","language":"de","category":"MARKETING"}`, 0, "components is missing"},
		"an object":              {strings.NewReplacer("[", "", "]", "").Replace(body("Hi.")), 0, "components is an object; it must be an array"},
		"a body of another kind": {`[]`, 0, "The body is an array; it must be an object"},
		"not JSON":               {`{`, 0, "cannot be read as JSON"},
		"a huge body":            {body(strings.Repeat("{{1}}{{2}}{{3}}", 50_000)), 2388040, "750000"},
		"a text as buttons":      {with(`{"type":"BUTTONS","buttons":"x"}`), 0, "components[1].buttons is a string; it must be an array"},
		"a text as a button":     {with(`{"type":"BUTTONS","buttons":["x"]}`), 0, "components[1].buttons[0] is a string; it must be an object"},
		"a text as a component":  {whole(`"x"`), 0, "components[0] is a string; it must be an object"},
		"components in a string": {`{"name":"t","language":"de","category":"MARKETING","components":"[{\"type\":\"BODY\",\"text\":\"Hi.\"}]"}`, 0, ""},
		"a number as a text":     {whole(`{"type":"BODY","text":7}`), 0, "components[0].text is a number; it must be a string"},
		"no body":                {whole(`{"type":"FOOTER","text":"Bye."}`), 2388072, "no BODY"},
		"two bodies":             {with(`{"type":"BODY","text":"Ho."}`), 0, "components[1].type"},
		"an unknown component":   {with(`{"type":"LEG"}`), 0, `"LEG"`},
		"the longest body":       {body(x(1024)), 0, ""},
		"a longer body":          {body(x(1025)), 2388040, "components[0].text has 1025 characters; 1024"},
		"emoji":                  {body(strings.Repeat("😀", 513)), 2388040, "1026"},
		"an empty body":          {body(""), 2388072, "components[0].text is missing"},
		"variables":              {whole(`{"type":"BODY","text":"Hi {{2}}, {{1}} or {{1}}.","example":{"body_text":[["Ana","Ben"]]}}`), 0, ""},
		"a variable first":       {body("{{1}} is here."), 2388299, "{{1}}"},
		"a variable last":        {body("Here is {{1}}"), 2388299, "{{1}}"},
		"a gap":                  {body("Hi {{1}} and {{3}}."), 2388072, "{{3}}"},
		"from zero":              {body("Hi {{0}}."), 2388072, "{{0}}"},
		"two digits":             {body("Hi {{01}}."), 2388072, "{{01}}"},
		"a name by position":     {body("Hi {{name}}."), 2388072, "POSITIONAL"},
		"half a variable":        {body("Hi {{1}."), 2388072, "braces"},
		"names":                  {strings.Replace(named("Hi {{first_name}} {{x2}}."), `}]`, `,"example":{"body_text_named_params":[{"param_name":"x2","example":"Diaz"},{"param_name":"first_name","example":"Ana"}]}}]`, 1), 0, ""},
		"a number by name":       {named("Hi {{1}}."), 2388072, "NAMED"},
		"an upper-case variable": {named("Hi {{Name}}."), 2388072, "{{Name}}"},
		"the longest header":     {with(`{"type":"HEADER","format":"TEXT","text":"` + x(60) + `"}`), 0, ""},
		"a longer header":        {with(`{"type":"HEADER","format":"TEXT","text":"` + x(61) + `"}`), 2388040, "60"},
		"a header's variables":   {with(`{"type":"HEADER","text":"{{1}} {{2}}"}`), 2388047, "2 variables"},
		"an empty header":        {with(`{"type":"HEADER","format":"TEXT"}`), 2388047, "components[1].text"},
		"a header's format":      {with(`{"type":"HEADER","format":"SMELL"}`), 2388047, `"SMELL"`},
		"an image":               {with(`{"type":"header","format":"image","example":{"header_handle":["4:x"]}}`), 0, ""},
		"the longest footer":     {with(`{"type":"FOOTER","text":"` + x(60) + `"}`), 0, ""},
		"a longer footer":        {with(`{"type":"FOOTER","text":"` + x(61) + `"}`), 2388040, "60"},
		"an empty footer":        {with(`{"type":"FOOTER"}`), 2388073, "components[1].text"},
		"a footer's variable":    {with(`{"type":"FOOTER","text":"Bye {{1}}."}`), 2388073, "{{1}}"},
		"ten buttons":            {labels(10), 0, ""},
		"eleven buttons":         {labels(11), 0, "11 buttons"},
		"no buttons":             {labels(0), 0, "0 buttons"},
		"the longest label":      {button(`"type":"QUICK_REPLY","text":"` + x(25) + `"`), 0, ""},
		"a longer label":         {button(`"type":"QUICK_REPLY","text":"` + x(26) + `"`), 2388040, "components[1].buttons[0].text has 26"},
		"no label":               {button(`"type":"QUICK_REPLY"`), 0, "components[1].buttons[0].text is missing"},
		"an unknown button":      {button(`"type":"REPLY","text":"Yes"`), 0, "QUICK_REPLY"},
		"a URL":                  {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}","example":["https://x.org/7"]`), 0, ""},
		"the longest URL":        {button(`"type":"URL","text":"Go","url":"https://x.org/` + x(1986) + `"`), 0, ""},
		"a longer URL":           {button(`"type":"URL","text":"Go","url":"https://x.org/` + x(1987) + `"`), 2388040, "2001 characters; 2000"},
		"no URL":                 {button(`"type":"URL","text":"Go"`), 0, "buttons[0].url is missing"},
		"another scheme":         {button(`"type":"URL","text":"Go","url":"ftp://x.org"`), 0, "http"},
		"a variable within":      {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}/a"`), 0, "at its end"},
		"a phone":                {button(`"type":"PHONE_NUMBER","text":"Call","phone_number":"+16505551234"`), 0, ""},
		"no phone":               {button(`"type":"PHONE_NUMBER","text":"Call"`), 0, "phone_number is missing"},
		"a coupon":               {button(`"type":"COPY_CODE","example":"` + x(15) + `"`), 0, ""},
		"a longer coupon":        {button(`"type":"COPY_CODE","example":["` + x(16) + `"]`), 2388040, "15"},
		"a carousel":             {with(`{"type":"CAROUSEL","cards":[` + card + `,` + card + `]}`), 0, ""},
		"a card without a body":  {with(`{"type":"CAROUSEL","cards":[{"components":[]}]}`), 2388072, "components[1].cards[0].components"},
		"no cards":               {with(`{"type":"CAROUSEL"}`), 0, "0 cards"},
		"a carousel on a card":   {with(`{"type":"CAROUSEL","cards":[{"components":[{"type":"CAROUSEL"}]}]}`), 0, "cards[0].components[0].type"},
		"an authentication":      {`{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":5},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copy"}]}]}`, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := call(t, s, "POST", templates, "Bearer x", test.body)
			if test.details != "" {
				refusal{400, 100, test.subcode, test.details}.check(t, status, answer)
				return
			}
			if status != 200 {
				t.Fatalf("got %d %s", status, answer)
			}
			status, answer = call(t, s, "POST", templates, "Bearer x", test.body)
			refusal{400, 100, 2388024, "already"}.check(t, status, answer)
			name := s.Templates()[1].Name
			accept[map[string]bool](t, s, "DELETE", templates+"?name="+name, "")
		})
	}
}
