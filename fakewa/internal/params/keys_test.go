package params_test

import (
	"slices"
	"testing"

	"wappasim/fakewa/internal/params"
)

func TestPath(t *testing.T) {
	for path, want := range map[string]string{
		"type":                              "type",
		"text.body":                         "text['body']",
		"contacts[12].name.formatted_name":  "contacts[12]['name']['formatted_name']",
		"components[2].buttons[0]":          "components[2]['buttons'][0]",
		"template.components[0].parameters": "template['components'][0]['parameters']",
	} {
		if got := params.Path(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestUnknown reads some keys of a call, and expects those of which it said nothing, in the
// order of the objects and then of the keys.
func TestUnknown(t *testing.T) {
	f := read("", "", `{"z":1,"a":null,"known":1,"access_token":"x","object":{"x":1,"y":1},"list":[{"y":1},{"y":1,"x":{}}]}`)
	f.Know("known")
	f.Object("object").Any("y")
	for item := range f.Objects("list") {
		item.Text("y")
	}
	if got, want := f.Unknown(), []string{"a", "z", "object.x", "list[1].x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	f = read("", "", `{"list":[{"x":1}]}`)
	for range f.Objects("list") {
	}
	f.RefuseUnknown()
	if got := f.Refused(); got == nil || got.Message != `(#100) Unexpected key "x" on param "list[0]".` || got.Details != "" {
		t.Errorf("got %v", got)
	}
}
