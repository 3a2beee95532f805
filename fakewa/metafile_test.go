package fakewa_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// metaFile loads Meta's OpenAPI file, which is not part of this project. META_OPENAPI is
// the path of a copy of business-messaging-api_v23.0.yaml, which Meta publishes in the
// repository facebook/openapi on GitHub. The test does not validate the document as a
// whole: its paths overlap, and some of its examples are wrong.
func metaFile(t *testing.T) *openapi3.T {
	t.Helper()
	path := os.Getenv("META_OPENAPI")
	if path == "" {
		t.Skip("needs META_OPENAPI, the path of Meta's business-messaging-api_v23.0.yaml")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	fixReferences(child(child(root.Content[0], "components"), "schemas"))
	if data, err = yaml.Marshal(&root); err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	// The schema of replies has a discriminator, but lists no alternatives.
	reply := doc.Components.Schemas["InteractiveMessageReply"].Value.AllOf[1].Value.Properties["interactive"].Value
	for _, ref := range reply.Discriminator.Mapping {
		name := strings.TrimPrefix(ref.Ref, schemas)
		reply.OneOf = append(reply.OneOf, &openapi3.SchemaRef{Ref: ref.Ref, Value: doc.Components.Schemas[name].Value})
	}
	// The file wraps each profile in an object; Meta's pages do not.
	profiles := doc.Components.Schemas["WhatsAppBusinessProfileResponse"].Value.Properties["data"].Value
	profiles.Items = profiles.Items.Value.Properties["business_profile"]
	return doc
}

const schemas = "#/components/schemas/"

// fixReferences repairs the references between schemas. Meta joined many files into one
// and gave a number to schemas with the same name, as in TextMessage_2, but not to the
// references to them: a user's text would be checked as a text of the business. A
// reference means the nearest schema of that name.
func fixReferences(all *yaml.Node) {
	number := regexp.MustCompile(`_\d+$`)
	places := make(map[string][]int)
	for i := 0; i < len(all.Content); i += 2 {
		name := number.ReplaceAllString(all.Content[i].Value, "")
		places[name] = append(places[name], i)
	}
	for i := 1; i < len(all.Content); i += 2 {
		scalars(all.Content[i], func(n *yaml.Node) {
			name, ok := strings.CutPrefix(n.Value, schemas)
			if !ok || len(places[name]) < 2 {
				return
			}
			nearest := slices.MinFunc(places[name], func(a, b int) int { return distance(a, i) - distance(b, i) })
			n.Value = schemas + all.Content[nearest].Value
		})
	}
}

// distance is how far apart two schemas are in the file. A schema does not mean itself.
func distance(name, value int) int {
	if name == value-1 {
		return math.MaxInt
	}
	return max(name-value, value-name)
}

func scalars(n *yaml.Node, visit func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		visit(n)
	}
	for _, c := range n.Content {
		scalars(c, visit)
	}
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	panic("Meta's file has no " + key)
}

// deviation is one difference between a value and its schema.
type deviation struct {
	pointer string // JSON pointer into the value
	keyword string // of the schema that the value breaks; "unknown" for a property that the schema does not name
	want    string
	got     any
}

func (d deviation) String() string {
	got, _ := json.Marshal(d.got)
	return fmt.Sprintf("at %s: %s (%s); there is %.200s", d.pointer, d.want, d.keyword, got)
}

// place is the pointer, with * for each index of an array, and the keyword. For an enum
// the value follows.
func (d deviation) place() string {
	place := regexp.MustCompile(`/\d+`).ReplaceAllString(d.pointer, "/*") + " " + d.keyword
	if d.keyword == "enum" {
		place += fmt.Sprintf(" %v", d.got)
	}
	return place
}

// compare returns how a value differs from its schema. Few of Meta's schemas require or
// forbid anything; so a property that a schema does not name counts as a deviation.
func compare(schema *openapi3.Schema, body []byte) []deviation {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []deviation{{"/", "json", err.Error(), string(body)}}
	}
	var found []deviation
	for _, e := range leaves(schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.EnableFormatValidation())) {
		found = append(found, deviation{"/" + strings.Join(e.JSONPointer(), "/"), e.SchemaField, e.Reason, e.Value})
	}
	return append(found, unnamed([]*openapi3.Schema{schema}, value, "")...)
}

// leaves returns the innermost errors of a validation. If none of several alternatives
// fits, it takes the errors of the one that fits deepest.
func leaves(err error) []*openapi3.SchemaError {
	switch e := err.(type) {
	case openapi3.MultiError:
		var all []*openapi3.SchemaError
		for _, one := range e {
			all = append(all, leaves(one)...)
		}
		return all
	case *openapi3.SchemaError:
		alternatives, ok := errors.Unwrap(errors.Unwrap(e.Origin)).(openapi3.MultiError)
		if !ok || len(alternatives) == 0 {
			return []*openapi3.SchemaError{e}
		}
		if e.SchemaField != "oneOf" {
			return leaves(alternatives)
		}
		return leaves(slices.MaxFunc(alternatives, func(a, b error) int { return depth(a) - depth(b) }))
	}
	return nil
}

func depth(err error) int {
	shallowest := slices.MinFunc(leaves(err), func(a, b *openapi3.SchemaError) int { return len(a.JSONPointer()) - len(b.JSONPointer()) })
	return len(shallowest.JSONPointer())
}

// unnamed returns the properties in a value that none of its schemas names, and the
// empty objects and arrays, which would match any schema.
func unnamed(of []*openapi3.Schema, value any, pointer string) []deviation {
	var found []deviation
	of = parts(of, value)
	switch value := value.(type) {
	case []any:
		var items []*openapi3.Schema
		for _, s := range of {
			if s.Items != nil {
				items = append(items, s.Items.Value)
			}
		}
		if len(value) == 0 {
			found = append(found, deviation{pointer, "empty", "something to compare", value})
		}
		for i, item := range value {
			found = append(found, unnamed(items, item, fmt.Sprintf("%s/%d", pointer, i))...)
		}
	case map[string]any:
		properties := make(map[string][]*openapi3.Schema)
		for _, s := range of {
			for name, p := range s.Properties {
				properties[name] = append(properties[name], p.Value)
			}
		}
		if len(value) == 0 {
			found = append(found, deviation{pointer, "empty", "something to compare", value})
		}
		for name, v := range value {
			switch at := pointer + "/" + name; {
			case len(properties[name]) > 0:
				found = append(found, unnamed(properties[name], v, at)...)
			case len(properties) > 0: // otherwise the schema allows all properties
				found = append(found, deviation{at, "unknown", "no property of this name", v})
			}
		}
	}
	return found
}

// parts adds to schemas the schemas of which they are composed. Of alternatives, it adds
// those that fit, or all if none fits.
func parts(of []*openapi3.Schema, value any) []*openapi3.Schema {
	var all []*openapi3.Schema
	for _, s := range of {
		alternatives := slices.Concat(s.OneOf, s.AnyOf)
		misfit := func(ref *openapi3.SchemaRef) bool { return ref.Value.VisitJSON(value) != nil }
		if fit := slices.DeleteFunc(slices.Clone(alternatives), misfit); len(fit) > 0 {
			alternatives = fit
		}
		all = append(all, s)
		for _, ref := range slices.Concat(s.AllOf, alternatives) {
			all = append(all, parts([]*openapi3.Schema{ref.Value}, value)...)
		}
	}
	return all
}

// TestMetasExamplesMatchMetasFile tests the comparison: it compares the examples of
// webhooks in Meta's file with their schemas.
func TestMetasExamplesMatchMetasFile(t *testing.T) {
	webhook := metaFile(t).Paths.Value("/whatsapp/webhooks").Post.RequestBody.Value.Content["application/json"]
	for name, example := range webhook.Examples {
		body, err := json.Marshal(example.Value.Value)
		if err != nil {
			t.Fatal(err)
		}
		wrong := compare(webhook.Schema.Value, body)
		if strings.HasPrefix(name, "Group ") { // these have numbers in the place of strings, and strings in the place of numbers
			if len(wrong) == 0 {
				t.Errorf("%s: no deviation was found", name)
			}
			continue
		}
		for _, d := range wrong {
			t.Errorf("%s: %v", name, d)
		}
	}
}
