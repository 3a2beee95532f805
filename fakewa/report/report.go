// Package report says what a bot did that production would punish: its report card.
//
//	card := report.Of(server)
//	if err := card.Err(); err != nil {
//		t.Error(err)
//	}
//
// [Of] looks at what a [fakewa.Server] has logged: calls, delivery attempts and
// messages. [Rules] lists what it looks for. Injected faults are not held against the
// bot, only what it makes of them. The report sees what has happened so far and what
// the server still keeps, and it judges no text.
package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wappasim/fakewa"
)

// Report is a report card: what a bot did that production would punish.
type Report struct {
	Findings []Finding      `json:"findings"` // in the order of Rules; none: nothing is wrong
	Dropped  fakewa.Dropped `json:"dropped"`  // what the server no longer keeps, and the report does not see
}

// Finding is a rule that the bot broke.
type Finding struct {
	Rule     string     `json:"rule"` // its name in Rules
	Advice   string     `json:"advice"`
	Count    int        `json:"count"`    // how often
	Evidence []Evidence `json:"evidence"` // at most 5, oldest first
}

// Rule is something that production punishes and the report looks for.
type Rule struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"` // when it is broken
	Advice  string `json:"advice"`  // what to do instead

	broken func(*history) []Evidence // oldest first
}

// rules is every rule. A new one is a row here and a function.
var rules = []Rule{
	{"slow acknowledgement", "more than 1 % of the webhooks were answered after more than 1 s, or half of 20 or more after more than 250 ms",
		"Answer webhooks at once and do the work afterwards; Meta wants a median of 250 ms and less than 1 % above 1 s.", slow},
	{"webhook not acknowledged", "a webhook was answered with another status than 200, or not at all",
		"Answer every webhook with 200, also one that you have no use for; Meta redelivers it for days and then stops.", unacknowledged},
	{"batch partly ignored", "of a webhook with messages of several users, the bot answered some or marked them as read, and ignored others of the same type",
		"Go through all entries, changes and messages of a webhook; there may be 1000 in one.", partlyIgnored},
	{"message answered twice", "a message came more than once, and the bot sent the same answer again",
		"Remember the ids of messages that you have handled; Meta may deliver any webhook more than once.", answeredTwice},
	{"outside the 24-hour window", "the bot sent a free-form message to a user who had not written for 24 hours (131047)",
		"Outside the 24-hour window, send a template.", outsideTheWindow},
	{"user without a number lost", "the bot answered others and never a user whose messages have no number, sent to an empty number, or put a business-scoped user id into \"to\"",
		"Keep people under their user_id; if from is missing, answer with recipient, which takes the user_id.", lost},
	{"failed status ignored", "a status \"failed\" was never acknowledged, or the bot knew of it and sent the user a similar message within a day, which failed for the same reason",
		"Read the errors of failed statuses, and stop sending messages that cannot arrive.", failedIgnored},
	{"expired media URL", "the URL of a medium was used after its 5 minutes, and no new one was fetched",
		"Download media as soon as their URL is there; after a 404, GET the medium's id for a new one.", expiredMedia},
	{"retry without backoff", "the same call was repeated 3 times or more after rate limits or temporary errors, first within a second, or at intervals below a minute that do not grow",
		"Wait before a retry, longer each time; for a pair rate limit (131056) Meta advises 4^n seconds.", impatient},
	{"retry of a permanent error", "the same call was repeated 3 times or more within an hour although its error is permanent",
		"Branch on error.code: retry after rate limits and temporary errors, and give up on the rest.", hopeless},
	{"too many messages to a user", "the bot sent a user 45 messages at once and 4 or more in a row beyond what the pair rate limit gives back, which is one in 6 s, whether the fake enforces the limit or not",
		"Put what belongs together into one message, and wait 6 s between messages in the long run; production refuses the rest (131056).", floods},
	{"statuses answered", "the bot sent a user 10 messages or more in a row, each after a status of those before, of at most 4 kinds, or 50 of any",
		"Answer what is in messages[]; what is in statuses[] tells about your own messages, and an answer to it has statuses too.", loops},
	{"unknown key", "a call that was accepted had a key that the fake does not know; only with take_unknown, because Meta refuses such a call (100)",
		"Look the key up in Meta's reference: a misspelt one is refused, and of a new one the fake should hear.", unknownKey},
	{"unversioned call", "a call had no version in its path",
		"Call /v23.0/… or another version of your choice; without one, the app's default applies, which changes.", unversioned},
}

// Rules returns what a report looks for, in its order.
func Rules() []Rule { return slices.Clone(rules) }

// maxEvidence is how many examples a finding has at most.
const maxEvidence = 5

// Of looks for what the bot of a server did since the start, or since
// [fakewa.Server.Reset], that production would punish. Call it when the bot has done
// its work: it looks at what has happened so far.
func Of(s *fakewa.Server) Report { return newHistory(s).judge() }

// judge applies every rule.
func (h *history) judge() Report {
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
	if r.Dropped != (fakewa.Dropped{}) {
		lines = append(lines, "fakewa: the server no longer keeps the whole log: the report saw only a part of it")
	}
	return strings.Join(lines, "\n")
}

func (f Finding) line() string {
	return fmt.Sprintf("fakewa: %s (%d): %s", f.Rule, f.Count, f.Advice)
}
