package sim

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// sentences are the forms in which fault is written. A form fits a fault when
// it names exactly the fields that are set; one that speaks of the next thing
// stands for N = 1.
var sentences = []struct {
	kind Kind
	form string
}{
	{Crash, "the bot crashes"},
	{Crash, "replica {replica} crashes"},
	{Crash, "the bot crashes {point} {n}"},
	{Crash, "replica {replica} crashes {point} {n}"},
	{Crash, "the bot crashes {point} {n} like {like}"},
	{Crash, "replica {replica} crashes {point} {n} like {like}"},
	{Restart, "the bot restarts"},
	{Restart, "replica {replica} restarts"},
	{Freeze, "replica {replica} freezes"},
	{Freeze, "replica {replica} freezes for {for}"},
	{Thaw, "replica {replica} thaws"},
	{ClockJumps, "the clock of replica {replica} jumps by {by}"},

	{RedisDown, "Redis is unreachable"},
	{RedisDown, "Redis is unreachable for {for}"},
	{RedisUp, "Redis is reachable again"},
	{RedisSlow, "Redis takes {by}"},
	{RedisSlow, "Redis takes {by} for {for}"},
	{RedisRestarts, "Redis restarts"},
	{RedisEmpty, "Redis restarts empty"},
	{RedisFailover, "Redis fails over in {for} and loses what is written until then"},

	{EventsLost, "the next expiry event is lost"},
	{EventsLost, "the next {n} expiry events are lost"},
	{EventsLate, "the next expiry event is {by} late"},
	{EventsLate, "the next {n} expiry events are {by} late"},
	{EventsTwice, "the next expiry event comes twice"},
	{EventsTwice, "the next {n} expiry events come twice"},
	{EventsOff, "expiry events are off"},
	{EventsOff, "expiry events are off for {for}"},

	{WebhooksLate, "the next webhook is {by} late"},
	{WebhooksLate, "the next {n} webhooks are {by} late"},
	{WebhooksTwice, "the next webhook comes twice"},
	{WebhooksTwice, "the next {n} webhooks come twice"},
	{WebhooksCut, "the next webhook is cut off"},
	{WebhooksCut, "the next {n} webhooks are cut off"},
	{MessagesReversed, "the next {n} messages come in reverse order"},
	{MessagesTogether, "the next {n} messages come in one webhook"},

	{APIAnswers, "the API answers {code}"},
	{APIAnswers, "the API answers {code} the next time"},
	{APIAnswers, "the API answers {code} the next {n} times"},
	{APISlow, "the API takes {by}"},
	{APISlow, "the API takes {by} the next time"},
	{APISlow, "the API takes {by} the next {n} times"},
	{APISilent, "the API never answers the next time"},
	{APISilent, "the API never answers the next {n} times"},
	{APILoses, "the API loses the next answer"},
	{APILoses, "the API loses the next {n} answers"},
	{APIFails, "the API takes the next message, which then fails with {code}"},
	{APIFails, "the API takes the next {n} messages, which then fail with {code}"},
	{TokenExpires, "the token expires"},
	{TokenExpires, "the token expires for {for}"},

	{Heal, "all faults heal"},
}

// form is a compiled sentence.
type form struct {
	kind    Kind
	text    string
	fields  []string // in order
	pattern *regexp.Regexp
}

var (
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
	matching    = map[string]string{
		"replica": `(\d+)`, "like": `"([^"]*)"`, "n": `(\d+)`, "code": `(\d+)`, "by": `(-?\S+ [a-z]+)`, "for": `(\S+ [a-z]+)`,
		"point": `(` + strings.Join([]string{BeforeRedis, AfterRedis, BeforeAPI, AfterAPI}, "|") + `)`,
	}
	forms = compileForms()
)

func compileForms() (forms []form) {
	for _, s := range sentences {
		f := form{kind: s.kind, text: s.form}
		for _, m := range placeholder.FindAllStringSubmatch(s.form, -1) {
			f.fields = append(f.fields, m[1])
		}
		pattern := regexp.QuoteMeta(s.form)
		for _, field := range f.fields {
			pattern = strings.Replace(pattern, `\{`+field+`\}`, matching[field], 1)
		}
		f.pattern = regexp.MustCompile("^" + pattern + "$")
		forms = append(forms, f)
	}
	return forms
}

// next tells whether a form speaks of one thing without saying so in a number.
func (f form) next() bool {
	return strings.Contains(f.text, "the next ") && !strings.Contains(f.text, "{n}")
}

// fits tells whether the form says all of a fault, and no more.
func (f form) fits(t Fault) bool {
	set := map[string]bool{
		"replica": t.Replica != 0, "point": t.Point != "", "n": t.N != 0, "by": t.By != 0, "for": t.For != 0, "code": t.Code != 0, "like": t.Like != "",
	}
	if f.next() {
		set["n"] = t.N > 1
	}
	for _, field := range f.fields {
		if !set[field] {
			return false
		}
		delete(set, field)
	}
	for _, is := range set {
		if is {
			return false
		}
	}
	return f.kind == t.Kind && (t.N != 0 || !f.next() || !f.hasAlways())
}

// hasAlways tells whether the kind knows fault without a number, which then
// lasts until all faults heal.
func (f form) hasAlways() bool { return f.kind == APIAnswers || f.kind == APISlow }

// String writes the fault as a sentence.
func (t Fault) String() string {
	if t.N == 0 && t.Point != "" {
		t.N = 1
	}
	for _, f := range forms {
		if !f.fits(t) {
			continue
		}
		return placeholder.ReplaceAllStringFunc(f.text, func(p string) string {
			switch p {
			case "{replica}":
				return strconv.Itoa(t.Replica)
			case "{point}":
				return t.Point
			case "{n}":
				return strconv.Itoa(t.N)
			case "{like}":
				return `"` + t.Like + `"`
			case "{code}":
				return strconv.Itoa(t.Code)
			case "{by}":
				return FormatDuration(t.By)
			default:
				return FormatDuration(t.For)
			}
		})
	}
	return fmt.Sprintf("not a fault: %s with replica %d, point %q, n %d, by %s, for %s, code %d", t.Kind, t.Replica, t.Point, t.N, t.By, t.For, t.Code)
}

// ParseFault reads a sentence that [Sentences] lists.
func ParseFault(sentence string) (Fault, error) {
	for _, f := range forms {
		m := f.pattern.FindStringSubmatch(sentence)
		if m == nil {
			continue
		}
		t := Fault{Kind: f.kind}
		if f.next() {
			t.N = 1
		}
		for i, field := range f.fields {
			var err error
			switch text := m[i+1]; field {
			case "replica":
				t.Replica, err = positive(text)
			case "point":
				t.Point = text
			case "like":
				if _, err = regexp.Compile(text); err == nil {
					t.Like = text
				}
			case "n":
				t.N, err = positive(text)
			case "code":
				t.Code, err = positive(text)
			case "by":
				t.By, err = ParseDuration(strings.TrimPrefix(text, "-"))
				if strings.HasPrefix(text, "-") {
					t.By = -t.By
				}
			case "for":
				t.For, err = ParseDuration(text)
			}
			if err != nil {
				return Fault{}, fmt.Errorf("sim: %q: %w", sentence, err)
			}
		}
		return t, nil
	}
	return Fault{}, fmt.Errorf("sim: %q is not a fault: write it like %q", sentence, forms[0].text)
}

func positive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number from 1 on", text)
	}
	return n, nil
}

// Sentences returns all forms in which fault is written, with {n} and the like
// where a value stands.
func Sentences() (all []string) {
	for _, f := range forms {
		all = append(all, f.text)
	}
	return all
}

var units = []struct {
	name   string
	length time.Duration
}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}, {"millisecond", time.Millisecond}}

// ParseDuration reads a time as scenarios write it: "15 seconds", "0.5 seconds",
// "1 day".
func ParseDuration(text string) (time.Duration, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.ParseFloat(number, 64)
	for _, u := range units {
		if strings.TrimSuffix(unit, "s") == u.name && err == nil && n >= 0 && n*float64(u.length) < float64(1<<62) {
			return time.Duration(n * float64(u.length)).Round(time.Microsecond), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time like 15 seconds or 1 day", text)
}

// FormatDuration writes a time as ParseDuration reads it, in the largest unit that it has one of.
func FormatDuration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	for _, u := range units {
		if d < u.length && u.length > time.Millisecond {
			continue
		}
		number := strconv.FormatFloat(float64(d)/float64(u.length), 'f', -1, 64)
		if number != "1" {
			u.name += "s"
		}
		return sign + number + " " + u.name
	}
	return ""
}
