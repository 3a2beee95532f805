package message

import "testing"

// small is an interactive message without optional fields.
func small(action j) j { return j{"interactive": j{"body": j{"text": "b"}, "action": action}} }

// full is an interactive message with a text header, a body and a footer at their limits.
func full(body int, action j) j {
	return j{"interactive": j{
		"header": j{"type": "text", "text": long(60)},
		"body":   j{"text": long(body)},
		"footer": j{"text": long(60)},
		"action": action,
	}}
}

const anyKind = `it must be "address_message", "button", "call_permission_request", "carousel", "catalog_message", "cta_url", "flow", "list", "location_request_message", "order_details", "order_status", "product", "product_list", "request_contact_info" or "voice_call".`

var (
	actionRefusals = []refusal{
		{"interactive", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive", "list", 100, "is a string; it must be an object.", ""},
		{"interactive.type", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.type", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.type", "poll", 100, `is "poll"; ` + anyKind, ""},
		{"interactive.type", "buttons", 100, `is "buttons"; ` + anyKind, ""},
		{"interactive.type", "message_with_link", 131051, `is "message_with_link"; ` + anyKind, ""},
		{"interactive.action", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action", a{}, 100, "is an array; it must be an object.", ""},
	}
	headerRefusals = []refusal{
		{"interactive.header", j{"type": "text", "text": j{}}, 100, "is an object; it must be a string.", "interactive.header.text"},
		{"interactive.header", "A", 100, "is a string; it must be an object.", ""},
		{"interactive.header.type", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.header", j{"type": "text"}, 131009, "is missing; it must be a string.", "interactive.header.text"},
		{"interactive.header", j{"type": "text", "text": ""}, 131009, "is empty; it must have at least 1 character.", "interactive.header.text"},
		{"interactive.header", j{"type": "text", "text": long(61)}, 131009, "has 61 characters; 60 are allowed.", "interactive.header.text"},
	}
	mediaHeaderRefusals = []refusal{
		{"interactive.header.type", "audio", 100, `is "audio"; it must be "text", "image", "video" or "document".`, ""},
		{"interactive.header", j{"type": "video"}, 100, "is missing; it must be an object.", "interactive.header.video"},
		{"interactive.header", j{"type": "image", "image": j{}}, 100, "is missing, and so is interactive.header.image.link; one of them is required.", "interactive.header.image.id"},
		{"interactive.header", j{"type": "document", "document": j{"link": "x"}}, 100, `is "x"; it must be an http or https URL.`, "interactive.header.document.link"},
	}
	footerRefusals = []refusal{
		{"interactive.footer", "A", 100, "is a string; it must be an object.", ""},
		{"interactive.footer.text", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.footer.text", long(61), 131009, "has 61 characters; 60 are allowed.", ""},
	}
	longBody    = refusal{"interactive.body.text", long(1025), 131009, "has 1025 characters; 1024 are allowed.", ""}
	noBody      = refusal{"interactive.body", gone{}, 100, "is missing; it must be an object.", ""}
	wrongBodies = []refusal{
		{"interactive.body", "A", 100, "is a string; it must be an object.", ""},
		{"interactive.body.text", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.body.text", "", 131009, "is empty; it must have at least 1 character.", ""},
	}
	bodyRefusals = append([]refusal{longBody, noBody}, wrongBodies...)
)

func all(groups ...[]refusal) (refusals []refusal) {
	for _, group := range groups {
		refusals = append(refusals, group...)
	}
	return refusals
}

// actionUncheckedCase is the case of the kinds whose action is not checked.
var actionUncheckedCase = typeCase{
	smallest: given{body: j{"interactive": j{"action": j{}}}},
	largest:  given{body: full(1024, j{"name": "review_and_pay", "parameters": j{"reference_id": "1"}})},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, wrongBodies, []refusal{longBody}, footerRefusals, []refusal{
		{"interactive.action.name", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.parameters", "1", 100, "is a string; it must be an object.", ""},
	}),
	unchecked: true,
}

// TestMediaHeader expects the media of a header in Message.Media, for each kind that may
// have one.
func TestMediaHeader(t *testing.T) {
	tested := 0
	for name, c := range cases {
		for _, r := range c.refusals {
			if r.field != "interactive.header.type" || r.why != mediaHeaderRefusals[0].why {
				continue
			}
			for _, kind := range []string{"image", "video", "document"} {
				body := with(t, whole(t, name, c.largest.body), "interactive.header", j{"type": kind, kind: j{"id": "1"}})
				want := c.largest.want
				want.To, want.Type, want.Body = "16505551234", "interactive", encoded(t, body)
				want.Media = []Media{{"interactive.header." + kind, kind, "1", ""}}
				tested++
				accepted(t, name+" with "+kind, Rules{}, "", want.Body, want)
			}
		}
	}
	if tested < 3 {
		t.Error("no kind has a header of media")
	}
}
