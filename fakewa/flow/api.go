package flow

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// Handler answers a call to the Graph API.
type Handler = func(r *http.Request, body []byte) (any, *graph.Error)

// Routes returns the calls to an account and to one of its numbers that manage flows, by their
// patterns. Those to a flow are [Account.Object]'s.
func (a *Account) Routes(account, number string) map[string]Handler {
	const encryption = "/whatsapp_business_encryption"
	return map[string]Handler{
		"GET /" + account + "/flows":   a.list,
		"POST /" + account + "/flows":  a.create,
		"GET /" + number + encryption:  a.getKey,
		"POST /" + number + encryption: a.postKey,
	}
}

var success = map[string]bool{"success": true}

// Object answers a call to a flow, whose id is the first part of the path, or to an edge of it.
func (a *Account) Object(r *http.Request, body []byte) (any, *graph.Error) {
	id, edge, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	f := a.find(id, "")
	if f == nil {
		return nil, graph.NoObject(r.Method, id)
	}
	switch r.Method + " " + edge {
	case "GET ":
		return a.chosen(r, f)
	case "POST ":
		return a.update(r, body, *f)
	case "DELETE ":
		return a.remove(f)
	case "GET assets":
		return a.assets(r, f)
	case "POST assets":
		return a.upload(r, body, *f)
	case "GET " + file:
		return f.Definition, nil
	case "POST publish":
		return success, a.release(r.Context(), f)
	case "POST deprecate":
		return success, a.deprecate(f)
	}
	return nil, graph.NoObject(r.Method, id)
}

// file is the name of a definition, which is downloaded under an edge of the fake's own.
const file = "flow.json"

// refusal is a refusal of Meta's list of errors of the Flows API: its message is the title
// there. That it has no code in its message is from publishing that was blocked; subcodes but
// that of the health check are unknown.
func refusal(code, subcode int, title, why string, args ...any) *graph.Error {
	e := graph.New(code, why, args...)
	e.Why, e.Details = e.Details, ""
	e.Subcode, e.Message, e.UserTitle, e.UserMsg = subcode, title, title, e.Why
	return e
}

func (a *Account) create(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	made := Flow{Name: f.Need("name", "the name of the flow"), Status: draft, Categories: readCategories(f)}
	if !f.Has("categories") {
		f.Missing("categories", "an array of categories")
	}
	made.EndpointURI = readEndpoint(f)
	if from := f.Text("clone_flow_id"); from != "" {
		if source := a.find(from, ""); source != nil {
			made.Definition, made.EndpointURI = source.Definition, source.EndpointURI
		} else {
			f.Refuse("clone_flow_id", "is %q; there is no such flow.", from)
		}
	}
	given := f.Text("flow_json")
	if given != "" {
		made.Definition = []byte(given)
	}
	atOnce := f.Any("publish") == true || f.Any("publish") == "true"
	f.Know("clone_template", "status")
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	made.ID = a.newID()
	if !a.add(made) {
		return nil, taken(made.Name)
	}
	answer := map[string]any{"id": made.ID}
	if given == "" {
		return answer, nil
	}
	problems := problemsOf(made.Definition)
	answer["success"], answer["validation_errors"] = true, problems
	if atOnce && len(problems) == 0 {
		if refused := a.release(r.Context(), &made); refused != nil {
			return nil, refused
		}
	}
	return answer, nil
}

// readCategories reads an array, or one as JSON in a string.
func readCategories(f params.Fields) (read []string) {
	for _, c := range f.List("categories") {
		name, _ := c.(string)
		if !slices.Contains(categories, name) {
			f.Refuse("categories", "has %s; the categories are %q.", params.Shown(c), categories)
		}
		read = append(read, name)
	}
	return read
}

func readEndpoint(f params.Fields) string {
	uri := f.Text("endpoint_uri")
	if u, err := url.Parse(uri); uri != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		f.Refuse("endpoint_uri", "is %.100q; it must be a URL like https://example.com/flow.", uri)
	}
	return uri
}

func (a *Account) update(r *http.Request, body []byte, changed Flow) (any, *graph.Error) {
	f := params.Read(r, body)
	f.Know("application_id")
	if name := f.Text("name"); name != "" {
		if other := a.find("", name); other != nil && other.ID != changed.ID {
			return nil, taken(name)
		}
		changed.Name = name
	}
	if f.Has("categories") {
		changed.Categories = readCategories(f)
	}
	if f.Has("endpoint_uri") {
		changed.EndpointURI = readEndpoint(f)
	}
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	if !a.replace(changed) {
		return nil, graph.NoObject(r.Method, changed.ID)
	}
	return success, nil
}

func taken(name string) *graph.Error {
	return refusal(100, 0, "Flow name is not unique", "name is %q; the account has a flow with this name.", name)
}

func (a *Account) remove(f *Flow) (any, *graph.Error) {
	if f.Status != draft {
		return nil, refusal(139004, 0, "Can't delete published Flow", "the flow is %s; only a DRAFT can be deleted. It can be deprecated.", f.Status)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flows = slices.DeleteFunc(a.flows, func(other *Flow) bool { return other.ID == f.ID })
	return success, nil
}

// upload replaces the definition.
func (a *Account) upload(r *http.Request, body []byte, changed Flow) (any, *graph.Error) {
	form := params.Read(r, body)
	text := form.Need("file", "the definition of the flow, as a file")
	if form.OneOf("asset_type", "FLOW_JSON"); form.Refused() != nil {
		return nil, form.Refused()
	}
	if changed.Status != draft {
		return nil, refusal(139001, 0, "Flow can't be updated", "the flow is %s; only the definition of a DRAFT can change. Clone the flow.", changed.Status)
	}
	changed.Definition = []byte(text)
	if !a.replace(changed) {
		return nil, graph.NoObject(r.Method, changed.ID)
	}
	return map[string]any{"success": true, "validation_errors": problemsOf(changed.Definition)}, nil
}

func problemsOf(definition json.RawMessage) []Problem {
	if len(definition) == 0 {
		return []Problem{}
	}
	return append([]Problem{}, Check(definition)...)
}

func (a *Account) assets(r *http.Request, f *Flow) (any, *graph.Error) {
	var list []params.Entry
	if len(f.Definition) > 0 {
		scheme := "https"
		if r.TLS == nil && r.URL.Scheme != "https" {
			scheme = "http"
		}
		at := fmt.Sprintf("%s://%s/%s/%s", scheme, r.Host, f.ID, file)
		list = []params.Entry{{Key: f.ID, Object: map[string]string{"name": file, "asset_type": "FLOW_JSON", "download_url": at}}}
	}
	return params.Page(r, list)
}

func (a *Account) getKey(*http.Request, []byte) (any, *graph.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	data := []any{}
	if a.key != nil {
		data = append(data, map[string]string{"business_public_key": a.pem, "business_public_key_signature_status": "VALID"})
	}
	return map[string]any{"data": data}, nil
}

func (a *Account) postKey(r *http.Request, body []byte) (any, *graph.Error) {
	f := params.Read(r, body)
	pem := f.Need("business_public_key", "an RSA public key of 2048 bits, in PEM")
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	if err := a.SetPublicKey(pem); err != nil {
		return nil, graph.Param("Invalid parameter", "business_public_key: %v.", err)
	}
	return success, nil
}
