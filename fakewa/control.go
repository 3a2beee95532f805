package fakewa

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/internal/wire"
	"wappasim/fakewa/message"
)

//go:embed control.yaml
var controlAPI []byte

// Control returns the Graph API with the control API beside it, which tests in
// any language use: GET /_fakewa/openapi.yaml describes it.
func (p *Platform) Control() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", p)
	mux.HandleFunc("GET /_fakewa/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(controlAPI)
	})
	mux.Handle("GET /_fakewa/{$}", controlHandler(func(*http.Request) (any, error) { return routesObject(), nil }))
	mux.Handle("/_fakewa/", controlHandler(func(r *http.Request) (any, error) { return nil, nowhere(r) }))
	for pattern, h := range platformRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /_fakewa/"+path, controlHandler(func(r *http.Request) (any, error) { return h(p, r) }))
	}
	for pattern, h := range controlRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		of := func(find func(r *http.Request) *Server) controlHandler {
			return func(r *http.Request) (any, error) {
				s := find(r)
				if s == nil {
					return nil, &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no business with the id %q; GET /_fakewa/businesses lists them", r.PathValue("business"))}
				}
				return h(s, r)
			}
		}
		mux.Handle(method+" /_fakewa/"+path, of(func(*http.Request) *Server { return p.First() }))
		mux.Handle(method+" /_fakewa/businesses/{business}/"+path, of(func(r *http.Request) *Server { return p.Business(r.PathValue("business")) }))
	}
	return mux
}

// platformRoutes are what there is for all businesses, under /_fakewa/.
var platformRoutes = map[string]func(*Platform, *http.Request) (any, error){
	"GET clock":                    (*Platform).controlTime,
	"POST clock":                   (*Platform).controlClock,
	"GET businesses":               (*Platform).controlBusinesses,
	"POST businesses":              (*Platform).controlAdd,
	"DELETE businesses/{business}": (*Platform).controlRemove,
}

// controlRoutes are what there is for each business, under /_fakewa/ for the
// first and under /_fakewa/businesses/{id}/ for any.
var controlRoutes = map[string]func(*Server, *http.Request) (any, error){
	"GET users":                   (*Server).controlUsers,
	"GET users/{user}":            (*Server).controlUser,
	"PATCH users/{user}":          (*Server).controlProfile,
	"GET users/{user}/messages":   (*Server).controlConversation,
	"POST users/{user}/messages":  (*Server).controlSend,
	"POST users/{user}/tap":       (*Server).controlTap,
	"POST users/{user}/react":     (*Server).controlReact,
	"POST users/{user}/read":      (*Server).controlRead,
	"POST users/{user}/play":      (*Server).controlPlay,
	"POST messages":               (*Server).controlBatch,
	"GET messages":                (*Server).controlMessages,
	"GET requests":                (*Server).controlRequests,
	"GET webhooks":                (*Server).controlDeliveries,
	"POST webhooks/{n}/redeliver": (*Server).controlRedeliver,
	"POST errors":                 (*Server).controlError,
	"GET report":                  (*Server).controlReport,
	"GET webhook":                 (*Server).controlWebhook,
	"PUT webhook":                 (*Server).controlSetWebhook,
	"GET number":                  (*Server).controlNumber,
	"PATCH number":                (*Server).controlSetNumber,
	"GET templates":               (*Server).controlTemplates,
	"POST templates/{id}":         (*Server).controlTemplate,
	"GET faults":                  (*Server).controlFaults,
	"POST faults":                 (*Server).controlInject,
	"DELETE faults":               (*Server).controlClearFaults,
	"DELETE faults/{id}":          (*Server).controlRemoveFault,
	"GET state":                   (*Server).controlState,
	"POST reset":                  (*Server).controlReset,
}

// routesObject is what somebody sees who looks around.
func routesObject() any {
	return map[string]any{
		"openapi":       "/_fakewa/openapi.yaml",
		"platform":      slices.Sorted(maps.Keys(platformRoutes)),
		"each_business": slices.Sorted(maps.Keys(controlRoutes)),
		"messages":      message.Supported(),
	}
}

// controlHandler answers a call of a test with a value, 200, or with an error, 400.
type controlHandler func(r *http.Request) (any, error)

// problem is an error with another status than 400.
type problem struct {
	status int
	err    error
}

func (p *problem) Error() string { return p.err.Error() }

func nowhere(r *http.Request) error {
	return &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no %s %s; GET /_fakewa/openapi.yaml says what there is", r.Method, r.URL.Path)}
}

func (h controlHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	value, err := h(r)
	status := http.StatusOK
	if err != nil {
		status, value = http.StatusBadRequest, map[string]string{"error": err.Error()}
		if p, ok := errors.AsType[*problem](err); ok {
			status = p.status
		}
	}
	if made, ok := value.(created); ok {
		status, value = http.StatusCreated, made.value
	}
	body, err := wire.JSON(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"fakewa: the answer could not be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client went away
}

// created is an answer with status 201.
type created struct{ value any }

// read decodes a body into a pointer. What the body has and the value has not is
// an error. Without a body the value stays as it is.
func read(r *http.Request, into any, example string) error {
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{http.StatusRequestEntityTooLarge, fmt.Errorf("fakewa: the body is larger than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return fmt.Errorf("fakewa: read the body: %w", err)
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	err = dec.Decode(into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fmt.Errorf("fakewa: %s is a %s, which it cannot be: want a body like %s", wrong.Field, wrong.Value, example)
	}
	if err != nil {
		return fmt.Errorf("fakewa: the body is no JSON like %s: %s", example, strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("fakewa: the body is more than one JSON value; want one like %s", example)
	}
	return nil
}

// duration is a time.Duration that is "1h30m" in JSON and YAML.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time like 36h or 1m30s", text)
	}
	*d = duration(parsed)
	return nil
}
