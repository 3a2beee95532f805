package control

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"wappasim/fakewa"
	"wappasim/fakewa/bill"
	"wappasim/fakewa/call"
	"wappasim/fakewa/event"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/group"
	"wappasim/fakewa/life"
	"wappasim/fakewa/pricing"
	"wappasim/fakewa/report"
)

// TestDocumentHasEveryRouteAndField compares the document of the control API with its
// routes and the structs that it reads and writes.
func TestDocumentHasEveryRouteAndField(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	var platform, business []string
	for path, item := range doc.Paths.Map() {
		of := &business
		if item.Servers != nil { // they are not for each business
			of = &platform
		}
		for method := range item.Operations() {
			*of = append(*of, method+" "+strings.TrimPrefix(path, "/"))
		}
	}
	same(t, "routes of the platform", append(slices.Collect(maps.Keys(platformRoutes)), "GET openapi.yaml", "GET "), platform)
	same(t, "routes of a business", slices.Collect(maps.Keys(businessRoutes)), business)
	for name, value := range map[string]any{"Flow": flow.Flow{}, "Exchange": flow.Exchange{}, "Screen": flow.Screen{}, "Field": flow.Field{}, "Option": flow.Option{}, "Call": call.Call{}, "Group": group.Group{}, "JoinRequest": group.Request{}, "Settings": fakewa.Config{}, "Fault": fakewa.Fault{}, "Profile": fakewa.Profile{}, "Request": fakewa.Request{}, "Delivery": fakewa.Delivery{}, "Event": event.Event{}, "EventBegin": event.Beginning{}, "EventWebhook": event.Delivery{}, "Due": event.Due{}, "EventClock": event.Move{}, "EventLost": event.Gap{}, "Dropped": fakewa.Dropped{}, "Answer": fakewa.Answer{}, "User": fakewa.User{}, "Template": fakewa.Template{}, "Report": report.Report{}, "Finding": report.Finding{}, "Evidence": report.Evidence{}, "Bill": bill.Bill{}, "Line": bill.Line{}, "Price": pricing.Price{}, "LifeSettings": life.Settings{}, "Life": life.State{}, "TemplateLife": life.Template{}} {
		same(t, "fields of "+name, fieldNames(value), slices.Collect(maps.Keys(doc.Components.Schemas[name].Value.Properties)))
	}
}

// fieldNames returns the names of a struct's fields in JSON.
func fieldNames(of any) (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeOf(of)) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func same(t *testing.T, what string, code, document []string) {
	t.Helper()
	for _, name := range code {
		if !slices.Contains(document, name) {
			t.Errorf("%s: the document lacks %s", what, name)
		}
	}
	for _, name := range document {
		if !slices.Contains(code, name) {
			t.Errorf("%s: the document has %s, which there is not", what, name)
		}
	}
}
