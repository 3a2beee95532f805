package fakewa_test

import (
	"net/url"
	"strings"
	"testing"

	"wappasim/fakewa"
)

type templatePage struct {
	Data   []templateAnswer
	Paging struct {
		Cursors struct{ Before, After string }
		Next    string
	}
}

func (p templatePage) names() string {
	var names []string
	for _, t := range p.Data {
		names = append(names, t.Name)
	}
	return strings.Join(names, " ")
}

func TestTemplatesAreListedInPages(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		ids[name] = addTemplate(t, s, name, "de", "MARKETING", `[{"type":"BODY","text":"Hi."}]`)
	}
	get := func(url string) templatePage {
		t.Helper()
		return accept[templatePage](t, s, "GET", strings.TrimPrefix(url, "https://graph.facebook.com"), "")
	}
	first := get(templates + "?category=marketing&limit=2&access_token=secret")
	if first.names() != "a b" || strings.Contains(first.Paging.Next, "secret") {
		t.Fatalf("got %+v", first)
	}
	u, err := url.Parse(first.Paging.Next)
	if err != nil || u.Host != "graph.facebook.com" || u.Path != templates || u.Query().Get("after") != first.Paging.Cursors.After {
		t.Errorf("got %v, %v", u, err)
	}
	accept[map[string]bool](t, s, "DELETE", templates+"?name=b", "") // its cursor stays valid
	last := get(first.Paging.Next)
	if last.names() != "c d" || last.Paging.Next != "" {
		t.Errorf("got %+v", last)
	}
	if back := get(templates + "?category=MARKETING&limit=2&before=" + last.Paging.Cursors.Before); back.names() != "a" {
		t.Errorf("got %+v", back)
	}
	if beyond := get(templates + "?after=" + last.Paging.Cursors.After); len(beyond.Data) != 0 || beyond.Paging.Cursors.After != "" {
		t.Errorf("got %+v", beyond)
	}
	if few := get(templates + "?fields=name&name=c"); few.names() != "c" || few.Data[0].ID != ids["c"] || few.Data[0].Status != "" {
		t.Errorf("got %+v", few)
	}
	for query, want := range map[string]string{
		"":                         "hello_world a c d",
		"language=en_US":           "hello_world",
		"status=approved&limit=99": "hello_world a c d",
		"status=PAUSED":            "",
	} {
		if got := get(templates + "?" + query); got.names() != want {
			t.Errorf("%s: got %s", query, got.names())
		}
	}
	for query, details := range map[string]string{
		"limit=0": "limit", "limit=x": "limit", "after=x": "after", "before=x": "before",
		"status=fine": "IN_APPEAL", "category=spam": "MARKETING", "fields=nothing": "nothing",
	} {
		status, answer := call(t, s, "GET", templates+"?"+query, "Bearer x", "")
		refusal{400, 100, 0, details}.check(t, status, answer)
	}
}
