// Package notice has Meta tell a bot what happens to its account, number and templates:
// the webhooks of fields other than messages.
//
//	if err := notice.Send(wa, notice.AccountUpdate{Event: "DISABLED_UPDATE"}); err != nil {
//		fmt.Println(err)
//	}
//
// What a notice leaves empty is filled in from the server: numbers, ids, the time, and what
// Meta sends with an event. [Raw] is any field with any value, such as history or
// smb_message_echoes. The other types are the ready notices; [Ready] finds one by its field.
//
// A notice tells, and does nothing: the account that it says is disabled goes on sending.
// Statuses of templates have [fakewa.Server.SetTemplateStatus], which does both; so have
// quality, limits and what users prefer, in the field Life of [fakewa.Server].
package notice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"wappasim/fakewa"
)

// Notice is a webhook of Meta's about an account: one of the types of this package.
type Notice interface {
	// Field returns the field of the webhook.
	Field() string

	// value returns what the webhook says, with what was left empty filled in.
	value(s *fakewa.Server) (any, error)
}

// Send has a server send a notice to its bot, after the webhooks that wait. It fails for
// values that Meta does not know, and where [fakewa.Server.Notify] does.
func Send(s *fakewa.Server, n Notice) error {
	value, err := n.value(s)
	if err != nil {
		return fmt.Errorf("notice: %s: %w", n.Field(), err)
	}
	return s.Notify(n.Field(), value)
}

// Raw is a notice of any field with any value, which is sent as it is.
type Raw struct {
	Name  string // of the field
	Value any    // whatever can be written as JSON
}

func (r Raw) Field() string                     { return r.Name }
func (r Raw) value(*fakewa.Server) (any, error) { return r.Value, nil }

// ready makes an empty notice of each field that has one.
var ready = []func() Notice{
	func() Notice { return new(AccountAlert) },
	func() Notice { return new(AccountReview) },
	func() Notice { return new(AccountUpdate) },
	func() Notice { return new(Capability) },
	func() Notice { return new(NumberName) },
	func() Notice { return new(NumberQuality) },
	func() Notice { return new(Preference) },
	func() Notice { return new(Security) },
	func() Notice { return new(TemplateCategory) },
	func() Notice { return new(TemplateComponents) },
	func() Notice { return new(TemplateQuality) },
}

// Fields returns the fields that have a ready notice, in alphabetical order.
func Fields() (fields []string) {
	for _, empty := range ready {
		fields = append(fields, empty().Field())
	}
	slices.Sort(fields)
	return fields
}

// Ready returns the ready notice of a field, with what a JSON object says of its value;
// nil: nothing. It fails for a field that has none, and for what the value has not.
func Ready(field string, with []byte) (Notice, error) {
	for _, empty := range ready {
		n := empty()
		if n.Field() != field {
			continue
		}
		if len(with) > 0 {
			dec := json.NewDecoder(bytes.NewReader(with))
			dec.DisallowUnknownFields()
			if err := dec.Decode(n); err != nil {
				return nil, fmt.Errorf("notice: read the fields of %s: %w; it has %s", field, err, strings.Join(names(n), ", "))
			}
		}
		return n, nil
	}
	return nil, fmt.Errorf("notice: there is no ready notice of %q: want one of %s, or a value", field, strings.Join(Fields(), ", "))
}

// names returns the fields of a notice's value.
func names(n Notice) (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeOf(n).Elem()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// oneOf returns an error if a value is not among those that Meta knows.
func oneOf(name, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("%s is %q; want one of %s", name, value, strings.Join(known, ", "))
}

// displayNumber returns the number of the business as webhooks have it: in digits.
func displayNumber(s *fakewa.Server) string {
	return strings.TrimPrefix(fakewa.Number(s.Config().DisplayNumber), "+")
}
