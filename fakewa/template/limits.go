package template

import (
	"fmt"

	"wappasim/fakewa/graph"
)

// Meta's subcodes, which say what is wrong with a template.
const (
	TooMany     = 2388019 // templates of the account
	Duplicate   = 2388024 // of name and language
	NotEditable = 2388039 // in its status

	noSubcode         = 0
	missingFields     = 2388043
	wrongButton       = 2388060
	tooLong           = 2388040
	wrongHeader       = 2388047
	wrongBody         = 2388072
	wrongFooter       = 2388073
	tooFewWords       = 2388293
	variableAtTheEnds = 2388299
)

// Meta's limits, in characters.
const (
	maxName   = 512
	maxHeader = 60
	maxBody   = 1024 // also with the parameters put in
	maxFooter = 60
	maxLabel  = 25 // of a button
	maxURL    = 2000
	maxPhone  = 20
	maxCoupon = 15
	maxCode   = 15 // a one-time password
)

const (
	maxButtons = 10
	maxCards   = 10
)

var (
	// Statuses are the statuses of approval that a template can have.
	Statuses = []string{"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION"}
	// Categories are the categories of templates, by which Meta bills.
	Categories = []string{"UTILITY", "MARKETING", "AUTHENTICATION"}

	componentTypes = []string{"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"}

	formats       = []string{"POSITIONAL", "NAMED"}
	headerFormats = []string{"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT"}
	buttonTypes   = []string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "SPM", "VOICE_CALL", "ORDER_DETAILS", contactInfo}
)

// says is what Meta tells people who made a template that it refuses.
type says struct{ title, text string }

// words are Meta's words for a subcode. Those of 2388043, 2388060 and 2388299 are from
// answers [Jaal-Yantra-Textiles/v2#2134 and others], and so is the title of 2388293; those of
// the others are [?].
var words = map[int]says{
	TooMany:           {"Message template limit exceeded", "This WhatsApp Business account has as many message templates as it may have."},
	Duplicate:         {"Content in this language already exists", "There is already content in this language for this template. You can create a new template and try again."},
	NotEditable:       {"Message template cannot be edited", "Message templates can only be edited when they are approved, rejected or paused."},
	missingFields:     {`Message template "components" param is missing expected field(s)`, "component of a type is missing expected field(s) (example)"},
	tooLong:           {"Character limit exceeded", "A field of the template has too many characters."},
	wrongHeader:       {"Header format is incorrect", "The header of the template has a format that is not allowed."},
	wrongButton:       {"Button format is incorrect", "Buttons can't have any variables, newlines, emojis or formatting characters."},
	wrongBody:         {"Body format is incorrect", "The body of the template has a format that is not allowed."},
	wrongFooter:       {"Footer format is incorrect", "The footer of the template has a format that is not allowed."},
	tooFewWords:       {"Params Words Ratio Exceeds Limit", "This template has too many variables for its length. Use fewer variables or write more words."},
	variableAtTheEnds: {"Leading or trailing params not allowed", "Variables can't be at the start or end of the template."},
}

// Refusal refuses a template for one of its fields. why follows the field's name; it is the
// fake's own reason. Subcode 0 is none.
func Refusal(subcode int, field, why string, args ...any) *graph.Error {
	e := graph.Param("Invalid parameter", "%s %s", field, fmt.Sprintf(why, args...))
	if meta, ok := words[subcode]; ok {
		e.Message, e.Subcode, e.UserTitle, e.UserMsg = "Invalid parameter", subcode, meta.title, meta.text
	}
	return e
}
