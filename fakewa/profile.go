package fakewa

import (
	"maps"
	"net/http"
	"net/mail"
	"net/url"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// noVertical is the industry of a business that has not said it.
const noVertical = "UNDEFINED"

// verticals are the industries of businesses.
var verticals = []string{
	noVertical, "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL",
	"HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING",
	"PHYSICAL_GAMBLING", "OTC_DRUGS",
}

// getBusinessProfile answers with the profile as a list of one, without empty fields. It
// always has messaging_product.
func (s *Server) getBusinessProfile(r *http.Request, _ []byte) (any, *graph.Error) {
	more := rest{}
	for _, name := range []string{"about", "address", "description", "email", "profile_picture_url", "websites"} {
		more[name] = empty
	}
	s.mu.Lock()
	object := maps.Clone(s.number.profile)
	s.mu.Unlock()
	few, refused := chosen(r, "WhatsAppBusinessProfile", object, more)
	if refused != nil {
		return nil, refused
	}
	profile := few.(map[string]any)
	profile["messaging_product"] = object["messaging_product"]
	return map[string]any{"data": []any{profile}}, nil
}

// postBusinessProfile changes the given fields of the profile. An empty field is removed,
// except about, which must not be empty.
func (s *Server) postBusinessProfile(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.Product()
	f.NotSimulated("profile_picture_handle")
	f.Short("about", 139)
	f.Short("address", 256)
	f.Short("description", 512) // 256 in one of Meta's sources
	f.Short("email", 128)
	if f.Has("about") {
		f.Need("about", "a text of 1 to 139 characters")
	}
	if email := f.Text("email"); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
			f.Refuse("email", "is %.60q; it must be an address like ana@example.com.", email)
		}
	}
	if f.Text("vertical") != "" {
		f.OneOf("vertical", verticals...)
	}
	websites := readWebsites(f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{"about", "address", "description", "email", "vertical"} {
		if f.Has(name) {
			set(s.number.profile, name, f.Text(name), f.Text(name) != "")
		}
	}
	if s.number.profile["vertical"] == nil {
		s.number.profile["vertical"] = noVertical
	}
	if f.Has("websites") {
		set(s.number.profile, "websites", websites, len(websites) > 0)
	}
	return success, nil
}

func set(object map[string]any, name string, value any, is bool) {
	if delete(object, name); is {
		object[name] = value
	}
}

// readWebsites returns at most two URLs.
func readWebsites(f params.Fields) (websites []string) {
	list := f.List("websites")
	if len(list) > 2 {
		f.Refuse("websites", "has %d URLs; 2 are allowed.", len(list))
	}
	for i, value := range list {
		text, ok := value.(string)
		u, err := url.Parse(text)
		switch {
		case !ok:
			f.Refuse("websites", "has %s in place %d; it must have strings.", params.Kind(value), i)
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			f.Refuse("websites", "has %.60q in place %d; it must have http or https URLs.", text, i)
		case len(text) > 256:
			f.Refuse("websites", "has a URL of %d characters in place %d; 256 are allowed.", len(text), i)
		}
		websites = append(websites, text)
	}
	return websites
}
