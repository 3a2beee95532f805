package params_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"wappasim/fakewa/internal/params"
)

func read(contentType, query, body string) params.Fields {
	r := httptest.NewRequest("POST", "/v23.0/1/x"+query, nil)
	r.Header.Set("Content-Type", contentType)
	return params.Read(r, []byte(body))
}

// TestRead reads the same fields wherever they are. Those of the body count.
func TestRead(t *testing.T) {
	const json, form = "application/json", "application/x-www-form-urlencoded"
	for i, f := range []params.Fields{
		read(json, "", `{"a":"1","b":{"c":"2"},"d":[{"e":"3"}],"none":null}`),
		read(json, "?a=0&d=%5B%7B%22e%22:%223%22%7D%5D", `{"a":"1","b":{"c":"2"}}`),
		read(form, "?a=0", `a=0&a=1&b={"c":"2"}&d=[{"e":"3"}]`),
	} {
		got := f.Need("a", "x") + f.Object("b").Text("c")
		for item := range f.Objects("d") {
			got += item.OneOf("e", "3", "4")
		}
		if got != "123" || f.Has("none") || f.Refused() != nil {
			t.Errorf("%d: got %q, %v", i, got, f.Refused())
		}
	}
}

// TestRefuse expects the path of a field, and the first refusal alone.
func TestRefuse(t *testing.T) {
	const body = `{"a":{"b":[{"c":1},"d"]},"long":"😀😀","empty":""}`
	for want, ask := range map[string]func(f params.Fields){
		"a.b[0].c is a number; it must be a string.":         func(f params.Fields) { items(f.Object("a")); f.Need("x", "y") },
		"a is an object; it must be an array.":               func(f params.Fields) { f.List("a") },
		"long is a string; it must be an object.":            func(f params.Fields) { f.Object("long") },
		"long has 4 characters; 3 are allowed.":              func(f params.Fields) { f.Short("long", 4); f.Short("long", 3) },
		"empty is missing or empty; it must be a name.":      func(f params.Fields) { f.Need("empty", "a name") },
		"a.x is missing or empty; it must be a name.":        func(f params.Fields) { f.Object("a").Need("x", "a name") },
		`long is "😀😀"; it must be one of 1, 2.`:              func(f params.Fields) { f.OneOf("long", "1", "2") },
		"messaging_product is missing or empty; it must be ": func(f params.Fields) { f.Product() },
		"The real API has the field long; this fake does no": func(f params.Fields) { f.NotSimulated("other", "long") },
	} {
		f := read("", "", body)
		ask(f)
		if refused := f.Refused(); refused == nil || !strings.HasPrefix(refused.Details, want) {
			t.Errorf("got %v, want %s", refused, want)
		}
	}
}

func items(f params.Fields) {
	for item := range f.Objects("b") {
		item.Text("c")
	}
}

// TestPage goes through a list forwards and backwards.
func TestPage(t *testing.T) {
	page := func(query string, keys ...string) (got, after, before string, next bool) {
		t.Helper()
		var list []params.Entry
		for _, key := range keys {
			list = append(list, params.Entry{Key: key, Object: key})
		}
		answer, refused := params.Page(httptest.NewRequest("GET", "/v23.0/1/x?access_token=t"+query, nil), list)
		if refused != nil {
			t.Fatal(refused)
		}
		object := answer.(map[string]any)
		if paging, ok := object["paging"].(map[string]any); ok {
			cursors := paging["cursors"].(map[string]string)
			after, before = cursors["after"], cursors["before"]
			link, _ := paging["next"].(string)
			next = link != ""
			if next && (!strings.HasPrefix(link, "http://example.com/v23.0/1/x?after="+after) || strings.Contains(link, "token")) {
				t.Errorf("the next page is %s", link)
			}
		}
		return fmt.Sprint(object["data"]), after, before, next
	}
	got, after, _, next := page("&limit=2", "c", "a", "d", "b")
	if got != "[a b]" || !next {
		t.Errorf("the first page: got %s, %v", got, next)
	}
	got, _, before, next := page("&limit=2&after="+after, "a", "c", "d") // b was removed
	if got != "[c d]" || next {
		t.Errorf("the second page: got %s, %v", got, next)
	}
	if got, _, _, _ := page("&limit=1&before="+before, "a", "b", "c", "d"); got != "[b]" {
		t.Errorf("the page before: got %s", got)
	}
	if got, after, _, _ := page(""); got != "[]" || after != "" {
		t.Errorf("an empty list: got %s, %q", got, after)
	}
	for _, query := range []string{"limit=0", "limit=x", "after=!", "before=!"} {
		if _, refused := params.Page(httptest.NewRequest("GET", "/?"+query, nil), nil); refused == nil || refused.Code != 100 {
			t.Errorf("%s: got %v", query, refused)
		}
	}
}
