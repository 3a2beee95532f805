package template

import (
	"encoding/json"

	"wappasim/fakewa/internal/params"
)

// component is a component of a template, or of a card of its carousel.
type component struct {
	Type    string
	Format  string // of a header
	Text    string
	Buttons []button
	Cards   []card
	worded  bool // by WhatsApp, as in an authentication template
	example example
	expires any    // code_expiration_minutes of a footer
	advises any    // add_security_recommendation of a body
	offer   *offer // of a limited-time offer
}

// offer is the object of a limited-time offer.
type offer struct {
	text    string
	expires any // has_expiration
}

// example is what a reviewer sees in the place of variables and media.
type example struct {
	headerText, headerHandle, bodyText []any
	headerNames, bodyNames             []string // of the parameters that have an example
}

type button struct {
	Type    string // one of buttonTypes
	Text    string // label
	URL     string
	Phone   string
	Example any // of a coupon and of a URL: a string, or an array of one
	otp     otp
	flows   []string // of flow_id, flow_name and flow_json, those that there are
	flow    opens
}

// otp is what a button for a one-time password has.
type otp struct {
	typ   string // otp_type
	apps  int    // that can take the password
	terms any    // zero_tap_terms_accepted
}

type card struct {
	Components []component
}

// Read reads the components in the parameters of a call that creates or edits a template.
// Afterwards the call knows its unknown keys, and whether a field has a wrong JSON type.
func Read(f params.Fields) {
	f.Know("allow_category_change", "message_send_ttl_seconds", "cta_url_link_tracking_opted_out", "sub_category", "display_format",
		"library_template_name", "library_template_body_inputs", "library_template_button_inputs",
		"is_primary_device_delivery_only", "bid_spec", "degrees_of_freedom_spec", "creative_sourcing_spec")
	readComponents(f, true)
}

// readComponents reads the components of a template, or of a card: only a template has
// cards.
func readComponents(f params.Fields, cards bool) (all []component) {
	for c := range f.Objects("components") {
		read := component{Type: c.Text("type"), Format: c.Text("format"), Text: c.Text("text")}
		c.Know("cards")
		read.advises, read.expires = c.Any("add_security_recommendation"), c.Any("code_expiration_minutes")
		if c.Has("limited_time_offer") {
			o := c.Object("limited_time_offer")
			read.offer = &offer{o.Text("text"), o.Any("has_expiration")}
		}
		if c.Has("example") {
			read.example = readExample(c.Object("example"))
		}
		for b := range c.Objects("buttons") {
			read.Buttons = append(read.Buttons, readButton(b))
		}
		if cards {
			for card := range c.Objects("cards") {
				read.Cards = append(read.Cards, readCard(card))
			}
		}
		all = append(all, read)
	}
	return all
}

func readCard(f params.Fields) card { return card{readComponents(f, false)} }

func readExample(f params.Fields) example {
	f.Know("header_url")
	return example{
		headerText: f.List("header_text"), headerHandle: f.List("header_handle"), bodyText: f.List("body_text"),
		headerNames: named(f, "header_text_named_params"), bodyNames: named(f, "body_text_named_params"),
	}
}

// named returns the names of the parameters that have an example.
func named(f params.Fields, field string) (names []string) {
	for p := range f.Objects(field) {
		if name, sample := p.Text("param_name"), p.Text("example"); sample != "" {
			names = append(names, name)
		}
	}
	return names
}

func readButton(f params.Fields) button {
	f.Know("autofill_text", "icon", "ttl_minutes")
	b := button{Type: f.Text("type"), Text: f.Text("text"), URL: f.Text("url"), Phone: f.Text("phone_number"), Example: f.Any("example")}
	b.otp = otp{typ: f.Text("otp_type"), terms: f.Any("zero_tap_terms_accepted")}
	if hasApp(f) { // the form of one app, which is older
		b.otp.apps = 1
	}
	for app := range f.Objects("supported_apps") {
		if hasApp(app) {
			b.otp.apps++
		}
	}
	for _, name := range []string{"flow_id", "flow_name", "flow_json"} {
		if f.Has(name) {
			b.flows = append(b.flows, name)
		}
	}
	b.flow = opens{ID: f.Text("flow_id"), Name: f.Text("flow_name"), Button: b.Text, Action: f.Text("flow_action"), Payload: payload{Screen: f.Text("navigate_screen")}}
	if f.Has("app_deep_link") {
		f.Object("app_deep_link").Know("meta_app_id", "android_deep_link", "android_fallback_playstore_url")
	}
	return b
}

// hasApp reports whether an object names an Android app and its signature.
func hasApp(f params.Fields) bool {
	name, hash := f.Text("package_name"), f.Text("signature_hash")
	return name != "" && hash != ""
}

// ofJSON reads components that are JSON.
func ofJSON(components json.RawMessage) ([]component, params.Fields) {
	var whole any
	_ = json.Unmarshal(components, &whole) // decode has checked it
	f := params.Of(map[string]any{"components": whole})
	return readComponents(f, true), f
}
