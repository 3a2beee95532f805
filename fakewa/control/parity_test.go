package control

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/call"
	"wappasim/fakewa/coexist"
	"wappasim/fakewa/flow"
	"wappasim/fakewa/group"
	"wappasim/fakewa/life"
	"wappasim/fakewa/notice"
	"wappasim/fakewa/report"
	"wappasim/fakewa/revision"
)

// inGo names for each route what does the same in Go.
var inGo = map[string][]string{
	"GET clock":                    {"Clock.Now", "Clock.Scheduled"},
	"POST clock":                   {"Clock.Advance"},
	"GET businesses":               {"Platform.Businesses"},
	"POST businesses":              {"Platform.Add"},
	"DELETE businesses/{business}": {"Platform.Remove"},

	"GET users":                    {"Server.Users"},
	"GET users/{user}":             {"Phone.Profile"},
	"PATCH users/{user}":           {"Phone.SetProfile"},
	"GET users/{user}/messages":    {"Server.Conversation"},
	"POST users/{user}/messages":   {"Phone.Send", "Phone.Say"},
	"POST users/{user}/tap":        {"Phone.Tap", "Phone.Choose"},
	"POST users/{user}/react":      {"Phone.React"},
	"POST users/{user}/edit":       {"revision.Edit", "revision.Find"},
	"POST users/{user}/delete":     {"revision.Delete"},
	"POST users/{user}/read":       {"Phone.Read"},
	"POST users/{user}/play":       {"Phone.Play"},
	"POST users/{user}/report":     {"Control.Report"},
	"POST users/{user}/preference": {"Control.Prefer"},
	"POST app/messages":            {"coexist.Echo", "Business.Say", "Business.Edit", "Business.Delete", "Business.Find"},
	"POST app/history":             {"Business.ShareHistory", "Business.DeclineHistory"},
	"POST app/contacts":            {"Business.SaveContact", "Business.RemoveContact"},
	"POST messages":                {"Server.Compose", "Server.DeliverOnce", "Server.Deliver"},
	"GET messages":                 {"Server.Messages", "Server.Message", "Server.Wait", "Server.Sent", "Phone.Inbox"},
	"GET requests":                 {"Server.Requests"},
	"GET webhooks":                 {"Server.Deliveries"},
	"GET events":                   {"Server.Events"},
	"POST webhooks/{n}/redeliver":  {"Server.Redeliver"},
	"POST errors":                  {"Send"},
	"GET notices":                  {"Fields"},
	"POST notices":                 {"Server.Notify", "Send"},
	"GET webhook":                  {"Server.WebhookURL"},
	"PUT webhook":                  {"Server.SetWebhook", "Server.Verify"},
	"GET number":                   {"Server.NumberStatus"},
	"PATCH number":                 {"Server.SetNumberStatus"},
	"GET media/{id}":               {"Server.Media"},
	"GET templates":                {"Server.Templates"},
	"POST templates":               {"Server.AddTemplate"},
	"POST templates/{id}":          {"Server.SetTemplateStatus", "Control.Rate"},
	"GET life":                     {"Control.State"},
	"PATCH life":                   {"Control.SetTier"},
	"GET faults":                   {"Server.Faults"},
	"POST faults":                  {"Server.Inject"},
	"DELETE faults":                {"Server.RemoveFault"},
	"DELETE faults/{id}":           {"Server.RemoveFault"},
	"GET flows":                    {"Account.Flows"},
	"GET flows/exchanges":          {"Account.Exchanges"},
	"POST flows/{id}/ping":         {"Account.Ping"},
	"POST users/{user}/flow":       {"Account.Open"},
	"GET users/{user}/flow":        {"Account.Visit", "Visit.Screen"},
	"DELETE users/{user}/flow":     {"Visit.Close"},
	"POST users/{user}/flow/fill":  {"Visit.Fill"},
	"POST users/{user}/flow/press": {"Visit.Press"},
	"POST users/{user}/flow/back":  {"Visit.Back"},
	"GET report":                   {"Of"},
	"GET bill":                     {"Of"},
	"GET state":                    {"Server.Users", "Server.Dropped", "Server.Config"},
	"POST reset":                   {"Server.Reset"},

	"POST users/{user}/call":               {"Line.Dial"},
	"POST users/{user}/call_permission":    {"Line.Allow", "Line.Refuse"},
	"GET calls":                            {"Line.All", "Line.Find"},
	"POST calls/{call}":                    {"Line.PickUp", "Line.Decline", "Line.HangUp"},
	"GET groups":                           {"List.All", "List.Find"},
	"POST groups":                          {"List.Create"},
	"PATCH groups/{group}":                 {"List.Suspend"},
	"POST groups/{group}/members":          {"List.Join"},
	"DELETE groups/{group}/members/{user}": {"List.Leave"},
	"POST groups/{group}/messages":         {"List.Speak"},
}

// elsewhere names the methods that no route needs, with the reason.
var elsewhere = map[string]string{
	"Server.ServeHTTP": "the Graph API", "Server.Client": "the Graph API in process",
	"Server.Upload": "POST /{phone}/media",
	"Server.Post":   "a test can post to its own bot", "Server.Close": "the process ends", "Server.Phone": "the user in the path",
	"Phone.Number":       "the user in the path",
	"Platform.ServeHTTP": "the Graph API", "Platform.Close": "the process ends", "Platform.First": "without businesses/{id}", "Platform.Business": "businesses/{id}",
	"Control.Unpause": "POST /{template}/unpause",
	"Line.Enable":     "POST /{phone}/settings", "Line.Serve": "the Graph API", "Line.Request": "the Graph API",
	"List.Has": "GET /{group}", "List.Serve": "the Graph API", "List.Send": "the Graph API",
	"Clock.Still":          "the test knows how it started the fake",
	"Account.SetPublicKey": "POST /{phone}/whatsapp_business_encryption",
	"Account.Has":          "GET flows", "Account.Check": "POST /{flow}/assets has the problems",
	"Account.Routes": "the Graph API", "Account.Object": "the Graph API", "Account.Refuse": "POST /{phone}/messages",
	"Account.Attach": "the server does it", "Account.Reset": "a part of Server.Reset", "Account.Watch": "GET messages",
}

// TestGoCanDoWhatHTTPCan compares the routes with the methods of package fakewa, in both
// directions.
func TestGoCanDoWhatHTTPCan(t *testing.T) {
	methods := map[string]bool{
		"Of":     reflect.ValueOf(report.Of).IsValid(),
		"Fields": reflect.ValueOf(notice.Fields).IsValid(), "Send": reflect.ValueOf(notice.Send).IsValid(),
	}
	methods["coexist.Echo"] = reflect.ValueOf(coexist.Echo).IsValid()
	for name, f := range map[string]any{"Edit": revision.Edit, "Delete": revision.Delete, "Find": revision.Find} {
		methods["revision."+name] = reflect.ValueOf(f).IsValid()
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[*fakewa.Server](), reflect.TypeFor[*fakewa.Phone](), reflect.TypeFor[*fakewa.Platform](), reflect.TypeFor[*fakewa.Clock](), reflect.TypeFor[*coexist.Business](), reflect.TypeFor[*flow.Account](), reflect.TypeFor[*flow.Visit](), reflect.TypeFor[*call.Line](), reflect.TypeFor[*group.List]()} {
		for m := range typ.Methods() {
			methods[typ.Elem().Name()+"."+m.Name] = true
		}
	}
	for m := range reflect.TypeFor[life.Control]().Methods() {
		methods["Control."+m.Name] = true
	}
	routes := append(slices.Collect(maps.Keys(platformRoutes)), slices.Collect(maps.Keys(businessRoutes))...)
	named := make(map[string]bool)
	for _, route := range routes {
		if len(inGo[route]) == 0 {
			t.Errorf("nothing in Go does the same as %s", route)
		}
		for _, method := range inGo[route] {
			named[method] = true
			if !methods[method] {
				t.Errorf("%s: there is no %s", route, method)
			}
		}
	}
	for route := range inGo {
		if !slices.Contains(routes, route) {
			t.Errorf("there is no route %s", route)
		}
	}
	for method := range methods {
		if reason := elsewhere[method]; named[method] == (reason != "") {
			t.Errorf("%s: no route does the same and no reason is given, or both: %q", method, reason)
		}
	}
	for method := range elsewhere {
		if !methods[method] {
			t.Errorf("there is no %s", method)
		}
	}
	if len(routes) < 30 || !strings.Contains(strings.Join(routes, " "), "PATCH number") {
		t.Errorf("only %d routes were looked at", len(routes))
	}
}
