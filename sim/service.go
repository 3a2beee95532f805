package sim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wappasim/sim/internal/graphcall"
	"wappasim/sim/trace"
)

// Service puts a service into the world: the handler answers what the bot sends with
// [Env.HTTP] to URLs that begin with base, like https://api.example.com or
// https://example.com/api. The name of the service is the base without its scheme. Its calls
// take as long as those to WhatsApp, are in the trace, and meet [Fault]s. A call to any other
// URL is an error; the Graph API is always there.
//
// The handler runs in the world: it may sleep in virtual time, and what it flushes reaches
// the bot at once. A panic of the handler breaks the connection, and is an error of
// [World.Close]. It calls the bot with [BotClient]. Base must be an http or https URL with a
// host, else [New] fails. A handler that keeps state must not be in two worlds: see
// [FreshService].
func Service(base string, h http.Handler) Option {
	return FreshService(base, func() http.Handler { return h })
}

// FreshService is [Service] with a handler that is made for each world. In
// [Workload.Options], a service that keeps state must be fresh, else one run depends on those
// before it.
func FreshService(base string, handler func() http.Handler) Option {
	return func(o *options) {
		s := service{base: base, fresh: handler}
		var err error
		if s.url, err = url.Parse(base); err == nil {
			s.url.Path = strings.TrimSuffix(s.url.Path, "/")
			s.name = s.url.Host + s.url.Path
		}
		o.services = append(o.services, &s)
	}
}

// service is a service of an option, and then of a world.
type service struct {
	base    string
	url     *url.URL // nil: base is none
	name    string
	fresh   func() http.Handler
	handler http.Handler
}

// services are those of a world.
type services struct {
	all []*service

	mu       sync.Mutex // guards what follows
	faults   []Fault    // that coming calls meet
	calls    []*ServiceCall
	panicked []error // of handlers
}

// begin makes the services of a world whose bot has a URL.
func (s *services) begin(given []*service, botURL string) error {
	for _, one := range given {
		u := one.url
		switch {
		case u == nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
			return fmt.Errorf("sim: the service %q: want a URL with a scheme and a host, like https://api.example.com", one.base)
		case isGraph(u), root(u) == botURL:
			return fmt.Errorf("sim: the service %q: the world has something else there", one.base)
		case s.named(one.name) != nil:
			return fmt.Errorf("sim: the service %q is there twice", one.base)
		}
		made := *one
		if made.handler = one.fresh(); made.handler == nil {
			return fmt.Errorf("sim: the service %q has no handler", one.base)
		}
		s.all = append(s.all, &made)
	}
	return nil
}

func (s *services) named(name string) *service {
	for _, one := range s.all {
		if one.name == name || one.base == name {
			return one
		}
	}
	return nil
}

// at returns the service at a URL: of several, the one with the longest base; nil: there is
// none.
func (s *services) at(u *url.URL) (found *service) {
	for _, one := range s.all {
		rest, under := strings.CutPrefix(u.Path, one.url.Path)
		if under && (rest == "" || rest[0] == '/') && u.Scheme == one.url.Scheme && hostOf(u) == hostOf(one.url) && (found == nil || len(one.url.Path) > len(found.url.Path)) {
			found = one
		}
	}
	return found
}

// hostOf returns the host of a URL, and its port if that is not the scheme's.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	return strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
}

// graphHosts are Meta's: the Graph API, and where files are downloaded.
var graphHosts = []string{strings.Split(graphcall.BaseURL, "/")[2], "lookaside.fbsbx.com"}

func isGraph(u *url.URL) bool { return slices.Contains(graphHosts, hostOf(u)) }

// elsewhere is the error of a call to what is not in the world. It has no query, which may
// hold secrets.
func elsewhere(req *http.Request) error {
	if req.URL.Host == "" {
		return fmt.Errorf("sim: the bot calls %s %s: the URL has no host", req.Method, req.URL.Path)
	}
	return fmt.Errorf("sim: the bot calls %s %s, which is not in its world: sim.Service(%q, handler) puts it there", req.Method, root(req.URL)+req.URL.Path, root(req.URL))
}

// root returns a URL without its path and query.
func root(u *url.URL) string { return u.Scheme + "://" + u.Host }

// ServiceCall is a call of the bot to a [Service].
type ServiceCall struct {
	At      time.Time // when it reached the service
	Who     string    // "bot 1"
	Service string    // its name
	Method  string
	URL     string // with its query
	Header  http.Header
	Body    string
	Status  int    // of the answer; 0: there was none
	Answer  string // what the bot has read of the answer's body
	Lost    bool   // the answer did not reach the bot
}

// ServiceCalls returns the calls that reached a service, in order. It is named by its base or
// its name; "" stands for all services. It fails if there is no such service, or if the
// world is closed or stuck.
func (w *World) ServiceCalls(service string) (calls []ServiceCall, err error) {
	err = w.do(func() error {
		one := w.services.named(service)
		if one == nil && service != "" {
			return w.services.unknown(service)
		}
		w.services.mu.Lock()
		defer w.services.mu.Unlock()
		for _, c := range w.services.calls {
			if one == nil || one.name == c.Service {
				calls = append(calls, *c)
			}
		}
		return nil
	})
	return calls, err
}

func (s *services) unknown(name string) error {
	names := make([]string, len(s.all))
	for i, one := range s.all {
		names[i] = one.name
	}
	return fmt.Errorf("sim: there is no service %q: the world has %q", name, names)
}

// ofService tells whether faults of the kind are those of services.
func (k FaultKind) ofService() bool {
	return k == ServiceAnswers || k == ServiceSlow || k == ServiceSilent || k == ServiceLoses
}

// queueServiceFault lets the next calls to a service meet a fault.
func (w *World) queueServiceFault(f Fault) error {
	switch {
	case f.Service != "" && w.services.named(f.Service) == nil:
		return w.services.unknown(f.Service)
	case f.Kind == ServiceAnswers && (f.Code < 400 || f.Code > 599):
		return fmt.Errorf("sim: inject a fault: %s: want an HTTP status from 400 to 599", f)
	case f.Kind == ServiceSlow && f.By <= 0:
		return fmt.Errorf("sim: inject a fault: %s: want a time above 0", f)
	}
	if f.Service != "" {
		f.Service = w.services.named(f.Service).name
	}
	if f.Kind == ServiceSilent || f.Kind == ServiceLoses {
		f.N = cmp.Or(f.N, 1)
	}
	w.services.mu.Lock()
	defer w.services.mu.Unlock()
	w.services.faults = append(w.services.faults, f)
	return nil
}

// meet returns the fault that a call to a service meets, and counts it.
func (s *services) meet(name string) (f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.Service == "" || f.Service == name })
	if i < 0 {
		return Fault{}
	}
	f = s.faults[i]
	if f.N == 1 {
		s.faults = slices.Delete(s.faults, i, i+1)
	} else if f.N > 1 {
		s.faults[i].N--
	}
	return f
}

func (s *services) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// failed returns the panics of handlers.
func (s *services) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.panicked...)
}

// shownBody is how much of a body a trace shows, in bytes.
const shownBody = 160

// shown writes a request as a trace shows it: without its query, and with its body only if
// that is JSON, because forms hold secrets.
func shown(method string, u *url.URL, body []byte) string {
	text := method + " " + cmp.Or(u.Path, "/")
	if !json.Valid(body) {
		return text
	}
	if len(body) > shownBody {
		return text + " " + strings.ToValidUTF8(string(body[:shownBody]), "") + "…"
	}
	return text + " " + string(body)
}

// sent is the event of a call to a service.
func (c *ServiceCall) sent(text string) trace.Event {
	return trace.Event{Who: c.Who, What: trace.Sends, To: c.Service, Text: text, Status: c.Status, Lost: c.Lost}
}
