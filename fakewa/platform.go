package fakewa

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Platform serves several businesses on one clock under one address. Each has its own
// account, number, token, webhook and users, so that parallel tests do not meet. Package
// control adds HTTP endpoints for tests in any language. It is safe for concurrent use.
type Platform struct {
	clock *Clock

	mu      sync.RWMutex // guards what follows
	servers []*Server
}

// NewPlatform returns a platform with a first business.
func NewPlatform(first Config) (*Platform, error) {
	if first.Clock == nil {
		first.Clock = ClockFrom(time.Now())
	}
	p := &Platform{clock: first.Clock}
	_, err := p.Add(first)
	return p, err
}

// Add adds a business. Its clock is the platform's. It fails if another business has one
// of its ids.
func (p *Platform) Add(cfg Config) (*Server, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	cfg.Clock = p.clock
	s := New(cfg)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.servers {
		for _, id := range []string{s.cfg.PhoneNumberID, s.cfg.BusinessID} {
			if slices.Contains([]string{other.cfg.PhoneNumberID, other.cfg.BusinessID, other.cfg.AppID}, id) {
				s.Close()
				return nil, fmt.Errorf("fakewa: add a business: the id %s is taken: want a business_id and a phone_number_id that no other business has", id)
			}
		}
	}
	if name := s.cfg.Life.Portfolio; name != "" {
		if i := slices.IndexFunc(p.servers, func(other *Server) bool { return other.cfg.Life.Portfolio == name }); i >= 0 {
			s.portfolio = p.servers[i].portfolio // with its limit
			s.leave = s.portfolio.Join(s.tellTier)
		}
	}
	if len(p.servers) > 0 { // it may have the same seed
		s.apart = " of " + s.cfg.PhoneNumberID
	}
	p.servers = append(p.servers, s)
	return s, nil
}

// Remove closes a business, given by the id of its account or number. The first business
// cannot be removed.
func (p *Platform) Remove(id string) error {
	s := p.Business(id)
	switch {
	case s == nil:
		return fmt.Errorf("fakewa: remove a business: no business has the id %s", id)
	case s == p.First():
		return fmt.Errorf("fakewa: remove a business: %s is the first business, which cannot be removed", id)
	}
	p.mu.Lock()
	p.servers = slices.DeleteFunc(p.servers, func(other *Server) bool { return other == s })
	p.mu.Unlock()
	s.Close()
	return nil
}

// First returns the first business.
func (p *Platform) First() *Server { return p.Businesses()[0] }

// Businesses returns all businesses in the order in which they were added.
func (p *Platform) Businesses() []*Server {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.servers)
}

// Business returns the business whose account or number has the id, or nil.
func (p *Platform) Business(id string) *Server {
	return p.find(func(s *Server) bool { return s.cfg.BusinessID == id || s.cfg.PhoneNumberID == id })
}

func (p *Platform) find(is func(*Server) bool) *Server {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if i := slices.IndexFunc(p.servers, is); i >= 0 {
		return p.servers[i]
	}
	return nil
}

// ServeHTTP serves the Graph API of all businesses. A call goes to the business that has
// the object in its path; if several or none have it, to the one with its token.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, path := cutVersion(trimmed(r.URL.Path))
	id, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch path {
	case attachments:
		id = r.URL.Query().Get("mid")
	case tokenPath:
		id = r.URL.Query().Get("client_id")
	}
	all := p.Businesses()
	owners := slices.DeleteFunc(slices.Clone(all), func(s *Server) bool { return !s.owns(id) })
	if len(owners) == 0 {
		owners = all
	}
	s := owners[0]
	if len(owners) > 1 {
		_, token := tokenOf(r)
		if i := slices.IndexFunc(owners, func(s *Server) bool { return token != "" && (s.cfg.Token == token || s.isApp(token)) }); i >= 0 {
			s = owners[i]
		}
	}
	s.ServeHTTP(w, r)
}

// Close closes all businesses.
func (p *Platform) Close() {
	for _, s := range p.Businesses() {
		s.Close()
	}
}
