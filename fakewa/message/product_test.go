package message

var productCase = typeCase{
	smallest: given{
		j{"interactive": j{"action": j{"catalog_id": "c", "product_retailer_id": "p"}}},
		Message{Choices: []Choice{{"product", "p", "", ""}}},
	},
	largest: given{
		j{"interactive": j{"body": j{"text": long(1024)}, "footer": j{"text": long(60)}, "action": j{"catalog_id": "c", "product_retailer_id": "p"}}},
		Message{Choices: []Choice{{"product", "p", "", ""}}},
	},
	refusals: all(actionRefusals, wrongBodies, footerRefusals, []refusal{
		longBody,
		{"interactive.header", j{}, 131009, "is set; it is not allowed here.", ""},
		{"interactive.action.catalog_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.catalog_id", 1, 100, "is a number; it must be a string.", ""},
		{"interactive.action.product_retailer_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.product_retailer_id", "", 131009, "is empty; it must have at least 1 character.", ""},
	}),
}

func productItem(int) any { return j{"product_retailer_id": "p"} }

func productSection(i int) any {
	return j{"title": numbered(i, 24), "product_items": times(3, productItem)}
}

var productListCase = typeCase{
	smallest: given{
		j{"interactive": j{
			"header": j{"type": "text", "text": "h"},
			"body":   j{"text": "b"},
			"action": j{"catalog_id": "c", "sections": a{j{"product_items": a{productItem(0)}}}},
		}},
		Message{Choices: []Choice{{"product", "p", "", ""}}},
	},
	largest: given{
		full(1024, j{"catalog_id": "c", "sections": times(10, productSection)}),
		Message{Choices: times(30, func(int) Choice { return Choice{"product", "p", "", ""} })},
	},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, bodyRefusals, footerRefusals, []refusal{
		{"interactive.header", gone{}, 100, "is missing; it must be an object.", ""},
		{"interactive.action.catalog_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections", gone{}, 100, "is missing; it must be an array.", ""},
		{"interactive.action.sections", times(11, productSection), 131009, "has 11 items; 10 are allowed.", ""},
		{"interactive.action.sections[9].product_items", times(4, productItem), 131009, "has 31 product_items together; 30 are allowed.", "interactive.action.sections"},
		{"interactive.action.sections[9].product_items", a{}, 131009, "has 0 items; it must have at least 1.", ""},
		{"interactive.action.sections[9].product_items[2]", "p", 100, "is a string; it must be an object.", ""},
		{"interactive.action.sections[9].product_items[2].product_retailer_id", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections[9].title", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.sections[9].title", long(25), 131009, "has 25 characters; 24 are allowed.", ""},
	}),
}

var catalogMessageCase = typeCase{
	smallest: given{small(j{"name": "catalog_message"}), Message{Choices: []Choice{{Kind: "catalog_message"}}}},
	largest: given{
		full(1024, j{"name": "catalog_message", "parameters": j{"thumbnail_product_retailer_id": "p"}}),
		Message{Choices: []Choice{{Kind: "catalog_message", ID: "p"}}},
	},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, bodyRefusals, footerRefusals, []refusal{
		{"interactive.action.name", gone{}, 100, "is missing; it must be a string.", ""},
		{"interactive.action.name", "catalog", 100, `is "catalog"; it must be "catalog_message".`, ""},
		{"interactive.action.parameters", a{}, 100, "is an array; it must be an object.", ""},
		{"interactive.action.parameters.thumbnail_product_retailer_id", 1, 100, "is a number; it must be a string.", ""},
	}),
}
