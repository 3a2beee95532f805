package flow_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"wappasim/fakewa/flow"
)

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// plain is a flow without an endpoint.
const plain = `{"version":"4.0","screens":[
{"id":"FIRST","title":"One","layout":{"type":"SingleColumnLayout","children":[
  {"type":"Form","name":"form","children":[
    {"type":"TextInput","name":"name","label":"Name"},
    {"type":"Footer","label":"Next","on-click-action":{"name":"navigate","next":{"type":"screen","name":"LAST"},"payload":{"name":"${form.name}"}}}]}]}},
{"id":"LAST","title":"Two","terminal":true,"data":{"name":{"type":"string","__example__":"Ana"}},"layout":{"type":"SingleColumnLayout","children":[
  {"type":"TextBody","text":"${data.name}"},
  {"type":"Footer","label":"Done","on-click-action":{"name":"complete","payload":{"name":"${data.name}"}}}]}}]}`

func TestGoodDefinitions(t *testing.T) {
	for name, text := range map[string]string{"table": read(t, "table.json"), "plain": plain, "a form is optional": strings.NewReplacer(
		`{"type":"Form","name":"form","children":[`, "", `"${form.name}"}}}]}]}},`, `"${form.name}"}}}]}},`).Replace(plain)} {
		if problems := flow.Check([]byte(text)); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// TestProblems changes a good definition in one place each, and wants the code that Meta's
// list of static validation errors has for it, at its place.
func TestProblems(t *testing.T) {
	table := read(t, "table.json")
	input := `{"type":"TextInput","name":"name","label":"Name"}`
	many := strings.Repeat(`"A",`, 10) + `"A"`
	for _, c := range []struct{ in, old, new, code, path string }{
		{plain, `"title":"One",`, `"title":"One",,`, "INVALID_FLOW_JSON", "$root"},
		{plain, plain, `[]`, "INVALID_PROPERTY_TYPE", "$root"},
		{plain, `"version":"4.0",`, ``, "MISSING_FLOW_JSON_VERSION", "$root"},
		{plain, `"4.0"`, `"2024.0"`, "INVALID_FLOW_JSON_VERSION", "version"},
		{plain, `"version":"4.0"`, `"version":"4.0","mine":1`, "INVALID_PROPERTY_KEY", "mine"},
		{plain, `"version":"4.0"`, `"version":"4.0","data_channel_uri":"https://example.com"`, "INVALID_PROPERTY_KEY", "data_channel_uri"},
		{table, `"data_api_version": "3.0"`, `"data_api_version": "2.0"`, "NO_SUPPORTED_DATA_API_VERSION", "data_api_version"},
		{plain, plain, `{"version":"4.0","screens":[]}`, "MIN_ITEMS_REQUIRED", "screens"},
		{plain, `"id":"FIRST"`, `"id":"SUCCESS"`, "SCREEN_ID_IS_RESERVED_KEYWORD", "screens[0].id"},
		{plain, `"id":"FIRST"`, `"id":"FIRST_1"`, "PATTERN_MISMATCH", "screens[0].id"},
		{plain, `"id":"FIRST"`, `"id":"LAST"`, "DUPLICATE_SCREEN_IDS", "screens[1].id"},
		{plain, `"id":"FIRST",`, ``, "MISSING_REQUIRED_TYPE_PROPERTY", "screens[0]"},
		{plain, `"title":"One"`, `"title":"One","success":true`, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "screens[0].success"},
		{plain, `"terminal":true`, `"terminal":true,"success":false`, "INVALID_PROPERTY_VALUE", "screens"},
		{plain, `"terminal":true,`, ``, "MISSING_TERMINAL_SCREEN", "screens"},
		{plain, `"title":"One"`, `"title":"One","refresh_on_back":true`, "INVALID_PROPERTY_VALUE", "screens[0].refresh_on_back"},
		{plain, `SingleColumnLayout`, `TwoColumnLayout`, "INVALID_PROPERTY_VALUE", "screens[0].layout.type"},
		{plain, `TextInput`, `Slider`, "INVALID_PROPERTY_VALUE", "screens[0].layout.children[0].children[0].type"},
		{plain, `TextBody`, `RichText`, "INVALID_PROPERTY_VALUE", "screens[1].layout.children[0].type"},
		{plain, `"type":"TextBody",`, ``, "MISSING_REQUIRED_TYPE_PROPERTY", "screens[1].layout.children[0]"},
		{plain, input, `{"type":"TextInput","name":"name"}`, "MISSING_REQUIRED_TYPE_PROPERTY", "screens[0].layout.children[0].children[0]"},
		{plain, input, `{"type":"TextInput","name":"name","label":"Name","initial-text":"x"}`, "INVALID_PROPERTY_KEY", "screens[0].layout.children[0].children[0].initial-text"},
		{plain, input, `{"type":"TextInput","name":"name","label":"Name","enabled":"yes"}`, "INVALID_PROPERTY_TYPE", "screens[0].layout.children[0].children[0].enabled"},
		{plain, input, `{"type":"TextInput","name":"name","label":"Name","input-type":"url"}`, "INVALID_ENUM_VALUE", "screens[0].layout.children[0].children[0].input-type"},
		{plain, input, `{"type":"TextInput","name":"name","label":" "}`, "PATTERN_MISMATCH", "screens[0].layout.children[0].children[0].label"},
		{plain, input, `{"type":"TextInput","name":"name","label":"Name","min-chars":9,"max-chars":8}`, "MIN_VALUE_GREATER_THAN_MAX", "screens[0].layout.children[0].children[0].min-chars"},
		{plain, input, input + "," + input, "DUPLICATE_FORM_COMPONENT_NAMES", "screens[0].layout.children[0].children[1].name"},
		{plain, `"version":"4.0"`, `"version":"3.1"`, "", ""},
		{plain, `{"type":"TextBody",`, `{"type":"OptIn","name":"o","label":"O"},{"type":"TextBody",`, "", ""},
		{strings.Replace(plain, `"version":"4.0"`, `"version":"3.1"`, 1), `{"type":"TextBody",`, `{"type":"OptIn","name":"o","label":"O"},{"type":"TextBody",`, "KEYWORD_ONE_OF", "screens[1].layout.children[0]"},
		{plain, `{"type":"Form",`, `{"type":"OptIn","name":"o","label":"O"},{"type":"Form",`, "COMPONENTS_OUTSIDE_FORM", "screens[0].layout.children"},
		{plain, `{"type":"TextBody",`, strings.Repeat(`{"type":"OptIn","name":"o","label":"O"},`, 6) + `{"type":"TextBody",`, "MAX_OPT_IN_PER_SCREEN", "screens[1].layout.children"},
		{plain, `{"type":"TextBody",`, `{"type":"Footer","label":"x","on-click-action":{"name":"complete"}},{"type":"TextBody",`, "MORE_THAN_ONE_FOOTER", "screens[1].layout.children"},
		{plain, `"label":"Done"`, `"label":"Done","left-caption":"a"`, "INVALID_DEPENDENCIES", "screens[1].layout.children[1]"},
		{plain, `"label":"Done"`, `"label":"Done","left-caption":"a","right-caption":"b","center-caption":"c"`, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "screens[1].layout.children[1]"},
		{plain, `{"type":"Footer","label":"Done","on-click-action":{"name":"complete","payload":{"name":"${data.name}"}}}`, `{"type":"TextBody","text":"x"}`, "MISSING_FOOTER_ON_TERMINAL_SCREEN", "screens[1]"},
		{plain, `{"name":"complete",`, `{"name":"finish",`, "INVALID_ENUM_VALUE", "screens[1].layout.children[1].on-click-action.name"},
		{plain, `"terminal":true,`, `"terminal":false,`, "INVALID_COMPLETE_ACTION", "screens[1].layout.children[1].on-click-action"},
		{plain, `{"type":"TextBody","text":"${data.name}"}`, `{"type":"EmbeddedLink","text":"x","on-click-action":{"name":"complete"}}`, "INVALID_ENUM_VALUE", "screens[1].layout.children[0].on-click-action.name"},
		{plain, `{"name":"complete",`, `{"name":"data_exchange",`, "MISSING_REQUIRED_PROPERTY", "screens[1].layout.children[1].on-click-action"},
		{plain, `"name":"LAST"`, `"name":"NONE"`, "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", "screens[0].layout.children[0].children[1].on-click-action.next.name"},
		{plain, `"name":"LAST"`, `"name":"FIRST"`, "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", "screens[0].layout.children[0].children[1].on-click-action.next.name"},
		{plain, `"payload":{"name":"${form.name}"}`, `"payload":{"name":"x","age":"y"}`, "INVALID_NAVIGATE_ACTION_PAYLOAD", "screens[0].layout.children[0].children[1].on-click-action.payload"},
		{plain, `"payload":{"name":"${form.name}"}`, `"payload":{}`, "INVALID_NAVIGATE_ACTION_PAYLOAD", "screens[0].layout.children[0].children[1].on-click-action"},
		{plain, `"payload":{"name":"${form.name}"}`, `"payload":{"name":1}`, "INVALID_NAVIGATE_ACTION_PAYLOAD", "screens[0].layout.children[0].children[1].on-click-action.payload.name"},
		{plain, `"data":{"name":{"type":"string","__example__":"Ana"}}`, `"data":{"name":{"type":"boolean"}}`, "INVALID_NAVIGATE_ACTION_PAYLOAD", "screens[0].layout.children[0].children[1].on-click-action.payload.name"},
		{plain, `{"name":"${form.name}"}`, `{"name":"${form.nobody}"}`, "INVALID_ON_CLICK_ACTION_PAYLOAD", "screens[0].layout.children[0].children[1].on-click-action.payload.name"},
		{plain, `{"name":"${data.name}"}`, `{"name":"${data.nothing}"}`, "INVALID_ON_CLICK_ACTION_PAYLOAD", "screens[1].layout.children[1].on-click-action.payload.name"},
		{plain, `"text":"${data.name}"`, `"text":"${data.nothing}"`, "INVALID_SCREEN_DYNAMIC_DATA", "screens[1].layout.children[0].text"},
		{plain, `"text":"${data.name}"`, `"text":"${screen.FIRST.form.nobody}"`, "INVALID_SCREEN_DATA", "screens[1].layout.children[0].text"},
		{plain, `"text":"${data.name}"`, `"text":"${screen.FIRST.form.name}"`, "", ""},
		{plain, `"text":"${data.name}"`, `"text":"${other}"`, "INVALID_SCREEN_DYNAMIC_DATA", "screens[1].layout.children[0].text"},
		{plain, `{"type":"string","__example__":"Ana"}`, `{}`, "INVALID_SCREEN_DATA", "screens[1].data.name"},
		{plain, `{"type":"string","__example__":"Ana"}`, `{"type":1}`, "INVALID_SCREEN_DATA", "screens[1].data.name.type"},
		{plain, `{"type":"string","__example__":"Ana"}`, `{"type":"string","__example__":1}`, "INVALID_SCREEN_DATA", "screens[1].data.name.__example__"},
		{table, `"items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}},`, ``, "INVALID_SCREEN_DATA", "screens[0].data.tables"},
		{table, `"items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}`, `"items": "object"`, "INVALID_SCREEN_DATA", "screens[0].data.tables.items"},
		{table, `"id": {"type": "string"}`, `"id": {"type": "string", "__example__": "x"}`, "INVALID_SCREEN_DATA", "screens[0].data.tables.items.properties.id"},
		{table, `"data-source": [{"id": "chair", "title": "High chair"}, {"id": "cake", "title": "Cake"}]`, `"data-source": []`, "MIN_ITEMS_REQUIRED", "screens[1].layout.children[2].data-source"},
		{table, `"title": "Cake"`, `"name": "Cake"`, "INVALID_PROPERTY_KEY", "screens[1].layout.children[2].data-source[1].name"},
		{table, `"condition": "${form.news}"`, `"condition": "(${form.news}"`, "INVALID_PROPERTY_VALUE", "screens[1].layout.children[4].condition"},
		{table, `"then": [{"type": "TextInput", "name": "email", "label": "Email", "input-type": "email", "required": true}]`, `"then": []`, "INVALID_PROPERTY_VALUE", "screens[1].layout.children[4].then"},
		{table, `"then": [`, `"then": [{"type":"Footer","label":"x","on-click-action":{"name":"complete"}},`, "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", "screens[1].layout.children[4]"},
		{table, `"routing_model": {"DAY": ["DETAILS"], "DETAILS": []},`, ``, "MISSING_REQUIRED_PROPERTY", "$root"},
		{table, `"DETAILS": []}`, `"DETAILS": ["DAY"]}`, "INVALID_ROUTING_MODEL", "routing_model"},
		{table, `"DETAILS": []}`, `"DETAILS": [], "OTHER": []}`, "INVALID_ROUTING_MODEL", "routing_model"},
		{table, `, "DETAILS": []}`, `}`, "INVALID_ROUTING_MODEL", "routing_model"},
		{table, `"DAY": ["DETAILS"]`, `"DAY": []`, "INVALID_ROUTING_MODEL", "routing_model"},
		{table, `"DAY": ["DETAILS"]`, `"DAY": ["NONE"]`, "INVALID_ROUTING_MODEL", "routing_model.DAY"},
		{plain, `"version":"4.0"`, `"version":"4.0","routing_model":{"FIRST":[],"LAST":[]}`, "INVALID_ROUTING_MODEL", "screens[0].layout.children[0].children[1].on-click-action"},
		{plain, `"name":"navigate","next":{"type":"screen","name":"LAST"},"payload":{"name":"${form.name}"}`, `"name":"open_url","url":"https://example.com"`, "INVALID_ROUTING_MODEL", "screens"},
		{`{"version":"4.0","screens":[` + strings.Repeat(`{"id":"A","terminal":true,"layout":{"type":"SingleColumnLayout","children":[]}},`, 100) + `{"id":"A","layout":{"type":"SingleColumnLayout","children":[]}}]}`, "", "", "MAX_SCREENS_NUMBER", "screens"},
		{table, `"DAY": ["DETAILS"]`, `"DAY": [` + strings.ReplaceAll(many, "A", "DETAILS") + `]`, "INVALID_ROUTING_MODEL", "routing_model"},
	} {
		if !strings.Contains(c.in, c.old) {
			t.Fatalf("there is no %s", c.old)
		}
		problems := flow.Check([]byte(strings.Replace(c.in, c.old, c.new, 1)))
		is := func(p flow.Problem) bool {
			return p.Code == c.code && p.Pointers[0].Path == c.path && p.Message != "" && p.LineStart > 0
		}
		if c.code == "" && problems != nil || c.code != "" && !slices.ContainsFunc(problems, is) {
			t.Errorf("%s → %s: got %v, want %s at %s", c.old, c.new, problems, c.code, c.path)
		}
	}
}

// TestPlace compares with the example of Meta's OpenAPI file: the property "initial-text" is in
// columns 17 to 30.
func TestPlace(t *testing.T) {
	text := strings.Replace(plain, `"label":"Name"}`, "\"label\":\"Näme\",\n                \"initial-text\":\"x\"}", 1)
	problems := flow.Check([]byte(text))
	if len(problems) != 1 || problems[0].Place != (flow.Place{LineStart: 5, LineEnd: 5, ColumnStart: 17, ColumnEnd: 30}) {
		t.Errorf("got %+v", problems)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte(read(f, "table.json")))
	f.Add([]byte(`{"version":1,"screens":[{"layout":{"children":[{"type":"Switch","cases":{"a":1}},null]}}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) { flow.Check(text) })
}

// TestDeepDefinitions wants that no definition takes the stack or the time of the fake: one of
// these, longer, ended the process, and the last one took half a minute.
func TestDeepDefinitions(t *testing.T) {
	condition := func(text string) string {
		return strings.Replace(plain, `{"type":"TextBody",`, `{"type":"If","condition":"`+text+`","then":[{"type":"TextBody","text":"a"}]},{"type":"TextBody",`, 1)
	}
	for _, c := range []struct{ text, code, says string }{
		{condition(strings.Repeat("(", 90) + "true" + strings.Repeat(")", 90)), "", ""},
		{condition(strings.Repeat("(", 20_000)), "INVALID_PROPERTY_VALUE", "More than 100 operands"},
		{condition(strings.Repeat("!", 20_000) + "true"), "INVALID_PROPERTY_VALUE", "More than 100 operands"},
		{strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), "INVALID_FLOW_JSON", ""},
		{`{"version":"4.0",` + strings.Repeat(`"x":1,`, 20_000) + `"y":1}`, "INVALID_PROPERTY_KEY", ""},
	} {
		problems := flow.Check([]byte(c.text))
		is := func(p flow.Problem) bool { return p.Code == c.code && strings.Contains(p.Message, c.says) }
		if c.code == "" && len(problems) > 0 || c.code != "" && !slices.ContainsFunc(problems, is) || len(problems) > 500 {
			t.Errorf("%.40s…: %d problems; wanted %s %s", c.text, len(problems), c.code, c.says)
		}
	}
}
