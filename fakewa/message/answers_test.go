package message

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
)

// metaSays is what Meta's answer has for a reason of the fake, and who saw it. [?] is
// where nobody did, and the answer is like one that somebody saw.
type metaSays struct {
	reason         string // pattern of the reason, without the field's path
	where          string // pattern of the field's path; "": anywhere
	code, subcode  int
	message        string // PATH is the field, $1 and so on are groups of the reason; "": the title of the code
	details        string // "": none; "reason": the whole reason
	source         string
	startOfMessage bool // the message begins so
}

const invalid = "(#100) Invalid parameter"

// answers are all answers. The first that fits a reason counts.
var answers = []metaSays{
	{`is a key that the API does not know\.`, "", 100, 0, `(#100) Unexpected key "KEY" on param "OBJECT".`, "", "WhatsApp/WhatsApp-Nodejs-SDK#21", false},
	{`is missing; a parameter of this type must have it\.`, "^template", 100, 0, invalid, "Parameter 'KEY' is mandatory for component parameter type 'KEY'", "shridarpatil/frappe_whatsapp#43", false},
	{`is missing; it must be a string\.`, `^interactive.*header\.text$`, 131009, 2494010, "", "Text cannot be null for header type text", "Secreto31126/whatsapp-api-js#54", false},
	{`is missing.*`, "", 100, 0, "(#100) The parameter PATH is required.", "", "shridarpatil/frappe_whatsapp#54", false},
	{`is (?:an? \w+|null); it must be (.*)\.`, "", 100, 0, "(#100) Param PATH must be $1.", "", "restfb/restfb#1268", false},
	{`is "(?:gif|pin|link_preview|form_message|menu_options|message_with_link\w*)"; it must be ".*`, `^(?:interactive\.)?type$`, 131051, 0, "", "reason", "[?]", false},
	{`is "(?:text|image|video|document)"; it must be ".*`, `header\.type$`, 131009, 0, "", "reason", "[?]", false},
	{`is ".*"; it must be ".*`, "", 100, 0, "(#100) Param PATH must be one of {", "", "Secreto31126/whatsapp-api-js#169, devlooped/WhatsApp#440, shridarpatil/frappe_whatsapp#188", true},
	{`is ".*"; it must be an http or https URL\.`, "", 100, 0, "(#100) Param PATH is not a valid URI.", "", "n8n-io/n8n's node", false},
	{`is ".*"; it must be (a number)\.`, "", 100, 0, "(#100) Param PATH must be $1.", "", "[?]", false},
	{`is .*; it must be a whole number\.`, "", 100, 0, "(#100) Param PATH must be an integer.", "", "[?]", false},
	{`is ".*"; it must be a phone number with its country code, without 00 before it\.`, "", 100, 0, invalid, "reason", "gabrieldwight/Whatsapp-Business-Cloud-Api-Net#31", false},
	{`is empty.*`, `^template.*parameters\[\d\]\.text$`, 131008, 0, "", "Parameter of type text is missing text value", "reports of production, 2026", false},
	{`has neither id nor link.*`, "^template", 132018, 0, "", "Either one of media ID or link must be present", "reports of production, 2026", false},
	{`is ".*"; it has ".*`, "^template", 132018, 0, "", "Param text cannot have new-line/tab characters or more than 4 consecutive spaces", "netflie/whatsapp-cloud-api#201, dimagi/open-chat-studio#4277", false},

	{`(?:is empty|has \d+ characters).*`, `^interactive.*reply\.title$`, 131009, 0, "", "Button title length invalid. Min length: 1, Max length: 20", "reports of production, 2026", false},
	{`(?:is empty|has \d+ characters).*`, `^interactive\.header\.text$`, 131009, 0, "", "Header text length invalid. Min length: 1, Max length: 60", "[?]", false},
	{`(?:is empty|has \d+ characters).*`, `^interactive\.footer\.text$`, 131009, 0, "", "Footer text length invalid. Min length: 0, Max length: 60", "reports of production, 2026", false},
	{`has \d+ characters; (\d+) .*`, `^interactive\.body\.text$`, 131009, 0, "", "Body text length invalid. Min length: 1, Max length: $1", "reports of production, 2026", false},
	{`is empty.*`, `^interactive\.body\.text$`, 131009, 0, "", "Body text length invalid. Min length: 1, Max length: ", "reports of production, 2026", false},
	{`has \d+ items.*`, `^interactive\.action\.buttons$`, 131009, 0, "", "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3", "a message that was refused, in the tests of several clients", false},
	{`(?:is empty|has \d+ characters|has \d+ items).*`, "^interactive", 131009, 0, "", "reason", "[?]", false},

	{`is empty.*`, "", 100, 0, "(#100) Param PATH must be at least 1 characters long.", "", "live tests of Azure/azure-sdk-for-net", false},
	{`has \d+ characters; (\d+) are allowed\.`, "", 100, 0, "(#100) Param PATH must be at most $1 characters long.", "", "live tests of Azure/azure-sdk-for-net", false},
	{`has \d+ items; it must have at least (\d+)\.`, "", 100, 0, "(#100) Param PATH must have at least $1 items.", "", "[?]", false},
	{`has \d+ items; (\d+) are allowed\.`, "", 100, 0, "(#100) Param PATH must have at most $1 items.", "", "[?]", false},

	{`has only formatted_name.*`, "", 131008, 0, "", "reason", "[?]", false},
	{`.*`, "", 131009, 0, "", "reason", "[?]", false},
}

// answerTo returns the answer that fits a refusal of a field.
func answerTo(field, why string) metaSays {
	for _, says := range answers {
		reason := regexp.MustCompile(`(?s)^(?:` + says.reason + `)$`)
		if reason.MatchString(why) && regexp.MustCompile(says.where).MatchString(field) {
			key := field[strings.LastIndexByte(field, '.')+1:]
			object, _, _ := cutLast(field)
			fill := strings.NewReplacer("PATH", params.Path(field), "KEY", key, "OBJECT", object)
			says.message = fill.Replace(string(reason.ExpandString(nil, strings.ReplaceAll(says.message, "$1", "${1}"), why, reason.FindStringSubmatchIndex(why))))
			says.details = fill.Replace(string(reason.ExpandString(nil, strings.ReplaceAll(says.details, "$1", "${1}"), why, reason.FindStringSubmatchIndex(why))))
			if says.details == "reason" {
				says.details = field + " " + why
			}
			if says.message == "" {
				says.message = fmt.Sprintf("(#%d) %s", says.code, graph.Title(says.code))
			}
			return says
		}
	}
	panic("no answer fits " + why)
}

// cutLast cuts a path before its last field, and writes the object as Meta does.
func cutLast(field string) (object, key string, ok bool) {
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		return params.Path(field[:i]), field[i+1:], true
	}
	return "body", field, false
}

// check compares a refusal with Meta's answer: status, code, subcode, message and details.
func (says metaSays) check(t *testing.T, name string, got *graph.Error, reason string) {
	t.Helper()
	if says.source == "" {
		t.Errorf("%s: nobody saw it, and it is not marked [?]", name)
	}
	message := got.Message == says.message || says.startOfMessage && strings.HasPrefix(got.Message, says.message) && strings.Contains(got.Message, `} - got "`)
	details := got.Details == says.details || strings.HasSuffix(says.details, ": ") && strings.HasPrefix(got.Details, says.details)
	if got.Status != http.StatusBadRequest || got.Code != says.code || got.Subcode != says.subcode || !message || !details {
		t.Errorf("%s:\ngot  %d %d/%d %q, details %q\nwant 400 %d/%d %q, details %q", name, got.Status, got.Code, got.Subcode, got.Message, got.Details, says.code, says.subcode, says.message, says.details)
	}
	if got.Reason() != reason {
		t.Errorf("%s:\ngot  the reason %s\nwant the reason %s", name, got.Reason(), reason)
	}
}
