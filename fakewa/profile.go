package fakewa

import (
	"maps"
	"net/http"
	"net/mail"
	"net/url"

	"wappasim/fakewa/form"
	"wappasim/fakewa/graph"
)

// verticals are the industries of businesses.
var verticals = []string{
	"OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL",
	"HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING",
	"PHYSICAL_GAMBLING", "OTC_DRUGS",
}

// getBusinessProfile gives the profile as a list of one, without what is not set.
func (s *Server) getBusinessProfile(r *http.Request, _ []byte) (any, *graph.Error) {
	object := map[string]any{}
	for _, name := range []string{"about", "address", "description", "email", "profile_picture_url", "websites", "vertical"} {
		object[name] = nil
	}
	s.mu.Lock()
	maps.Copy(object, s.number.profile)
	s.mu.Unlock()
	few, refused := chosen(r, object)
	if refused != nil {
		return nil, refused
	}
	profile := few.(map[string]any)
	maps.DeleteFunc(profile, func(_ string, value any) bool { return value == nil })
	return map[string]any{"data": []any{profile}}, nil
}

// postBusinessProfile changes the fields of the profile that it is given. An
// empty one is no more, but for about, which must not be empty.
func (s *Server) postBusinessProfile(r *http.Request, body []byte) (any, *graph.Error) {
	f := readFields(r, body)
	f.product()
	f.notSimulated("profile_picture_handle")
	f.short("about", 139)
	f.short("address", 256)
	f.short("description", 512) // 256 in one of Meta's sources
	f.short("email", 128)
	if f.has("about") {
		f.need("about", "a text of 1 to 139 characters")
	}
	if email := f.text("email"); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
			f.refuse("email", "is %.60q; it must be an address like ana@example.com.", email)
		}
	}
	if f.text("vertical") != "" {
		f.oneOf("vertical", verticals...)
	}
	websites := f.websites()
	if f.refused != nil {
		return nil, f.refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{"about", "address", "description", "email", "vertical"} {
		if f.has(name) {
			set(s.number.profile, name, f.text(name), f.text(name) != "")
		}
	}
	if f.has("websites") {
		set(s.number.profile, "websites", websites, len(websites) > 0)
	}
	return success, nil
}

func set(object map[string]any, name string, value any, is bool) {
	if delete(object, name); is {
		object[name] = value
	}
}

// websites returns at most two URLs.
func (f fields) websites() (websites []string) {
	list := f.list("websites")
	if len(list) > 2 {
		f.refuse("websites", "has %d URLs; 2 are allowed.", len(list))
	}
	for i, value := range list {
		text, ok := value.(string)
		u, err := url.Parse(text)
		switch {
		case !ok:
			f.refuse("websites", "has %s in place %d; it must have strings.", form.Kind(value), i)
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			f.refuse("websites", "has %.60q in place %d; it must have http or https URLs.", text, i)
		case len(text) > 256:
			f.refuse("websites", "has a URL of %d characters in place %d; 256 are allowed.", len(text), i)
		}
		websites = append(websites, text)
	}
	return websites
}
