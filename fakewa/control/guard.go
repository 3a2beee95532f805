package control

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Guard refuses calls that a web page of somebody else may have made, in the browser of a
// person on whose machine the handler listens: with 403 and a message that says what to do.
// A call must name the machine by localhost, by a loopback address, by the address at which
// it came in, or by one of hosts, which are names or addresses without a port: any other
// name may be one that a stranger lets point to this machine. If it has the headers Origin
// or Sec-Fetch-Site, which browsers send, they must say that the page is the handler's own.
// Other clients send neither. [Handler] guards the control API; guard what you serve beside
// it.
func Guard(next http.Handler, hosts ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := foreign(r, hosts); err != nil {
			handler(func(*http.Request) (any, error) { return nil, &statusError{http.StatusForbidden, err} }).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// foreign returns why a call may come from a page of somebody else, or nil.
func foreign(r *http.Request, hosts []string) error {
	if name := hostname(r.Host); !local(r, name) && !slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(hostname(h), name) }) {
		return fmt.Errorf("fakewa: the call is to the host %q, under which this fake is not known, as if a web page elsewhere made it: call 127.0.0.1 or localhost, or start the fake with -host %s (in Go: control.Handler(platform, %q))", r.Host, name, name)
	}
	for _, origin := range r.Header.Values("Origin") { // "null" has no host
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
			return fmt.Errorf("fakewa: the call is made by a web page of %s (header Origin), and only pages of %s may make it: call from a program, such as curl or the test itself", origin, r.Host)
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return fmt.Errorf("fakewa: the call is made by a web page elsewhere (header Sec-Fetch-Site: %s), and only pages of %s may make it: call from a program, such as curl or the test itself, or type the address", site, r.Host)
	}
	return nil
}

// hostname returns a host without its port and brackets.
func hostname(of string) string {
	if name, _, err := net.SplitHostPort(of); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(of, "["), "]")
}

// local tells whether a name can be no other machine's: localhost, a loopback address, or
// the address at which the call came in.
func local(r *http.Request, name string) bool {
	ip := net.ParseIP(name)
	if ip == nil {
		return strings.EqualFold(name, "localhost")
	}
	here, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ip.IsLoopback() || here != nil && here.IP.Equal(ip)
}
