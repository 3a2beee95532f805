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
	tooLong           = 2388040
	wrongHeader       = 2388047
	wrongBody         = 2388072
	wrongFooter       = 2388073
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

	formats       = []string{"POSITIONAL", "NAMED"}
	headerFormats = []string{"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}
	buttonTypes   = []string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "SPM", "VOICE_CALL", "ORDER_DETAILS", contactInfo}
)

// Refusal refuses a template for one of its fields. why follows the field's name;
// subcode 0 is none.
func Refusal(subcode int, field, why string, args ...any) *graph.Error {
	e := graph.New(100, "%s %s", field, fmt.Sprintf(why, args...))
	e.Subcode = subcode
	return e
}
