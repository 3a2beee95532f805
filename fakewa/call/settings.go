package call

import (
	"net/http"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// settings are what POST /{phone}/settings sets of calls. Calls are off at first, as at Meta.
type settings struct {
	enabled  bool
	icon     string // the button in the chat: DEFAULT or DISABLE_ALL; it changes nothing
	callback bool   // who calls the business lets it call back
}

// Enable switches calls on or off, as the bot does with POST /{phone}/settings.
func (l *Line) Enable(on bool) {
	defer l.lock()()
	l.enabled = on
}

func (l *Line) getSettings(*http.Request, []byte) (any, *graph.Error) {
	defer l.lock()()
	return map[string]any{
		"calling": map[string]any{
			"status": word(l.enabled), "call_icon_visibility": l.icon, "callback_permission_status": word(l.callback),
			"ip_addresses": map[string]any{"default": []string{"192.0.2.1"}}, // there are no media; nobody has this address
		},
		"storage_configuration": map[string]string{"status": "DEFAULT"},
	}, nil
}

func word(on bool) string {
	if on {
		return "ENABLED"
	}
	return "DISABLED"
}

// postSettings takes the values of Meta's pages in any case: those in its OpenAPI file are
// in lower case, and visible and hidden.
func (l *Line) postSettings(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	f.NotSimulated("payload_encryption", "storage_configuration", "user_identity_change")
	if !f.Has("calling") {
		f.Missing("calling", `an object like {"status":"ENABLED"}`)
	}
	calling := f.Object("calling")
	calling.NotSimulated("audio", "call_hours", "call_icons", "sip", "srtp_key_exchange_protocol", "video", "voicemail")
	defer l.lock()()
	set := l.settings
	choose(calling, "status", func(value string) { set.enabled = value == "ENABLED" }, "ENABLED", "DISABLED")
	choose(calling, "callback_permission_status", func(value string) { set.callback = value == "ENABLED" }, "ENABLED", "DISABLED")
	choose(calling, "call_icon_visibility", func(value string) {
		set.icon = strings.NewReplacer("VISIBLE", "DEFAULT", "HIDDEN", "DISABLE_ALL").Replace(value)
	}, "DEFAULT", "DISABLE_ALL", "VISIBLE", "HIDDEN")
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	l.settings = set
	return map[string]bool{"success": true}, nil
}

// choose reads one of several words in any case, if there is one.
func choose(f params.Fields, name string, set func(string), words ...string) {
	given := f.Text(name)
	value := strings.ToUpper(given)
	switch {
	case !f.Has(name):
	case !slices.Contains(words, value):
		f.Refuse(name, "is %.60q; it must be one of %s.", given, strings.Join(words, ", "))
	default:
		set(value)
	}
}
