package fakewa

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Report is what a bot did that production would punish.
type Report struct {
	Findings []Finding `json:"findings"` // in the order of Rules; none: nothing is wrong
	Dropped  Dropped   `json:"dropped"`  // what the server let go, and the report does not see
}

// Finding is a rule that the bot broke.
type Finding struct {
	Rule     string     `json:"rule"` // its name in Rules
	Advice   string     `json:"advice"`
	Count    int        `json:"count"`    // how often
	Evidence []Evidence `json:"evidence"` // at most 5, oldest first
}

// Evidence is a call, a webhook or a message that shows a finding. It has no
// body, no token and no secret.
type Evidence struct {
	At       time.Time `json:"at"`
	ID       string    `json:"id,omitempty"`       // of the message; "failed wamid.…" for a status
	Delivery int       `json:"delivery,omitempty"` // N of a webhook
	Method   string    `json:"method,omitempty"`   // of a call
	Path     string    `json:"path,omitempty"`     // of a call
	Status   int       `json:"status,omitempty"`   // HTTP status of the call or of the bot's answer to the webhook
	Detail   string    `json:"detail,omitempty"`   // what is wrong, in words
}

// Rule is a thing that production punishes and the report looks for.
type Rule struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"` // when it is broken
	Advice  string `json:"advice"`  // to who broke it

	broken func(*history) []Evidence // oldest first
}

// rules is every rule. A new one is a line here and a function.
var rules = []Rule{
	{"slow acknowledgement", "more than 1 % of the webhooks were answered after more than 1 s, or half of 20 or more after more than 250 ms",
		"Answer webhooks at once and do the work afterwards; Meta wants a median of 250 ms and less than 1 % above 1 s.", slow},
	{"webhook not acknowledged", "a webhook was answered with another status than 200, or not at all",
		"Answer every webhook with 200, also one that you have no use for; Meta brings it again for days and then stops.", unacknowledged},
	{"batch partly ignored", "of a webhook with messages of several users, the bot answered or marked as read some, and no other of the same type",
		"Go through all entries, changes and messages of a webhook; there may be 1000 in one.", partlyIgnored},
	{"message answered twice", "a message came more than once, and the bot sent the same answer again",
		"Keep the ids of the messages that you have dealt with; Meta may bring any webhook again.", answeredTwice},
	{"outside the 24-hour window", "a free-form message went to a user who had not written for 24 hours (131047)",
		"Send a template to who has not written for 24 hours.", outsideTheWindow},
	{"failed status ignored", "a status \"failed\" was never acknowledged, or the bot knew of it and within a day sent the user the like, which failed for the same reason",
		"Read the errors of failed statuses, and stop sending what cannot arrive.", failedIgnored},
	{"expired media URL", "the URL of a medium was used after its 5 minutes, and no new one was fetched",
		"Download media as soon as their URL is there; after a 404, GET the medium's id for a new one.", expiredMedia},
	{"retry without backoff", "the same call was repeated 3 times or more after rate limits or errors that pass, first within a second or in intervals below a minute that do not grow",
		"Wait before a retry, longer each time; for a pair rate limit (131056) Meta advises 4^n seconds.", impatient},
	{"retry of a permanent error", "the same call was repeated 3 times or more within the hour though its error does not pass",
		"Branch on error.code: retry rate limits and errors that pass, and give up the rest.", hopeless},
	{"unversioned call", "a call had no version in its path",
		"Call /v23.0/… or another version of your choice; without one, the app's default applies, which changes.", unversioned},
}

// Rules returns what a report looks for, in its order.
func Rules() []Rule { return slices.Clone(rules) }

// maxEvidence is how many examples a finding has at most.
const maxEvidence = 5

// Report looks for what the bot did since the start, or since Reset, that
// production would punish. It sees what was done by now: call it when the bot
// has done its work. Faults of the test are not held against the bot, only what
// it makes of them.
func (s *Server) Report() Report {
	h := s.history()
	report := Report{Findings: []Finding{}, Dropped: h.dropped}
	for _, rule := range rules {
		if found := rule.broken(h); len(found) > 0 {
			report.Findings = append(report.Findings, Finding{rule.Name, rule.Advice, len(found), found[:min(len(found), maxEvidence)]})
		}
	}
	return report
}

// Err returns an error with a line for each finding, or nil if there is none.
func (r Report) Err() error {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.line())
	}
	if lines == nil {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}

// String returns the report in lines of text, with its evidence.
func (r Report) String() string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.line())
		for _, e := range f.Evidence {
			lines = append(lines, "\t"+e.String())
		}
	}
	if lines == nil {
		lines = append(lines, "fakewa: nothing that production would punish")
	}
	if r.Dropped != (Dropped{}) {
		lines = append(lines, "fakewa: the log was too long to be kept, and the report saw a part of it")
	}
	return strings.Join(lines, "\n")
}

func (f Finding) line() string {
	return fmt.Sprintf("fakewa: %s (%d): %s", f.Rule, f.Count, f.Advice)
}

// String returns the evidence in a line.
func (e Evidence) String() string {
	words := []string{e.At.Format(milliseconds)}
	if e.Delivery != 0 {
		words = append(words, fmt.Sprint("webhook ", e.Delivery))
	}
	for _, word := range []string{e.Method, e.Path, e.ID} {
		if word != "" {
			words = append(words, word)
		}
	}
	if e.Status != 0 {
		words = append(words, fmt.Sprint("status ", e.Status))
	}
	if e.Detail != "" {
		words = append(words, e.Detail)
	}
	return strings.Join(words, " ")
}

func (s *Server) controlReport(*http.Request) (any, error) { return s.Report(), nil }
