package template

// InvalidFormat is the usual reason of a rejection.
const InvalidFormat = "INVALID_FORMAT"

// Rejection is why a template was rejected and what to do, in words, as webhooks have it.
type Rejection struct {
	Reason         string `json:"reason"`
	Recommendation string `json:"recommendation"`
}

// rejections are Meta's reasons, with words of the fake's own.
var rejections = map[string]Rejection{
	InvalidFormat:          {"The template has variables or formatting that cannot be read.", "Put words between variables, and give an example of each."},
	"ABUSIVE_CONTENT":      {"The template has words that abuse or threaten.", "Take them out and submit the template again."},
	"INCORRECT_CATEGORY":   {"The template does what another category is for.", "Submit it in the category that fits what it says."},
	"PROMOTIONAL":          {"The template promotes something, and its category is not MARKETING.", "Submit it as MARKETING, or take the promotion out."},
	"SCAM":                 {"The template looks like a fraud.", "Say who writes and why, and ask for no secrets."},
	"TAG_CONTENT_MISMATCH": {"The language or category of the template is not that of its words.", "Choose the language and category that its words have."},
}

// RejectionOf returns a reason of Meta's, such as SCAM, in words.
func RejectionOf(reason string) Rejection {
	if r, ok := rejections[reason]; ok {
		return r
	}
	return Rejection{"The template breaks a rule: " + reason + ".", "Read Meta's rules of templates, change it and submit it again."}
}
