package message

import (
	"strings"
	"testing"
)

var templateCase = typeCase{
	smallest: given{
		j{"template": j{"name": "n", "language": j{"code": "en"}}},
		Message{Template: &Template{Name: "n", Language: "en"}},
	},
	largest: given{
		j{"template": j{"name": strings.Repeat("n", 512), "language": j{"code": "en_US", "policy": "deterministic"}, "components": a{
			j{"type": "HEADER", "parameters": a{
				j{"type": "image", "image": j{"id": "1"}},
				j{"type": "video", "video": j{"link": link}},
				j{"type": "document", "document": j{"id": "2", "filename": "a.pdf"}},
				j{"type": "location", "location": j{"latitude": "1", "longitude": "2", "name": "A", "address": "B"}},
			}},
			j{"type": "body", "parameters": a{
				j{"type": "text", "text": "Ada    L.", "parameter_name": "first_name"},
				j{"type": "currency", "currency": j{"fallback_value": "$1", "code": "USD", "amount_1000": 1000}},
				j{"type": "date_time", "date_time": j{"fallback_value": "today"}},
			}},
			j{"type": "button", "sub_type": "QUICK_REPLY", "index": "0", "parameters": a{j{"type": "payload", "payload": "yes"}}},
			j{"type": "button", "sub_type": "copy_code", "index": 9, "parameters": a{j{"type": "coupon_code", "coupon_code": "C"}}},
			j{"type": "button", "sub_type": "flow", "index": 1, "parameters": a{j{"type": "action", "action": j{"flow_token": "t"}}}},
			j{"type": "button", "sub_type": "voice_call", "index": 2},
			j{"type": "limited_time_offer", "parameters": a{j{"type": "limited_time_offer", "limited_time_offer": j{"expiration_time_ms": 1}}}},
			j{"type": "carousel", "cards": times(10, func(i int) any {
				return j{"card_index": i, "components": a{j{"type": "body", "parameters": a{j{"type": "text", "text": "c"}}}}}
			})},
		}}},
		Message{
			Media: []Media{
				{"template.components[0].parameters[0].image", "image", "1", ""},
				{"template.components[0].parameters[1].video", "video", "", link},
				{"template.components[0].parameters[2].document", "document", "2", ""},
			},
			Choices: []Choice{{Kind: "quick_reply", ID: "yes"}},
			Template: &Template{Name: strings.Repeat("n", 512), Language: "en_US", Components: []Component{
				{Type: "header", Parameters: []Parameter{{Type: "image"}, {Type: "video"}, {Type: "document"}, {Type: "location"}}},
				{Type: "body", Parameters: []Parameter{{"text", "first_name", "Ada    L."}, {"currency", "", "$1"}, {"date_time", "", "today"}}},
				{Type: "button", SubType: "quick_reply", Parameters: []Parameter{{"payload", "", "yes"}}},
				{Type: "button", SubType: "copy_code", Index: 9, Parameters: []Parameter{{"coupon_code", "", "C"}}},
				{Type: "button", SubType: "flow", Index: 1, Parameters: []Parameter{{Type: "action"}}},
				{Type: "button", SubType: "voice_call", Index: 2},
				{Type: "limited_time_offer", Parameters: []Parameter{{Type: "limited_time_offer"}}},
				{Type: "carousel", Cards: times(10, templateCard)},
			}},
		},
	},
	refusals: all([]refusal{
		{"template", gone{}, 100, "is missing; it must be an object.", ""},
		{"template", "n", 100, "is a string; it must be an object.", ""},
		{"template.name", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.name", "", 100, "is empty; it must have at least 1 character.", ""},
		{"template.name", long(513), 100, "has 513 characters; 512 are allowed.", ""},
		{"template.language", gone{}, 100, "is missing; it must be an object.", ""},
		{"template.language", "en", 100, "is a string; it must be an object.", ""},
		{"template.language.code", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.language.policy", 1, 100, "is a number; it must be a string.", ""},
		{"template.language.policy", "fallback", 100, `is "fallback"; it must be "deterministic".`, ""},
		{"template.components", j{}, 100, "is an object; it must be an array.", ""},
		{"template.components[1]", "body", 100, "is a string; it must be an object.", ""},
		{"template.components[1].type", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[1].parameters", j{}, 100, "is an object; it must be an array.", ""},
		{"template.components[1].parameters[0]", "Ada", 100, "is a string; it must be an object.", ""},
		{"template.components[1].parameters[0].type", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[1].parameters[0].parameter_name", 1, 100, "is a number; it must be a string.", ""},
		{"template.components[1].parameters[0].text", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[1].parameters[0].text", "", 131008, "is empty; it must have at least 1 character.", ""},
		{"template.language.code", nil, 100, "is missing; it must be a string.", ""},
		{"template.components[1].type", "text", 100, `is "text"; it must be "body", "button", "call_permission_request", "carousel", "header", "limited_time_offer", "order_status" or "tap_target_configuration".`, ""},
		{"template.components[1].parameters[0].text", nil, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[1].parameters[0].text", "a\nb", 132018, `is "a\nb"; it has "\n".`, ""},
		{"template.components[1].parameters[0].text", "a\r\nb", 132018, `is "a\r\nb"; it has "\r".`, ""},
		{"template.components[1].parameters[0].text", "a\tb", 132018, `is "a\tb"; it has "\t".`, ""},
		{"template.components[1].parameters[0].text", "a     b", 132018, `is "a     b"; it has "     ".`, ""},
		{"template.components[7].cards[0].components[0].parameters[0].text", "a\nb", 132018, `is "a\nb"; it has "\n".`, ""},
		{"template.components[0].parameters[0].image", j{}, 132018, "has neither id nor link; one of them is required.", ""},
		{"template.components[2].sub_type", "call", 100, `is "call"; it must be "booking_confirmation", "catalog", "copy_code", "flow", "mpm", "order_details", "quick_reply", "reminder", "url" or "voice_call".`, ""},
		{"template.components[1].parameters[0].text", 1, 100, "is a number; it must be a string.", ""},
		{"template.components[1].parameters[1].currency", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[1].parameters[1].currency.fallback_value", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[1].parameters[1].currency.code", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[1].parameters[1].currency.amount_1000", gone{}, 100, "is missing; it must be a number.", ""},
		{"template.components[1].parameters[1].currency.amount_1000", 0.5, 100, "is 0.5; it must be a whole number.", ""},
		{"template.components[1].parameters[2].date_time", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[1].parameters[2].date_time.fallback_value", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[0].parameters[0].image", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[0].parameters[0].image.link", link, 131009, "is set, and so is template.components[0].parameters[0].image.id; only one of them is allowed.", ""},
		{"template.components[2].sub_type", gone{}, 100, "is missing; it must be a string.", ""},
		{"template.components[2].index", gone{}, 100, "is missing; it must be a number.", ""},
		{"template.components[2].index", "first", 100, `is "first"; it must be a number.`, ""},
		{"template.components[2].index", 10, 131009, "is 10; it must be from 0 to 9.", ""},
		{"template.components[2].index", "-1", 131009, "is -1; it must be from 0 to 9.", ""},
		{"template.components[2].parameters[0].payload", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[3].parameters[0].coupon_code", gone{}, 100, "is missing; a parameter of this type must have it.", ""},
		{"template.components[4].parameters[0].action", "t", 100, "is a string; it must be an object.", ""},
		{"template.components[7].cards", gone{}, 100, "is missing; it must be an array.", ""},
		{"template.components[7].cards", a{}, 100, "has 0 items; it must have at least 1.", ""},
		{"template.components[7].cards", times(11, func(int) any { return j{} }), 100, "has 11 items; 10 are allowed.", ""},
		{"template.components[7].cards[0].card_index", gone{}, 100, "is missing; it must be a number.", ""},
		{"template.components[7].cards[0].card_index", 10, 131009, "is 10; it must be from 0 to 9.", ""},
		{"template.components[7].cards[0].components[0].type", "Carousel", 100, `is "Carousel"; it must be "body", "button" or "header".`, ""},
	}, placeRefusals("template.components[0].parameters[3].location", "is missing; a parameter of this type must have it.")),
}

func templateCard(i int) Card {
	return Card{i, []Component{{Type: "body", Parameters: []Parameter{{"text", "", "c"}}}}}
}

// TestNestedCarousels expects carousels in carousels to be refused without reading them
// all, which would be slow.
func TestNestedCarousels(t *testing.T) {
	component := j{"type": "carousel", "cards": a{}}
	for range 1000 {
		component = j{"type": "carousel", "cards": a{j{"card_index": 0, "components": a{component}}}}
	}
	body := encoded(t, whole(t, "template", j{"template": j{"name": "n", "language": j{"code": "en"}, "components": a{component}}}))
	refusedAs(t, "nested", Rules{}, "", body, 100, `template.components[0].cards[0].components[0].type is "carousel"; it must be "body", "button" or "header".`)
}

func TestEmptyComponents(t *testing.T) {
	body := encoded(t, whole(t, "template", j{"template": j{"name": "n", "language": j{"code": "en"}, "components": a{}}}))
	accepted(t, "none", Rules{}, "", body, Message{To: "16505551234", Type: "template", Body: body, Template: &Template{Name: "n", Language: "en"}})
}
