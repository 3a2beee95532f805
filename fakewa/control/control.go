// Package control lets tests in any language control a fake over HTTP: everything
// that Go can do to a [fakewa.Platform], under /_fakewa/, beside the Graph API.
//
//	platform, err := fakewa.NewPlatform(fakewa.Config{WebhookURL: "http://127.0.0.1:8000/webhook"})
//	if err != nil {
//		return err
//	}
//	defer platform.Close()
//	return http.ListenAndServe("127.0.0.1:4004", control.Handler(platform))
//
// GET /_fakewa/ lists the endpoints, and GET /_fakewa/openapi.yaml describes them. The
// package uses only what package fakewa exports. It asks nobody for a password: serve
// it where only tests can reach it. Web pages elsewhere cannot; see [Guard].
package control

import (
	_ "embed"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
)

//go:embed control.yaml
var document []byte

// Handler returns the Graph API of a platform with the control API beside it. [Guard]
// refuses calls to the control API from web pages elsewhere; hosts are further names under
// which tests call it, such as that of a container. The Graph API takes all names.
func Handler(p *fakewa.Platform, hosts ...string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_fakewa/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(document)
	})
	mux.Handle("GET /_fakewa/{$}", handler(func(*http.Request) (any, error) { return listRoutes(), nil }))
	mux.Handle(anyPath, handler(func(r *http.Request) (any, error) { return nil, unknownEndpoint(mux, r) }))
	for pattern, h := range platformRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /_fakewa/"+path, handler(func(r *http.Request) (any, error) { return h(p, r) }))
	}
	for pattern, h := range businessRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /_fakewa/"+path, handler(func(r *http.Request) (any, error) { return h(p.First(), r) }))
		mux.Handle(method+" /_fakewa/businesses/{business}/"+path, handler(func(r *http.Request) (any, error) {
			s := p.Business(r.PathValue("business"))
			if s == nil {
				return nil, noBusiness(r)
			}
			return h(s, r)
		}))
	}
	guarded := Guard(mux, hosts...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_fakewa") {
			guarded.ServeHTTP(w, r)
			return
		}
		p.ServeHTTP(w, r) // without the mux, which redirects a path with two slashes in a row
	})
}

// platformRoutes are the endpoints for all businesses, under /_fakewa/.
var platformRoutes = map[string]func(*fakewa.Platform, *http.Request) (any, error){
	"GET clock":                    getClock,
	"POST clock":                   moveClock,
	"GET businesses":               listBusinesses,
	"POST businesses":              addBusiness,
	"DELETE businesses/{business}": removeBusiness,
}

// businessRoutes are the endpoints for each business, under /_fakewa/ for the first
// and under /_fakewa/businesses/{id}/ for any.
var businessRoutes = map[string]func(*fakewa.Server, *http.Request) (any, error){
	"GET users":                    listUsers,
	"GET users/{user}":             getProfile,
	"PATCH users/{user}":           changeProfile,
	"GET users/{user}/messages":    getConversation,
	"POST users/{user}/messages":   sendMessage,
	"POST users/{user}/tap":        tap,
	"POST users/{user}/react":      react,
	"POST users/{user}/edit":       editMessage,
	"POST users/{user}/delete":     deleteMessage,
	"POST users/{user}/read":       read,
	"POST users/{user}/play":       play,
	"POST users/{user}/report":     reportBusiness,
	"POST users/{user}/preference": prefer,
	"POST app/messages":            sayInApp,
	"POST app/history":             shareHistory,
	"POST app/contacts":            changeContact,
	"POST messages":                sendBatch,
	"GET messages":                 listMessages,
	"GET requests":                 listRequests,
	"GET webhooks":                 listDeliveries,
	"GET events":                   streamEvents,
	"POST webhooks/{n}/redeliver":  redeliver,
	"POST errors":                  notifyError,
	"GET notices":                  listNotices,
	"POST notices":                 sendNotice,
	"GET webhook":                  getWebhook,
	"PUT webhook":                  setWebhook,
	"GET number":                   getNumber,
	"PATCH number":                 changeNumber,
	"GET media/{id}":               getMedia,
	"GET templates":                listTemplates,
	"POST templates":               addTemplate,
	"POST templates/{id}":          changeTemplate,
	"GET life":                     getLife,
	"PATCH life":                   changeLife,
	"GET faults":                   listFaults,
	"POST faults":                  injectFault,
	"DELETE faults":                removeFaults,
	"DELETE faults/{id}":           removeFault,
	"GET flows":                    listFlows,
	"GET flows/exchanges":          listExchanges,
	"POST flows/{id}/ping":         pingFlow,
	"POST users/{user}/flow":       openFlow,
	"GET users/{user}/flow":        inFlow(seeFlow),
	"DELETE users/{user}/flow":     inFlow(closeFlow),
	"POST users/{user}/flow/fill":  inFlow(fillFlow),
	"POST users/{user}/flow/press": inFlow(pressFlow),
	"POST users/{user}/flow/back":  inFlow(backFlow),
	"GET report":                   getReport,
	"GET bill":                     getBill,
	"GET state":                    getState,
	"POST reset":                   reset,

	"POST users/{user}/call":               dial,
	"POST users/{user}/call_permission":    permit,
	"GET calls":                            listCalls,
	"POST calls/{call}":                    actOnCall,
	"GET groups":                           listGroups,
	"POST groups":                          createGroup,
	"PATCH groups/{group}":                 changeGroup,
	"POST groups/{group}/members":          joinGroup,
	"DELETE groups/{group}/members/{user}": leaveGroup,
	"POST groups/{group}/messages":         speakInGroup,
}

// listRoutes tells a visitor what there is.
func listRoutes() any {
	return map[string]any{
		"openapi":       "/_fakewa/openapi.yaml",
		"platform":      slices.Sorted(maps.Keys(platformRoutes)),
		"each_business": slices.Sorted(maps.Keys(businessRoutes)),
		"messages":      message.Supported(),
	}
}

// anyPath is the pattern of what is no endpoint.
const anyPath = "/_fakewa/"

func unknownEndpoint(mux *http.ServeMux, r *http.Request) error {
	var others []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, pattern := mux.Handler(&http.Request{Method: method, Host: r.Host, URL: r.URL}); pattern != anyPath {
			others = append(others, method)
		}
	}
	but := ""
	if len(others) > 0 {
		but = ", but this path has " + strings.Join(others, " and ")
	}
	return notFound("fakewa: unknown endpoint %s %s%s; GET /_fakewa/ lists them", r.Method, r.URL.Path, but)
}

func noBusiness(r *http.Request) error {
	return notFound("fakewa: no business has the id %q; GET /_fakewa/businesses lists them", r.PathValue("business"))
}

// notFound is an error with status 404.
func notFound(format string, args ...any) error {
	return &statusError{http.StatusNotFound, fmt.Errorf(format, args...)}
}
