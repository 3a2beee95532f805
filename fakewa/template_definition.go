package fakewa

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/wire"
)

// Meta's subcodes of what is wrong with a template.
const (
	noSubcode         = 0
	tooManyTemplates  = 2388019
	duplicateTemplate = 2388024
	notEditable       = 2388039
	tooLong           = 2388040
	wrongHeader       = 2388047
	wrongBody         = 2388072
	wrongFooter       = 2388073
	variableAtTheEnds = 2388299
)

// Meta's limits of a template, in characters.
const (
	maxTemplateName   = 512
	maxTemplateHeader = 60
	maxTemplateBody   = 1024 // also with the parameters put in
	maxTemplateFooter = 60
	maxButtonLabel    = 25
	maxButtonURL      = 2000
	maxCoupon         = 15
)

const (
	maxTemplateButtons = 10
	maxTemplateCards   = 10
)

var (
	templateCategories = []string{"UTILITY", "MARKETING", "AUTHENTICATION"}
	parameterFormats   = []string{"POSITIONAL", "NAMED"}
	headerFormats      = []string{"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}
	buttonTypes        = []string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "SPM", "VOICE_CALL", "ORDER_DETAILS"}

	templateName     = regexp.MustCompile(`^[a-z0-9_]+$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,3})?$`)
	variable         = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	variableName     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// templatePart is a component of a template, or of a card of its carousel.
type templatePart struct {
	Type    string           `json:"type"`
	Format  string           `json:"format"` // of a header
	Text    string           `json:"text"`
	Buttons []templateButton `json:"buttons"`
	Cards   []templateCard   `json:"cards"`
}

type templateCard struct {
	Components []templatePart `json:"components"`
}

type templateButton struct {
	Type    string `json:"type"`
	Text    string `json:"text"` // label
	URL     string `json:"url"`
	Phone   string `json:"phone_number"`
	Example any    `json:"example"` // of a coupon: a string, or an array of one
}

// invalidTemplate refuses a template for one of its fields.
func invalidTemplate(subcode int, field, why string, args ...any) *graph.Error {
	e := graph.New(100, "%s %s", field, fmt.Sprintf(why, args...))
	e.Subcode = subcode
	return e
}

// units is the length of a text in UTF-16, the strictest reading of Meta's limits.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// complete fills in what the API does and returns what is wrong with a template.
func (t *Template) complete() *graph.Error {
	t.Category = strings.ToUpper(t.Category)
	t.Format = strings.ToUpper(cmp.Or(t.Format, "POSITIONAL"))
	d := definition{named: t.Format == "NAMED", otp: t.Category == "AUTHENTICATION"}
	d.text(noSubcode, "name", t.Name, 1, maxTemplateName)
	if !templateName.MatchString(t.Name) {
		d.refuse(noSubcode, "name", "is %.60q; it may have a-z, 0-9 and _ only.", t.Name)
	}
	if !templateLanguage.MatchString(t.Language) {
		d.refuse(noSubcode, "language", "is %.60q; it must be a code such as \"en\" or \"en_US\".", t.Language)
	}
	d.oneOf("category", t.Category, templateCategories)
	d.oneOf("parameter_format", t.Format, parameterFormats)
	if d.refused == nil {
		d.refused = t.readComponents()
	}
	d.components("components", t.parts)
	return d.refused
}

// readComponents reads them, and writes their kinds in upper case as the API does.
func (t *Template) readComponents() *graph.Error {
	var whole any
	if err := json.Unmarshal(t.Components, &whole); err != nil {
		return invalidTemplate(noSubcode, "components", "is missing or no JSON; it must be an array with a BODY.")
	}
	upperKinds(whole)
	t.Components, _ = wire.JSON(whole) // it came from JSON
	t.parts = nil
	err := json.Unmarshal(t.Components, &t.parts)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := strings.TrimSuffix("components."+wrong.Field, ".")
		return invalidTemplate(noSubcode, field, "has a value of the JSON type %s where there must be %s.", wrong.Value, jsonKind(wrong.Type))
	}
	return nil
}

// jsonKind is what JSON must be for a type of this file, in words.
func jsonKind(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}

// upperKinds writes the kinds of components in upper case.
func upperKinds(value any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			upperKinds(item)
		}
	case map[string]any:
		for name, field := range value {
			if kind, ok := field.(string); ok && (name == "type" || name == "format") {
				value[name] = strings.ToUpper(kind)
			}
			upperKinds(field)
		}
	}
}

// definition is the check of a template. Only the first refusal counts.
type definition struct {
	named   bool
	otp     bool // authentication: WhatsApp words the body
	refused *graph.Error
}

func (d *definition) refuse(subcode int, field, why string, args ...any) {
	if d.refused == nil {
		d.refused = invalidTemplate(subcode, field, why, args...)
	}
}

func (d *definition) oneOf(field, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		d.refuse(noSubcode, field, "is %.60q; it must be one of %s.", value, strings.Join(allowed, ", "))
	}
}

// text checks the length of a text, and returns whether all was good so far;
// missing is the subcode of one that is too short.
func (d *definition) text(missing int, field, text string, least, most int) bool {
	switch n := units(text); {
	case n < least:
		d.refuse(missing, field, "is missing; it must be a text.")
	case n > most:
		d.refuse(tooLong, field, "has %d characters; %d are allowed.", n, most)
	}
	return d.refused == nil
}

// components checks those of a template or of a card.
func (d *definition) components(at string, parts []templatePart) {
	seen := map[string]bool{}
	for i := range parts {
		p, field := &parts[i], fmt.Sprintf("%s[%d]", at, i)
		if seen[p.Type] {
			d.refuse(noSubcode, field+".type", "is %q as that of an earlier component; there may be one.", p.Type)
		}
		seen[p.Type] = true
		d.component(field, p)
	}
	if !seen["BODY"] {
		d.refuse(wrongBody, at, "has no BODY; there must be one.")
	}
}

func (d *definition) component(at string, p *templatePart) {
	switch p.Type {
	case "HEADER":
		d.header(at, p)
	case "BODY":
		d.body(at, p)
	case "FOOTER":
		d.footer(at, p)
	case "BUTTONS":
		d.buttons(at+".buttons", p.Buttons)
	case "CAROUSEL":
		d.cards(at+".cards", p)
	case "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST":
	default:
		d.refuse(noSubcode, at+".type", "is %.60q; it must be HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER or CALL_PERMISSION_REQUEST.", p.Type)
	}
}

func (d *definition) header(at string, p *templatePart) {
	p.Format = cmp.Or(p.Format, "TEXT")
	if !slices.Contains(headerFormats, p.Format) {
		d.refuse(wrongHeader, at+".format", "is %.60q; it must be one of %s.", p.Format, strings.Join(headerFormats, ", "))
	}
	if p.Format != "TEXT" || !d.text(wrongHeader, at+".text", p.Text, 1, maxTemplateHeader) {
		return
	}
	d.variables(wrongHeader, at+".text", p.Text)
	if n := len(variables(p.Text)); n > 1 {
		d.refuse(wrongHeader, at+".text", "has %d variables; 1 is allowed.", n)
	}
}

func (d *definition) body(at string, p *templatePart) {
	if d.otp && p.Text == "" {
		p.Text = "*{{1}}* is your verification code."
		return
	}
	if !d.text(wrongBody, at+".text", p.Text, 1, maxTemplateBody) {
		return
	}
	d.variables(wrongBody, at+".text", p.Text)
	text := strings.TrimSpace(p.Text)
	for _, v := range variable.FindAllString(text, -1) {
		if strings.HasPrefix(text, v) || strings.HasSuffix(text, v) {
			d.refuse(variableAtTheEnds, at+".text", "has the variable %s at its beginning or its end; there must be words around it.", v)
		}
	}
}

func (d *definition) footer(at string, p *templatePart) {
	if d.otp && p.Text == "" { // it says when the code expires
		return
	}
	d.text(wrongFooter, at+".text", p.Text, 1, maxTemplateFooter)
	if v := variable.FindString(p.Text); v != "" {
		d.refuse(wrongFooter, at+".text", "has the variable %s; a footer has none.", v)
	}
}

// variables checks that they are numbered from 1 on, or all named.
func (d *definition) variables(subcode int, field, text string) {
	names := variables(text)
	for _, name := range names {
		if d.named && !variableName.MatchString(name) {
			d.refuse(subcode, field, "has the variable {{%s}}; with parameter_format NAMED it must be a name of a-z, 0-9 and _, such as {{first_name}}.", name)
		}
		if n, err := strconv.Atoi(name); !d.named && (err != nil || n < 1 || n > len(names) || name != strconv.Itoa(n)) {
			d.refuse(subcode, field, "has the variable {{%s}} among %d; with parameter_format POSITIONAL they must be {{1}}, {{2}} and so on, without a gap.", name, len(names))
		}
	}
	if rest := variable.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		d.refuse(subcode, field, "has braces that are not those of a variable; want {{1}} or {{first_name}}.")
	}
}

// variables returns the names of those in a text, each once: numbers in their
// order, names as they come.
func variables(text string) (names []string) {
	for _, v := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, v[1]) {
			names = append(names, v[1])
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Compare(x, y)
	})
	return names
}

func (d *definition) buttons(at string, buttons []templateButton) {
	if n := len(buttons); n == 0 || n > maxTemplateButtons {
		d.refuse(noSubcode, at, "has %d buttons; 1 to %d are allowed.", n, maxTemplateButtons)
	}
	for i, b := range buttons {
		d.button(fmt.Sprintf("%s[%d]", at, i), b)
	}
}

func (d *definition) button(at string, b templateButton) {
	d.oneOf(at+".type", b.Type, buttonTypes)
	least := 0 // WhatsApp words the labels of the other types, if the business does not
	if slices.Contains([]string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"}, b.Type) {
		least = 1
	}
	d.text(noSubcode, at+".text", b.Text, least, maxButtonLabel)
	switch b.Type {
	case "URL":
		d.url(at+".url", b.URL)
	case "PHONE_NUMBER":
		d.text(noSubcode, at+".phone_number", b.Phone, 1, 20)
	case "COPY_CODE":
		for _, coupon := range couponExamples(b.Example) {
			d.text(noSubcode, at+".example", coupon, 1, maxCoupon)
		}
	}
}

func couponExamples(example any) (coupons []string) {
	list, ok := example.([]any)
	if !ok {
		list = []any{example}
	}
	for _, item := range list {
		if coupon, ok := item.(string); ok {
			coupons = append(coupons, coupon)
		}
	}
	return coupons
}

// url checks that of a button: it may end with one variable.
func (d *definition) url(field, text string) {
	if !d.text(noSubcode, field, text, 1, maxButtonURL) {
		return
	}
	fixed := strings.TrimSuffix(text, "{{1}}")
	u, err := url.Parse(fixed)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		d.refuse(noSubcode, field, "is %.60q; it must be an http or https URL.", text)
	}
	if strings.Contains(fixed, "{{") {
		d.refuse(noSubcode, field, "is %.60q; it may have one variable, {{1}}, at its end.", text)
	}
}

func (d *definition) cards(at string, p *templatePart) {
	if n := len(p.Cards); n == 0 || n > maxTemplateCards {
		d.refuse(noSubcode, at, "has %d cards; 1 to %d are allowed.", n, maxTemplateCards)
	}
	for i, card := range p.Cards {
		field := fmt.Sprintf("%s[%d].components", at, i)
		if j := slices.IndexFunc(card.Components, func(p templatePart) bool { return p.Type == "CAROUSEL" }); j >= 0 {
			d.refuse(noSubcode, fmt.Sprintf("%s[%d].type", field, j), "is CAROUSEL; a card cannot have one.")
			return
		}
		d.components(field, card.Components)
	}
}
