package fakewa

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

const (
	tokenPath = "/oauth/access_token" // the one call that needs no token
	product   = "whatsapp_business_account"
)

// appRoutes are the calls that an app makes about itself.
func (s *Server) appRoutes() []route {
	subscriptions := " /" + s.cfg.AppID + "/subscriptions"
	return []route{
		{"GET " + tokenPath, s.giveToken, 0},
		{"POST " + tokenPath, s.giveToken, 0},
		{"GET /debug_token", s.debugToken, 0},
		{"GET /me", s.me, 0},
		{"GET" + subscriptions, s.getSubscriptions, 0},
		{"POST" + subscriptions, s.postSubscriptions, 0},
		{"DELETE" + subscriptions, s.deleteSubscriptions, 0},
	}
}

// appToken returns the token that the app gets for its secret.
func (s *Server) appToken() string {
	sum := Sign(s.cfg.AppSecret, []byte("token of "+s.cfg.AppID))
	return s.cfg.AppID + "|" + base64.RawURLEncoding.EncodeToString([]byte(sum)[len("sha256="):])[:27]
}

// isApp tells whether a token is the app's: the one that it got, or its id and secret.
func (s *Server) isApp(token string) bool {
	if !strings.HasPrefix(token, s.cfg.AppID+"|") { // most are not
		return false
	}
	return hmac.Equal([]byte(token), []byte(s.appToken())) || hmac.Equal([]byte(token), []byte(s.cfg.AppID+"|"+s.cfg.AppSecret))
}

// authorizeApp refuses the app's token where it is of no use.
func (s *Server) authorizeApp(path string) *graph.Error {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case s.cfg.AppID, "debug_token", "upload":
		return nil
	case "me":
		e := graph.New(2500, "")
		e.Message, e.Why = "An active access token must be used to query information about the current user.", "the token is the app's"
		return e
	}
	return graph.New(200, "The token is that of the app; %s needs one of a system user with a permission for the account.", path) // which code it is is not documented [?]
}

// needApp refuses calls that the app must make with its own token.
func (s *Server) needApp(r *http.Request) *graph.Error {
	if _, token := tokenOf(r); s.isApp(token) {
		return nil
	}
	e := graph.New(15, "")
	e.Message, e.Why = "(#15) This method must be called with an app access_token.", "the token is not the app's: GET "+tokenPath+" gives it"
	return e
}

// giveToken gives the app its token.
func (s *Server) giveToken(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	const want = "client_credentials"
	f.Need("client_id", "the id of the app")
	f.Need("client_secret", "the secret of the app")
	switch grant := f.Text("grant_type"); {
	case f.Refused() != nil:
		return nil, f.Refused()
	case f.Text("client_id") != s.cfg.AppID:
		e := graph.New(101, "")
		e.Message, e.Why = "Error validating application. Cannot get application info due to a system error.", "client_id is another than that of the app"
		return nil, e
	case f.Text("client_secret") != s.cfg.AppSecret:
		e := graph.New(1, "")
		e.Message, e.Why = "Error validating client secret.", "client_secret is another than that of the app"
		return nil, e
	case f.Has("code") || grant == "fb_exchange_token":
		return nil, graph.NotSimulated("tokens for a code or another token at " + tokenPath)
	default:
		f.OneOf("grant_type", want)
	}
	return map[string]string{"access_token": s.appToken(), "token_type": "bearer"}, f.Refused()
}

// debugToken tells about a token. That of a wrong token is an answer, not a refusal.
func (s *Server) debugToken(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	token := f.Need("input_token", "the token to look at")
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	data := map[string]any{"app_id": s.cfg.AppID, "application": s.cfg.Name, "type": "APP", "is_valid": true, "scopes": []string{}, "expires_at": 0}
	if !s.isApp(token) {
		scopes := []string{"whatsapp_business_management", "whatsapp_business_messaging"}
		granular := []any{}
		for _, scope := range scopes {
			granular = append(granular, map[string]any{"scope": scope, "target_ids": []string{s.cfg.BusinessID}})
		}
		data["type"], data["user_id"], data["scopes"], data["granular_scopes"] = "SYSTEM_USER", s.systemUser(), scopes, granular
		if !s.cfg.TokenExpires.IsZero() {
			data["expires_at"] = s.cfg.TokenExpires.Unix()
		}
		if refused := s.checkToken(token); refused != nil {
			data["is_valid"], data["scopes"] = false, []string{}
			data["error"] = map[string]any{"code": refused.Code, "message": refused.Message, "subcode": refused.Subcode}
			delete(data, "granular_scopes")
		}
	}
	return map[string]any{"data": data}, nil
}

// me answers with the system user to whom the token belongs.
func (s *Server) me(r *http.Request, _ []byte) (any, *graph.Error) {
	return chosen(r, "User", map[string]any{"id": s.systemUser(), "name": s.cfg.Name}, nil)
}

func (s *Server) systemUser() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return digits(s.bytes(0, "system user of "+s.cfg.BusinessID))
}

func (s *Server) getApp(r *http.Request, _ []byte) (any, *graph.Error) {
	return chosen(r, "Application", map[string]any{
		"id": s.cfg.AppID, "name": s.cfg.Name, "link": "https://www.facebook.com/games/?app_id=" + s.cfg.AppID, "category": "Business",
	}, rest{"app_type": nil, "company": nil, "namespace": nil, "icon_url": nil})
}

// getSubscriptions answers with the app's webhook.
func (s *Server) getSubscriptions(r *http.Request, _ []byte) (any, *graph.Error) {
	if refused := s.needApp(r); refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	c := s.callbacks
	s.mu.Unlock()
	data := []any{}
	if c.app != "" {
		fields := []any{}
		for _, name := range c.subscribed() {
			fields = append(fields, map[string]string{"name": name, "version": s.cfg.Version})
		}
		data = append(data, map[string]any{"object": product, "callback_url": c.app, "active": true, "fields": fields})
	}
	return map[string]any{"data": data}, nil
}

// postSubscriptions sets the app's webhook, after the handshake with it, and the fields of
// which it gets webhooks.
func (s *Server) postSubscriptions(r *http.Request, body []byte) (any, *graph.Error) {
	if refused := s.needApp(r); refused != nil {
		return nil, refused
	}
	f := params.Read(r, body)
	f.OneOf("object", product)
	callback, token := f.Need("callback_url", "a URL"), f.Need("verify_token", "what the bot there expects in the handshake")
	fields := readFields(f)
	if len(fields) == 0 {
		f.Missing("fields", "a list of fields such as messages")
	}
	if f.Refused() == nil {
		if err := s.handshake(r.Context(), callback, token); err != nil {
			f.Refuse("callback_url", "cannot be verified: %v.", err)
			f.Refused().Code, f.Refused().Subcode, f.Refused().Message = 2200, 1, "(#2200) Callback verification failed."
		}
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.app, s.callbacks.fields = callback, fields
	return success, nil
}

// readFields returns the fields to subscribe to: a list, or words with commas.
func readFields(f params.Fields) (fields []string) {
	add := func(text string) {
		for name := range strings.SplitSeq(text, ",") {
			if name = strings.TrimSpace(name); name != "" && !slices.Contains(fields, name) {
				fields = append(fields, name)
			}
		}
	}
	if list, ok := f.Any("fields").([]any); ok {
		for _, value := range list {
			text, ok := value.(string)
			if !ok {
				f.Refuse("fields", "has %s in it; it must have strings.", params.Kind(value))
			}
			add(text)
		}
		return fields
	}
	add(f.Text("fields"))
	return fields
}

// deleteSubscriptions ends the app's webhook, or takes fields from it.
func (s *Server) deleteSubscriptions(r *http.Request, body []byte) (any, *graph.Error) {
	if refused := s.needApp(r); refused != nil {
		return nil, refused
	}
	f := params.Read(r, body)
	if f.Has("object") {
		f.OneOf("object", product)
	}
	gone := readFields(f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	left := slices.DeleteFunc(s.callbacks.subscribed(), func(name string) bool { return slices.Contains(gone, name) })
	if s.callbacks.fields = left; len(gone) == 0 || len(left) == 0 {
		s.callbacks.app, s.callbacks.fields = "", nil
	}
	return success, nil
}
