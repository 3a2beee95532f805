// Package flow is WhatsApp's Flows: forms of several screens that people fill in within a
// chat. It checks the definition of a flow, keeps the flows of an account with their API, and
// is the phone on which somebody fills one in, over the encrypted endpoint of the bot:
//
//	visit, err := wa.Config().Flows.Open(ctx, "+16505551234", "Book a table")
//	if err != nil {
//		return err
//	}
//	if err := visit.Fill(ctx, "Day", "2026-02-03"); err != nil {
//		return err
//	}
//	…
//	return visit.Press(ctx, "")
//
// [Check] looks for what Meta's list of static validation errors has, but for what concerns
// photos and documents, the schema of options in a screen's data, literals on both sides of an
// operator, what a version of the schema has added to older components, and longest texts. A
// visit has no photos, documents and plugins: such a component cannot be filled in.
//
// The package knows no network: package fakewa gives it one, with the time, the faults and the
// seed of its server.
package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Flow is a flow of the account.
type Flow struct {
	ID          string          `json:"id"`                   // default: drawn
	Name        string          `json:"name"`                 // unlike that of any other flow
	Categories  []string        `json:"categories"`           // default OTHER
	Status      string          `json:"status"`               // DRAFT, PUBLISHED (default), DEPRECATED
	EndpointURI string          `json:"endpoint_uri"`         // "": the flow has no endpoint
	Definition  json.RawMessage `json:"definition,omitempty"` // JSON of screens
	UpdatedAt   time.Time       `json:"updated_at"`           // set by the account
}

const (
	draft      = "DRAFT"
	published  = "PUBLISHED"
	deprecated = "DEPRECATED"
)

var categories = []string{"SIGN_UP", "SIGN_IN", "APPOINTMENT_BOOKING", "LEAD_GENERATION", "CONTACT_US", "CUSTOMER_SUPPORT", "SURVEY", "OTHER"}

// check returns what is wrong with a flow of a configuration.
func (f Flow) check() error {
	if f.Name == "" {
		return fmt.Errorf("flow: a flow has no name")
	}
	if !slices.Contains([]string{"", draft, published, deprecated}, f.Status) {
		return fmt.Errorf("flow: the status of %q is %q; want DRAFT, PUBLISHED or DEPRECATED", f.Name, f.Status)
	}
	_, err := parse(f.Definition)
	if err != nil && f.Status != draft {
		return fmt.Errorf("flow: %q: %w", f.Name, err)
	}
	return nil
}

// definition is a definition without problems.
type definition struct {
	version, dataAPI string
	screens          map[string]map[string]any
	order            []string            // of the screens
	ways             map[string][]string // of the routing model; nil: there is none
}

// parse reads a definition. The error names the first problem.
func parse(text []byte) (*definition, error) {
	if problems := Check(text); len(problems) > 0 {
		return nil, fmt.Errorf("the definition has %d problems; the first: %s", len(problems), problems[0])
	}
	var all struct {
		Version string
		DataAPI string              `json:"data_api_version"`
		Routing map[string][]string `json:"routing_model"`
		Screens []map[string]any
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read the definition: %w", err)
	}
	d := &definition{all.Version, all.DataAPI, make(map[string]map[string]any), nil, all.Routing}
	for _, s := range all.Screens {
		id, _ := s["id"].(string)
		d.screens[id] = s
		d.order = append(d.order, id)
	}
	return d, nil
}

// entry returns the screen to which no way of the routing model leads: the first one, without
// a model.
func (d *definition) entry() string {
	for _, id := range d.order {
		if !slices.ContainsFunc(d.order, func(from string) bool { return slices.Contains(d.ways[from], id) }) {
			return id
		}
	}
	return d.order[0]
}

// leads tells whether a screen may follow another.
func (d *definition) leads(from, to string) bool {
	return from == "" || from == to || d.ways == nil || slices.Contains(d.ways[from], to)
}

// misfit returns what is wrong with the data of a screen, or "".
func (d *definition) misfit(screen string, data map[string]any) string {
	model, _ := d.screens[screen]["data"].(map[string]any)
	for _, name := range sorted(model) {
		schema, _ := model[name].(map[string]any)
		want, _ := schema["type"].(string)
		switch value, there := data[name]; {
		case !there:
			return fmt.Sprintf("the data of screen %s lack %s", screen, name)
		case kindOf(value) != want:
			return fmt.Sprintf("%s in the data of screen %s is of type %s; want %s", name, screen, kindOf(value), want)
		}
	}
	return ""
}

func sorted(object map[string]any) (names []string) {
	for name := range object {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
