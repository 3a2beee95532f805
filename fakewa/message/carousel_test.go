package message

import (
	"fmt"
	"slices"
	"testing"
)

func quickReply(id, title string) any {
	return j{"type": "quick_reply", "quick_reply": j{"id": id, "title": title}}
}

func urlCard(i int) any {
	return j{
		"card_index": i,
		"header":     j{"type": "image", "image": j{"link": link}},
		"action":     j{"name": "cta_url", "parameters": j{"display_text": "t", "url": link}},
	}
}

func replyCard(i int) any {
	return j{
		"card_index": i,
		"type":       "cta_url",
		"header":     j{"type": "video", "video": j{"id": "1"}},
		"body":       j{"text": long(160)},
		"action":     j{"buttons": a{quickReply(numbered(2*i, 256), numbered(0, 20)), quickReply(numbered(2*i+1, 256), numbered(1, 20))}},
	}
}

func cardMedia(n int, kind, id, link string) []Media {
	return times(n, func(i int) Media {
		return Media{fmt.Sprintf("interactive.action.cards[%d].header.%s", i, kind), kind, id, link}
	})
}

func productCard(i int) any {
	return j{"card_index": i, "type": "product", "action": j{"catalog_id": "1", "product_retailer_id": numbered(i, 9)}}
}

// TestCardsOfProducts has the other kind of cards [Meta's page of product carousels].
func TestCardsOfProducts(t *testing.T) {
	for _, n := range []int{2, 10} {
		body := whole(t, "interactive.carousel", small(j{"cards": times(n, productCard)}))
		accepted(t, "products", Rules{}, "", encoded(t, body), Message{
			To: "16505551234", Type: "interactive", Body: encoded(t, body),
			Choices: times(n, func(i int) Choice { return Choice{Kind: "product", ID: numbered(i, 9)} }),
		})
	}
	body := whole(t, "interactive.carousel", small(j{"cards": times(2, productCard)}))
	const card = "interactive.action.cards[1]."
	for _, r := range []refusal{
		{card + "type", "spm", 100, `is "spm"; it must be "cta_url" or "product".`, ""},
		{card + "type", 1, 100, "is a number; it must be a string.", ""},
		{card + "speling", 1, 100, "is a key that the API does not know.", ""},
		{card + "action.speling", 1, 100, "is a key that the API does not know.", ""},
		{card + "action.catalog_id", gone{}, 100, "is missing; it must be a string.", ""},
		{card + "action.catalog_id", "", 131009, "is empty; it must have at least 1 character.", ""},
		{card + "action.catalog_id", "2", 131009, `is "2", but that of the first card is "1"; all cards must have the same.`, ""},
		{card + "action.product_retailer_id", gone{}, 100, "is missing; it must be a string.", ""},
		{card + "card_index", 0, 131009, "is 0, which an earlier card has too; it must be unique.", ""},
		{card + "header", j{"type": "image", "image": j{"id": "1"}}, 131009, "is set; it is not allowed here.", ""},
		{card + "body", j{"text": "b"}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.action.cards[1]", urlCard(1), 131009, "has cta_url, but the first card has product; all cards must have the same.", card + "action"},
	} {
		refused(t, "products", Rules{}, body, r)
	}
}

var carouselCase = typeCase{
	smallest: given{
		small(j{"cards": times(2, urlCard)}),
		Message{
			Media:   cardMedia(2, "image", "", link),
			Choices: slices.Repeat([]Choice{{"cta_url", link, "t", ""}}, 2),
		},
	},
	largest: given{
		j{"interactive": j{"body": j{"text": long(1024)}, "action": j{"cards": times(10, replyCard)}}},
		Message{
			Media:   cardMedia(10, "video", "1", ""),
			Choices: times(20, func(i int) Choice { return Choice{"quick_reply", numbered(i, 256), numbered(i%2, 20), ""} }),
		},
	},
	refusals: all(actionRefusals, bodyRefusals, []refusal{
		{"interactive.header", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.footer", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.action.cards", gone{}, 100, "is missing; it must be an array.", ""},
		{"interactive.action.cards", times(1, replyCard), 131009, "has 1 items; it must have at least 2.", ""},
		{"interactive.action.cards", times(11, replyCard), 131009, "has 11 items; 10 are allowed.", ""},
		{"interactive.action.cards[1]", 1, 100, "is a number; it must be an object.", ""},
		{"interactive.action.cards[1].card_index", gone{}, 100, "is missing; it must be a number.", ""},
		{"interactive.action.cards[1].card_index", 10, 131009, "is 10; it must be from 0 to 9.", ""},
		{"interactive.action.cards[1].card_index", 0.5, 100, "is 0.5; it must be a whole number.", ""},
		{"interactive.action.cards[1].card_index", 0, 131009, "is 0, which an earlier card has too; it must be unique.", ""},
		{"interactive.action.cards[1].header", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.cards[1].header.type", "text", 131009, `is "text"; it must be "image" or "video".`, ""},
		{"interactive.action.cards[1].body.text", long(161), 131009, "has 161 characters; 160 are allowed.", ""},
		{"interactive.action.cards[1].action", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.cards[1].action", j{}, 100, "is missing; it must be a string.", "interactive.action.cards[1].action.name"},
		{"interactive.action.cards[1].action.buttons", j{}, 100, "is an object; it must be an array.", ""},
		{"interactive.action.cards[1].action.buttons", a{}, 131009, "has 0 items; it must have at least 1.", ""},
		{"interactive.action.cards[1].action.buttons[0].type", "reply", 100, `is "reply"; it must be "quick_reply".`, ""},
		{"interactive.action.cards[1].action.buttons[0].quick_reply", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.cards[1].action.buttons[0].quick_reply.id", long(257), 131009, "has 257 characters; 256 are allowed.", ""},
		{"interactive.action.cards[1].action.buttons[1].quick_reply.title", long(21), 131009, "has 21 characters; 20 are allowed.", ""},
		{"interactive.action.cards[1].action.buttons[1].quick_reply.title", numbered(0, 20), 131009, `is "` + numbered(0, 20) + `", which an earlier one has too; it must be unique.`, ""},
		{"interactive.action.cards", a{withReply(0, "a"), withReply(1, "a")}, 131009, `is "a", which an earlier one has too; it must be unique.`, "interactive.action.cards[1].action.buttons[0].quick_reply.id"},
		{"interactive.action.cards[1]", urlCard(1), 131009, "has cta_url, but the first card has 2 quick_reply; all cards must have the same.", "interactive.action.cards[1].action"},
		{"interactive.action.cards[1]", withReply(1, "a"), 131009, "has 1 quick_reply, but the first card has 2 quick_reply; all cards must have the same.", "interactive.action.cards[1].action"},
	}),
}

func withReply(i int, id string) any {
	return j{"card_index": i, "header": j{"type": "image", "image": j{"id": "1"}}, "action": j{"buttons": a{quickReply(id, "t")}}}
}
