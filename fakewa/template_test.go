package fakewa_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

const (
	accountID = "102290129340398"
	templates = "/v23.0/" + accountID + "/message_templates"
)

// withTemplates returns a server and its bot.
func withTemplates(t *testing.T, cfg fakewa.Config) (*fakewa.Server, *recorder) {
	t.Helper()
	bot := &recorder{}
	cfg.Webhook, cfg.Clock = bot, fakewa.StillClock(fixed())
	s := fakewa.New(cfg)
	t.Cleanup(s.Close)
	return s, bot
}

// templatesTold waits until the webhooks so far were brought and returns those of templates.
func templatesTold(t *testing.T, s *fakewa.Server, bot *recorder) (values []map[string]any) {
	t.Helper()
	if err := s.Config().Clock.Advance(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for _, body := range bot.all() {
		var hook struct {
			Entry []struct {
				ID      string
				Changes []struct {
					Field string
					Value map[string]any
				}
			}
		}
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		if err := dec.Decode(&hook); err != nil {
			t.Fatal(err)
		}
		for _, entry := range hook.Entry {
			for _, c := range entry.Changes {
				if c.Field == "message_template_status_update" {
					values = append(values, c.Value)
				}
			}
		}
	}
	return values
}

// accept makes a call that must be accepted, and decodes its answer.
func accept[T any](t *testing.T, s *fakewa.Server, method, path, body string) (answer T) {
	t.Helper()
	status, got := call(t, s, method, path, "Bearer x", body)
	if err := json.Unmarshal([]byte(got), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s %s: got %d %s", method, path, status, got)
	}
	return answer
}

// refusal is what the API says of a call that it does not accept.
type refusal struct {
	status, code, subcode int
	details               string // a part of them
}

func (want refusal) check(t *testing.T, status int, answer string) {
	t.Helper()
	var got struct {
		Error struct {
			Code          int
			Error_subcode int
			Error_data    struct{ Details string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	e := got.Error
	if status != want.status || e.Code != want.code || e.Error_subcode != want.subcode || !strings.Contains(e.Error_data.Details, want.details) {
		t.Errorf("got %d %s, want %+v", status, answer, want)
	}
}

func addTemplate(t *testing.T, s *fakewa.Server, name, language, category, components string) string {
	t.Helper()
	id, err := s.AddTemplate(fakewa.Template{Name: name, Language: language, Category: category, Components: json.RawMessage(components)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

type templateAnswer struct {
	ID, Name, Language, Status, Category string
	ParameterFormat                      string `json:"parameter_format"`
	Components                           []map[string]any
}

func TestHelloWorld(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	got := accept[struct{ Data []templateAnswer }](t, s, "GET", templates, "").Data
	if len(got) != 1 || got[0].Name != "hello_world" || got[0].Language != "en_US" || got[0].Status != "APPROVED" || got[0].Category != "UTILITY" || got[0].ID == "" {
		t.Fatalf("got %+v", got)
	}
	if status, answer := call(t, s, "POST", "/"+number+"/messages", "Bearer x", sendTemplate("hello_world", "en_US", "")); status != 200 {
		t.Errorf("got %d %s", status, answer)
	}
	s.Reset(7)
	if got := s.Templates(); len(got) != 1 || got[0].Name != "hello_world" {
		t.Errorf("after a reset: %+v", got)
	}
}

func TestApproval(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	created := accept[templateAnswer](t, s, "POST", templates, `{"name":"order","language":"de","category":"utility","components":[{"type":"body","text":"Order {{1}} is here."}]}`)
	if created.ID == "" || created.Status != "PENDING" || created.Category != "UTILITY" {
		t.Fatalf("got %+v", created)
	}
	got := accept[templateAnswer](t, s, "GET", "/v23.0/"+created.ID, "")
	if got.Name != "order" || got.ParameterFormat != "POSITIONAL" || len(got.Components) != 1 || got.Components[0]["type"] != "BODY" || got.Components[0]["text"] != "Order {{1}} is here." {
		t.Errorf("got %+v", got)
	}
	if few := accept[map[string]any](t, s, "GET", "/"+created.ID+"?fields=status", ""); len(few) != 2 || few["status"] != "PENDING" || few["id"] != created.ID {
		t.Errorf("got %+v", few)
	}
	send := func() (int, string) {
		return call(t, s, "POST", "/"+number+"/messages", "Bearer x", sendTemplate("order", "de", bodyTexts("7")))
	}
	status, answer := send()
	refusal{404, 132001, 0, "it is PENDING, not APPROVED"}.check(t, status, answer)
	for _, step := range []struct{ status, reason, told string }{
		{"REJECTED", "INVALID_FORMAT", "INVALID_FORMAT"},
		{"APPROVED", "", "NONE"},
	} {
		before := len(templatesTold(t, s, bot))
		if err := s.SetTemplateStatus("order", "de", step.status, step.reason); err != nil {
			t.Fatal(err)
		}
		all := templatesTold(t, s, bot)
		if len(all) != before+1 {
			t.Fatalf("got %v", all)
		}
		v := all[before]
		if v["event"] != step.status || v["message_template_id"] != json.Number(created.ID) || v["message_template_name"] != "order" ||
			v["message_template_language"] != "de" || v["reason"] != step.told {
			t.Errorf("got %v", v)
		}
	}
	if status, answer := send(); status != 200 {
		t.Errorf("got %d %s", status, answer)
	}
	if err := s.SetTemplateStatus("order", "fr", "APPROVED", ""); err == nil || !strings.Contains(err.Error(), "order") {
		t.Errorf("another language: %v", err)
	}
	if err := s.SetTemplateStatus("order", "de", "FINE", ""); err == nil || !strings.Contains(err.Error(), "PAUSED") {
		t.Errorf("another status: %v", err)
	}
}

func TestApprovedAtOnce(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{ApproveTemplates: true})
	created := accept[templateAnswer](t, s, "POST", templates, `{"name":"order","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi."}]}`)
	if created.Status != "APPROVED" {
		t.Errorf("got %+v", created)
	}
	accept[map[string]bool](t, s, "POST", "/"+created.ID, `{"components":[{"type":"BODY","text":"Ho."}]}`)
	if got := templatesTold(t, s, bot); len(got) != 2 || got[0]["event"] != "APPROVED" || got[1]["event"] != "APPROVED" {
		t.Errorf("got %v", got)
	}
}

func TestTemplateControl(t *testing.T) {
	s, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(fixed())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id := addTemplate(t, s.First(), "order", "de", "UTILITY", `[{"type":"BODY","text":"Hi."}]`)
	addTemplate(t, s.First(), "order", "en", "UTILITY", `[{"type":"BODY","text":"Hi."}]`)
	do := func(method, path, body string) (int, string) {
		rec := httptest.NewRecorder()
		control.Handler(s).ServeHTTP(rec, httptest.NewRequest(method, "/_fakewa/"+path, strings.NewReader(body)))
		return rec.Code, rec.Body.String()
	}
	statuses := func() (all string) {
		for _, t := range s.First().Templates() {
			all += t.Language + " " + t.Status + ","
		}
		return all
	}
	if status, answer := do("POST", "templates/"+id, `{"status":"PAUSED"}`); status != 200 || statuses() != "en_US APPROVED,de PAUSED,en APPROVED," {
		t.Errorf("got %d %s, %s", status, answer, statuses())
	}
	if status, answer := do("POST", "templates/order", `{"status":"DISABLED","reason":"x"}`); status != 200 || statuses() != "en_US APPROVED,de DISABLED,en DISABLED," {
		t.Errorf("got %d %s, %s", status, answer, statuses())
	}
	if status, answer := do("GET", "templates", ""); status != 200 || strings.Count(answer, `"status":"DISABLED"`) != 2 || !strings.Contains(answer, `"components":[{`) {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := do("POST", "templates/nothing", `{"status":"APPROVED"}`); status != 404 || !strings.Contains(answer, "nothing") {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := do("POST", "templates/order", `{"status":"approved"}`); status != 400 || !strings.Contains(answer, "IN_APPEAL") {
		t.Errorf("got %d %s", status, answer)
	}
}

type templatePage struct {
	Data   []templateAnswer
	Paging struct {
		Cursors struct{ Before, After string }
		Next    string
	}
}

func (p templatePage) names() string {
	var names []string
	for _, t := range p.Data {
		names = append(names, t.Name)
	}
	return strings.Join(names, " ")
}

func TestTemplatePages(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		ids[name] = addTemplate(t, s, name, "de", "MARKETING", `[{"type":"BODY","text":"Hi."}]`)
	}
	get := func(url string) templatePage {
		t.Helper()
		return accept[templatePage](t, s, "GET", strings.TrimPrefix(url, "https://graph.facebook.com"), "")
	}
	first := get(templates + "?category=marketing&limit=2&access_token=secret")
	if first.names() != "a b" || strings.Contains(first.Paging.Next, "secret") {
		t.Fatalf("got %+v", first)
	}
	u, err := url.Parse(first.Paging.Next)
	if err != nil || u.Host != "graph.facebook.com" || u.Path != templates || u.Query().Get("after") != first.Paging.Cursors.After {
		t.Errorf("got %v, %v", u, err)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=b", "") // its cursor stays good
	last := get(first.Paging.Next)
	if last.names() != "c d" || last.Paging.Next != "" {
		t.Errorf("got %+v", last)
	}
	if back := get(templates + "?category=MARKETING&limit=2&before=" + last.Paging.Cursors.Before); back.names() != "a" {
		t.Errorf("got %+v", back)
	}
	if beyond := get(templates + "?after=" + last.Paging.Cursors.After); len(beyond.Data) != 0 || beyond.Paging.Cursors.After != "" {
		t.Errorf("got %+v", beyond)
	}
	if few := get(templates + "?fields=name&name=c"); few.names() != "c" || few.Data[0].ID != ids["c"] || few.Data[0].Status != "" {
		t.Errorf("got %+v", few)
	}
	for query, want := range map[string]string{
		"":                         "hello_world a c d",
		"language=en_US":           "hello_world",
		"status=approved&limit=99": "hello_world a c d",
		"status=PAUSED":            "",
	} {
		if got := get(templates + "?" + query); got.names() != want {
			t.Errorf("%s: got %s", query, got.names())
		}
	}
	for query, details := range map[string]string{
		"limit=0": "limit", "limit=x": "limit", "after=x": "after", "before=x": "before",
		"status=fine": "IN_APPEAL", "category=spam": "MARKETING", "fields=nothing": "nothing",
	} {
		status, answer := call(t, s, "GET", templates+"?"+query, "Bearer x", "")
		refusal{400, 100, 0, details}.check(t, status, answer)
	}
}

func TestEditTemplate(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	id := addTemplate(t, s, "order", "de", "UTILITY", `[{"type":"BODY","text":"Old."}]`)
	accept[map[string]bool](t, s, "POST", "/v23.0/"+id, `{"components":[{"type":"BODY","text":"New {{name}}."}],"parameter_format":"named"}`)
	got := accept[templateAnswer](t, s, "GET", "/"+id, "")
	if got.Status != "PENDING" || got.Name != "order" || got.Category != "UTILITY" || got.ParameterFormat != "NAMED" || got.Components[0]["text"] != "New {{name}}." {
		t.Errorf("got %+v", got)
	}
	if hooks := templatesTold(t, s, bot); len(hooks) != 1 || hooks[0]["event"] != "PENDING" {
		t.Errorf("got %v", hooks)
	}
	status, answer := call(t, s, "POST", "/"+id, "Bearer x", `{}`)
	refusal{400, 100, 2388039, "PENDING"}.check(t, status, answer)
	if err := s.SetTemplateStatus("order", "", "PAUSED", ""); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]refusal{
		`{"name":"other"}`:   {400, 100, 0, "cannot be changed"},
		`{"language":"fr"}`:  {400, 100, 0, "cannot be changed"},
		`{"components":[]}`:  {400, 100, 2388072, "no BODY"},
		`{"components":"x"}`: {400, 100, 0, "components is a string"},
		`{"category":7}`:     {400, 100, 0, "category"},
		`x`:                  {400, 100, 0, "JSON"},
	} {
		status, answer := call(t, s, "POST", "/"+id, "Bearer x", body)
		want.check(t, status, answer)
	}
	if again := accept[templateAnswer](t, s, "GET", "/"+id, ""); again.Status != "PAUSED" || again.Components[0]["text"] != "New {{name}}." {
		t.Errorf("a refused edit changed it: %+v", again)
	}
	for _, method := range []string{"GET", "POST"} {
		if status, answer := call(t, s, method, "/123456", "Bearer x", "{}"); status != 400 || !strings.Contains(answer, "GraphMethodException") {
			t.Errorf("%s of another id: got %d %s", method, status, answer)
		}
	}
}

func TestDeleteTemplate(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	const components = `[{"type":"BODY","text":"Hi."}]`
	de := addTemplate(t, s, "order", "de", "UTILITY", components)
	addTemplate(t, s, "order", "en", "UTILITY", components)
	addTemplate(t, s, "order", "fr", "UTILITY", components)
	for query, details := range map[string]string{
		"":                          "name is missing",
		"?name=other":               `"other"`,
		"?name=order&hsm_id=1":      `hsm_id is "1"`,
		"?name=other&hsm_id=" + de:  `"other"`,
		"?hsm_id=" + de:             "name is missing",
		"?name=hello_world&hsm_id=": "",
	} {
		status, answer := call(t, s, "DELETE", templates+query, "Bearer x", "")
		if details == "" {
			if status != 200 {
				t.Errorf("%s: got %d %s", query, status, answer)
			}
			continue
		}
		refusal{400, 100, 0, details}.check(t, status, answer)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=order&hsm_id="+de, "")
	if got := s.Templates(); len(got) != 2 || got[0].Language != "en" {
		t.Errorf("got %+v", got)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=order", "")
	if got := s.Templates(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if hooks := templatesTold(t, s, bot); len(hooks) != 4 || hooks[3]["event"] != "PENDING_DELETION" {
		t.Errorf("got %v", hooks)
	}
	addTemplate(t, s, "order", "de", "UTILITY", components)
}

func TestTemplateLimits(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	made := 0
	create := func() (int, string) {
		made++
		return call(t, s, "POST", templates, "Bearer x", fmt.Sprintf(`{"name":"t%d","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi."}]}`, made))
	}
	fill := func(n int) {
		t.Helper()
		for range n {
			if status, answer := create(); status != 200 {
				t.Fatalf("got %d %s", status, answer)
			}
		}
	}
	fill(1)
	advance := func(d time.Duration) {
		t.Helper()
		if err := s.Config().Clock.Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	advance(20 * time.Minute)
	fill(99)
	status, answer := create()
	refusal{400, 80007, 0, "the next may be in 40m0s"}.check(t, status, answer)
	advance(40 * time.Minute)
	fill(1)
	status, answer = create()
	refusal{400, 80007, 0, "20m0s"}.check(t, status, answer)
	advance(time.Hour)
	fill(100)
	advance(time.Hour)
	fill(48) // and hello_world
	status, answer = create()
	refusal{400, 100, 2388019, "250"}.check(t, status, answer)
	if _, err := s.AddTemplate(fakewa.Template{Name: "more", Language: "de", Category: "UTILITY", Components: json.RawMessage(`[{"type":"BODY","text":"Hi."}]`)}); err == nil {
		t.Error("a 251st template was added")
	}
}

func TestTemplateDefinitions(t *testing.T) {
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
		"a text as buttons":      {with(`{"type":"BUTTONS","buttons":"x"}`), 0, "components.buttons has a value of the JSON type string where there must be an array"},
		"a text as a button":     {with(`{"type":"BUTTONS","buttons":["x"]}`), 0, "components.buttons has a value of the JSON type string where there must be an object"},
		"a text as a component":  {whole(`"x"`), 0, "components has a value of the JSON type string where there must be an object"},
		"components in a string": {`{"name":"t","language":"de","category":"MARKETING","components":"[{\"type\":\"BODY\",\"text\":\"Hi.\"}]"}`, 0, ""},
		"a number as a text":     {whole(`{"type":"BODY","text":7}`), 0, "components.text has a value of the JSON type number where there must be a string"},
		"no body":                {whole(`{"type":"FOOTER","text":"Bye."}`), 2388072, "no BODY"},
		"two bodies":             {with(`{"type":"BODY","text":"Ho."}`), 0, "components[1].type"},
		"an unknown component":   {with(`{"type":"LEG"}`), 0, `"LEG"`},
		"the longest body":       {body(x(1024)), 0, ""},
		"a longer body":          {body(x(1025)), 2388040, "components[0].text has 1025 characters; 1024"},
		"emoji":                  {body(strings.Repeat("😀", 513)), 2388040, "1026"},
		"an empty body":          {body(""), 2388072, "components[0].text is missing"},
		"variables":              {body("Hi {{2}}, {{1}} or {{1}}."), 0, ""},
		"a variable first":       {body("{{1}} is here."), 2388299, "{{1}}"},
		"a variable last":        {body("Here is {{1}}"), 2388299, "{{1}}"},
		"a gap":                  {body("Hi {{1}} and {{3}}."), 2388072, "{{3}}"},
		"from zero":              {body("Hi {{0}}."), 2388072, "{{0}}"},
		"two digits":             {body("Hi {{01}}."), 2388072, "{{01}}"},
		"a name by position":     {body("Hi {{name}}."), 2388072, "POSITIONAL"},
		"half a variable":        {body("Hi {{1}."), 2388072, "braces"},
		"names":                  {named("Hi {{first_name}} {{x2}}."), 0, ""},
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
		"a URL":                  {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}"`), 0, ""},
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

// TestTemplatesAtOnce is for the race detector.
func TestTemplatesAtOnce(t *testing.T) {
	s, bot := withTemplates(t, fakewa.Config{})
	var all sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprint("t", i)
		all.Go(func() {
			id, err := s.AddTemplate(fakewa.Template{Name: name, Language: "de", Category: "UTILITY", Components: json.RawMessage(`[{"type":"BODY","text":"Hi."}]`)})
			if err != nil {
				t.Error(err)
			}
			for _, c := range []struct{ method, path, body string }{
				{"POST", "/" + number + "/messages", sendTemplate(name, "de", "")},
				{"GET", templates, ""},
				{"POST", "/" + id, `{"components":[{"type":"BODY","text":"Ho."}]}`},
				{"GET", "/" + id, ""},
				{"DELETE", templates + "?name=" + name, ""},
			} {
				if status, answer := call(t, s, c.method, c.path, "Bearer x", c.body); status != 200 {
					t.Errorf("%s %s: got %d %s", c.method, c.path, status, answer)
				}
			}
			if err := s.SetTemplateStatus("hello_world", "", "PAUSED", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := templatesTold(t, s, bot); len(got) != 3*8 {
		t.Errorf("got %d webhooks", len(got))
	}
	if got := s.Templates(); len(got) != 1 || got[0].Status != "PAUSED" {
		t.Errorf("got %+v", got)
	}
}
