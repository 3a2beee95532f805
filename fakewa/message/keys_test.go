package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// anyKeys are objects in which the API knows any key.
var anyKeys = []string{"interactive.action.parameters.flow_action_payload.data", ".action.flow_action_data", ".order_status"}

// TestUnknownKeys puts a key that nobody knows into each object of each type of message,
// at every depth.
func TestUnknownKeys(t *testing.T) {
	tested := 0
	for name, c := range cases {
		for _, given := range []given{c.smallest, c.largest} {
			body := whole(t, name, given.body)
			for _, path := range objectsOf("", body) {
				open := slices.ContainsFunc(anyKeys, func(end string) bool { return strings.HasSuffix(path, end) }) ||
					path == "interactive.action.parameters" && c.unchecked
				if open {
					continue
				}
				tested++
				refused(t, name, Rules{}, body, refusal{strings.TrimPrefix(path+".speling", "."), "x", 100, "is a key that the API does not know.", ""})
				refused(t, name, Rules{}, body, refusal{strings.TrimPrefix(path+".speling", "."), nil, 100, "is a key that the API does not know.", ""})
			}
		}
	}
	if tested < 200 {
		t.Errorf("only %d objects", tested)
	}
}

// objectsOf returns the paths of all objects in a value. Of an array, the first and the
// last item stand for all.
func objectsOf(path string, value any) (paths []string) {
	switch value := value.(type) {
	case j:
		paths = append(paths, path)
		for name, field := range value {
			paths = append(paths, objectsOf(strings.TrimPrefix(path+"."+name, "."), field)...)
		}
	case a:
		for i, item := range value {
			if i == 0 || i == len(value)-1 {
				paths = append(paths, objectsOf(fmt.Sprintf("%s[%d]", path, i), item)...)
			}
		}
	}
	return paths
}

// TestShapeComesFirst has bodies that are wrong in two ways. A key that nobody knows and a
// text that is too long for its shape are found before what the body means.
func TestShapeComesFirst(t *testing.T) {
	list := whole(t, "interactive.list", listCase.largest.body)
	list = with(t, list, "interactive.body.text", long(4097)) // 131009
	refused(t, "a key", Rules{}, list, refusal{"interactive.action.sections[9].rows[0].speling", 1, 100, "is a key that the API does not know.", ""})
	refused(t, "a JSON type", Rules{}, list, refusal{"interactive.action.sections[9].title", 1, 100, "is a number; it must be a string.", ""})
	refused(t, "neither", Rules{}, list, refusal{"interactive.footer.text", "bye", 131009, "has 4097 characters; 4096 are allowed.", "interactive.body.text"})
	text := whole(t, "text", j{"text": j{"body": "", "speling": 1}})
	refused(t, "a key and a length", Rules{}, text, refusal{"recipient_type", "crowd", 100, "is a key that the API does not know.", "text.speling"})
	refused(t, "the first of two shapes", Rules{}, with(t, text, "text", j{"body": ""}), refusal{"recipient_type", "crowd", 100, `is "crowd"; it must be "individual" or "group".`, ""})
	refused(t, "131051", Rules{}, with(t, list, "type", "gif"), refusal{"biz_opaque_callback_data", 1, 100, "is a number; it must be a string.", ""})
}

func TestUnknownKeysAreTaken(t *testing.T) {
	body := whole(t, "image", j{"speling": 1, "image": j{"id": "1", "filename": "a.png", "alt": nil}})
	if _, refused := (Rules{}).Parse("", encoded(t, body)); refused == nil || refused.Message != `(#100) Unexpected key "speling" on param "body".` {
		t.Errorf("got %v", refused)
	}
	m, refused := Rules{TakeUnknown: true}.Parse("", encoded(t, body))
	if refused != nil || !slices.Equal(m.Unknown, []string{"speling", "image.alt", "image.filename"}) {
		t.Errorf("got %v, %v", m, refused)
	}
}

// TestKeysOfTheField has keys that people sent, and what they should have heard.
func TestKeysOfTheField(t *testing.T) {
	for _, tt := range []struct{ body, object, key, source string }{
		{`"template":{"name":"hello_world","language":{"policystring":"deterministic","code":"en_US"}}`, "template['language']", "policystring", "WhatsApp/WhatsApp-Nodejs-SDK#21"},
		{`"template":{"name":"t","language":{"code":"en"},"components":[{"type":"body","text":"hi"}]}`, "template['components'][0]", "text", "[?]"},
		{`"template":{"name":"t","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"a","name":"x"}]}]}`, "template['components'][0]['parameters'][0]", "name", "[?]"},
		{`"image":{"link":"https://example.com/a.png","filename":"a.png"}`, "image", "filename", "gabrieldwight/Whatsapp-Business-Cloud-Api-Net#50"},
		{`"interactive":{"type":"button","templateId":1,"body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"A"}}]}}`, "interactive", "templateId", "reports of production"},
		{`"text":{"body":"hi","previewUrl":true}`, "text", "previewUrl", "[?]"},
		{`"text":{"body":"hi"},"context":{"message_id":"wamid.A","id":"wamid.A"}`, "context", "id", "[?]"},
	} {
		typ, _, _ := strings.Cut(tt.body[1:], `"`)
		_, refused := Rules{}.Parse("", []byte(`{"messaging_product":"whatsapp","to":"16505550101","type":"`+typ+`",`+tt.body+`}`))
		want := fmt.Sprintf("(#100) Unexpected key %q on param %q.", tt.key, tt.object)
		if refused == nil || refused.Status != 400 || refused.Code != 100 || refused.Message != want || refused.Details != "" {
			t.Errorf("%s: got %v, want %s", tt.source, refused, want)
		}
	}
}
