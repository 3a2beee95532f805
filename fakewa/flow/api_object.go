package flow

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// timestamps have this form in answers about flows.
const timestamps = "2006-01-02T15:04:05-0700"

// previewed is how long the link to a preview is good.
const previewed = 30 * 24 * time.Hour

// usual are the fields that an answer has if the call does not choose any.
const usual = "id,name,status,categories,validation_errors"

// fieldsOf returns the fields of a flow. nil: the flow has none of these.
func (a *Account) fieldsOf(f *Flow) map[string]func() any {
	d, err := parse(f.Definition)
	version := func(of func(*definition) string) func() any {
		return func() any {
			if err != nil || of(d) == "" {
				return nil
			}
			return of(d)
		}
	}
	endpoint := func() any {
		if f.EndpointURI == "" {
			return nil
		}
		return f.EndpointURI
	}
	return map[string]func() any{
		"id":                func() any { return f.ID },
		"name":              func() any { return f.Name },
		"status":            func() any { return f.Status },
		"categories":        func() any { return f.Categories },
		"validation_errors": func() any { return problemsOf(f.Definition) },
		"json_version":      version(func(d *definition) string { return d.version }),
		"data_api_version":  version(func(d *definition) string { return d.dataAPI }),
		"endpoint_uri":      endpoint,
		"data_channel_uri":  endpoint, // its name before v19.0
		"updated_at":        func() any { return f.UpdatedAt.UTC().Format(timestamps) },
		"preview":           func() any { return a.preview(f) },
		"health_status":     func() any { return a.health(f, err) },
		"application": func() any {
			return map[string]string{"id": a.host.AppID, "name": a.host.Name, "link": "https://www.facebook.com/games/?app_id=" + a.host.AppID}
		},
		"whatsapp_business_account": func() any {
			return map[string]string{"id": a.host.AccountID, "name": a.host.Name, "timezone_id": "1", "business_verification_status": "VERIFIED", "message_template_namespace": "fake_" + a.host.AccountID}
		},
	}
}

// chosen answers with the fields that a call asks for.
func (a *Account) chosen(r *http.Request, f *Flow) (any, *graph.Error) {
	names, refused := params.Names(cmp.Or(r.URL.Query().Get("fields"), usual))
	if refused != nil {
		return nil, refused
	}
	fields, object := a.fieldsOf(f), map[string]any{"id": f.ID}
	for _, name := range names {
		field, known := fields[name]
		if !known {
			if name == "metric" {
				return nil, graph.NotSimulated("the field metric of flows")
			}
			return nil, graph.New(100, "Tried accessing nonexisting field (%s)", name)
		}
		if value := field(); value != nil {
			object[name] = value
		}
	}
	return object, nil
}

func (a *Account) list(r *http.Request, _ []byte) (any, *graph.Error) {
	var list []params.Entry
	for i, f := range a.Flows() {
		object, refused := a.chosen(r, &f)
		if refused != nil {
			return nil, refused
		}
		list = append(list, params.Entry{Key: fmt.Sprintf("%020d", i), Object: object})
	}
	return params.Page(r, list)
}

func (a *Account) preview(f *Flow) any {
	sum := a.host.Draw("preview of flow " + f.ID)
	return map[string]string{
		"preview_url": "https://business.facebook.com/wa/manage/flows/" + f.ID + "/preview/?token=" + hex.EncodeToString(sum[:16]),
		"expires_at":  a.host.Now().Add(previewed).UTC().Format(timestamps),
	}
}

// health is what a flow and those whom it needs can do. Of the codes that errors have only
// those of payment and of bans are known, so that the fake gives none.
func (a *Account) health(f *Flow, invalid error) any {
	can := "AVAILABLE"
	if f.Status == deprecated || invalid != nil {
		can = "BLOCKED"
	}
	entity := func(typ, id, can string) map[string]string {
		return map[string]string{"entity_type": typ, "id": id, "can_send_message": can}
	}
	return map[string]any{"can_send_message": can, "entities": []any{
		entity("FLOW", f.ID, can), entity("WABA", a.host.AccountID, "AVAILABLE"), entity("APP", a.host.AppID, "AVAILABLE"),
	}}
}
