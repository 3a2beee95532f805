package fakewa

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// callbacks are the URLs of the webhook: the app's, and the ones that override it for
// messages of the account or the number.
type callbacks struct {
	app, account, number string
	unsubscribed         bool     // the app gets nothing of the account
	fields               []string // of which the app gets webhooks; nil: of all
}

// fieldsOfMeta are the fields that an app can subscribe to, also those that the fake sends
// only by Notify.
var fieldsOfMeta = []string{
	"account_alerts", "account_review_update", "account_update", "automatic_events", "business_capability_update",
	"business_status_update", "calls", "flows", "group_lifecycle_update", "group_participants_update", "group_settings_update",
	"group_status_update", "history", "message_echoes", "message_template_components_update", "message_template_quality_update",
	"message_template_status_update", "messages", "partner_solutions", "payment_configuration_update", "phone_number_name_update",
	"phone_number_quality_update", "security", "smb_app_state_sync", "smb_message_echoes", "template_category_update",
	"user_id_update", "user_preferences",
}

// subscribed returns the fields of which the app gets webhooks.
func (c callbacks) subscribed() []string {
	if c.fields == nil {
		return slices.Clone(fieldsOfMeta)
	}
	return slices.Clone(c.fields)
}

// url returns the URL for webhooks of a field; "": they are not sent. Overrides apply
// only to messages and their statuses.
func (c callbacks) url(field string) string {
	switch {
	case c.unsubscribed, c.fields != nil && !slices.Contains(c.fields, field):
		return ""
	case field == "messages":
		return cmp.Or(c.number, c.account, c.app)
	}
	return c.app
}

// object returns the callbacks in the form of the API.
func (c callbacks) object() map[string]string {
	object := map[string]string{"phone_number": c.number, "whatsapp_business_account": c.account, "application": c.app}
	maps.DeleteFunc(object, func(_, url string) bool { return url == "" })
	return object
}

// override returns the URL with which a call overrides the webhook, after the handshake
// with it; "" if the call has none. The caller checks f.Refused().
func (s *Server) override(ctx context.Context, f params.Fields) string {
	callback := f.Text("override_callback_uri")
	if callback == "" {
		return ""
	}
	token := f.Need("verify_token", "what the bot there expects in the handshake")
	if f.Refused() != nil {
		return ""
	}
	if err := s.handshake(ctx, callback, token); err != nil {
		f.Refuse("override_callback_uri", "cannot be verified: %v.", err)
	}
	return callback
}

// WebhookURL returns the URL that messages and statuses go to; "": none.
func (s *Server) WebhookURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callbacks.url("messages")
}

// SetWebhook sets the app's webhook, after the handshake that [Server.Verify]
// makes with it. An empty URL ends it.
func (s *Server) SetWebhook(ctx context.Context, callback, verifyToken string) error {
	if callback != "" {
		if err := s.verify(ctx, callback, verifyToken); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.app, s.callbacks.fields = callback, nil
	return nil
}

// Verify makes the handshake that Meta makes when a webhook is set.
func (s *Server) Verify(ctx context.Context) error {
	callback := s.WebhookURL()
	if callback == "" {
		return ErrNoWebhook
	}
	return s.verify(ctx, callback, s.cfg.VerifyToken)
}

func (s *Server) verify(ctx context.Context, callback, token string) error {
	if err := s.handshake(ctx, callback, token); err != nil {
		return fmt.Errorf("fakewa: verify the webhook: %w", err)
	}
	return nil
}

func (s *Server) handshake(ctx context.Context, callback, token string) error {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not a URL like https://example.com/webhook", callback)
	}
	s.mu.Lock()
	sum := s.draw("challenge")
	s.mu.Unlock()
	challenge := fmt.Sprint(1_000_000_000 + int(sum[0])<<16 + int(sum[1])<<8 + int(sum[2]))
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", token)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	got := s.do(req)
	switch {
	case got.Status == http.StatusOK && got.Body == challenge:
		return nil
	case got.Error != "": // it has the URL, which has the token in it
		return fmt.Errorf("the bot did not answer: %s", strings.ReplaceAll(got.Error, u.RawQuery, "…"))
	}
	return fmt.Errorf("want 200 and the value of hub.challenge, %s, for a GET with the bot's verify token; got %d %.80q", challenge, got.Status, got.Body)
}

// getSubscribed lists the app, if it is subscribed to the account.
func (s *Server) getSubscribed(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	c := s.callbacks
	s.mu.Unlock()
	apps := []any{}
	if !c.unsubscribed {
		app := map[string]any{"whatsapp_business_api_data": map[string]string{
			"id": s.cfg.AppID, "name": s.cfg.Name, "link": "https://www.facebook.com/games/?app_id=" + s.cfg.AppID,
		}}
		set(app, "override_callback_uri", c.account, c.account != "")
		apps = append(apps, app)
	}
	return map[string]any{"data": apps}, nil
}

// subscribe subscribes the app to webhooks, at its own URL or at one that overrides it.
func (s *Server) subscribe(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	callback := s.override(r.Context(), f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.account, s.callbacks.unsubscribed = callback, false
	return success, nil
}

// unsubscribe stops all webhooks, and removes the account's override.
func (s *Server) unsubscribe(*http.Request, []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks.account, s.callbacks.unsubscribed = "", true
	return success, nil
}
