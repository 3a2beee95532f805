package message

var ctaURLCase = typeCase{
	smallest: given{
		small(j{"name": "cta_url", "parameters": j{"display_text": "t", "url": "http://a"}}),
		Message{Choices: []Choice{{"cta_url", "http://a", "t", ""}}},
	},
	largest: given{
		full(1024, j{"name": "cta_url", "parameters": j{"display_text": long(20), "url": link}}),
		Message{Choices: []Choice{{"cta_url", link, long(20), ""}}},
	},
	refusals: all(actionRefusals, headerRefusals, mediaHeaderRefusals, bodyRefusals, footerRefusals, openURLRefusals("interactive.action")),
}

// openURLRefusals are the refusals of an action that opens a URL.
func openURLRefusals(at string) []refusal {
	return []refusal{
		{at + ".name", gone{}, 100, "is missing; it must be a string.", ""},
		{at + ".name", "url", 100, `is "url"; it must be "cta_url".`, ""},
		{at + ".parameters", gone{}, 100, "is missing; it must be an object.", ""},
		{at + ".parameters.display_text", gone{}, 100, "is missing; it must be a string.", ""},
		{at + ".parameters.display_text", "", 131009, "is empty; it must have at least 1 character.", ""},
		{at + ".parameters.display_text", long(21), 131009, "has 21 characters; 20 are allowed.", ""},
		{at + ".parameters.url", gone{}, 100, "is missing; it must be a string.", ""},
		{at + ".parameters.url", 1, 100, "is a number; it must be a string.", ""},
		{at + ".parameters.url", "javascript:alert(1)", 100, `is "javascript:alert(1)"; it must be an http or https URL.`, ""},
	}
}
