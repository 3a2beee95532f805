package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wappasim/sim/duration"
)

// form is a compiled sentence. It fits a fault when it names exactly the fields
// that are set; one that says "the next webhook" stands for N = 1.
type form struct {
	kind    FaultKind
	text    string
	fields  []string // in order
	pattern *regexp.Regexp
}

// How a sentence names a service.
const anyService, theService = "any service", "the service "

var (
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
	matching    = map[string]string{
		"replica": `(\d+)`, "like": `"([^"]*)"`, "n": `(\d+)`, "code": `(\d+)`, "by": `(-?\S+ [a-z]+(?: \d\S* [a-z]+)*)`, "for": `(\S+ [a-z]+(?: \d\S* [a-z]+)*)`, "service": `(` + anyService + `|` + theService + `\S+)`,
		"point": `(` + strings.Join(crashPointNames, "|") + `)`,
	}
	forms = compileForms()
)

func compileForms() (forms []form) {
	for _, row := range faults {
		for _, text := range row.forms {
			forms = append(forms, compileForm(row.kind, text))
		}
	}
	return forms
}

func compileForm(kind FaultKind, text string) form {
	f := form{kind: kind, text: text}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		f.fields = append(f.fields, m[1])
	}
	pattern := regexp.QuoteMeta(text)
	for _, field := range f.fields {
		pattern = strings.Replace(pattern, `\{`+field+`\}`, matching[field], 1)
	}
	f.pattern = regexp.MustCompile("^" + pattern + "$")
	return f
}

// next tells whether the form is about one thing, like "the next webhook", without a
// number.
func (f form) next() bool {
	return strings.Contains(f.text, "the next ") && !strings.Contains(f.text, "{n}")
}

// fits tells whether the form has exactly the fields of a fault.
func (f form) fits(t Fault) bool {
	set := map[string]bool{
		"replica": t.Replica != 0, "point": t.Point != "", "n": t.N != 0, "by": t.By != 0, "for": t.For != 0, "code": t.Code != 0, "like": t.Like != "", "service": t.Service != "",
	}
	if f.next() {
		set["n"] = t.N > 1
	}
	for _, field := range f.fields {
		if !set[field] && field != "service" {
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

// hasAlways tells whether a fault of the kind can be without a number: it then lasts
// until all faults heal.
func (f form) hasAlways() bool {
	return f.kind == APIAnswers || f.kind == APISlow || f.kind == ServiceAnswers || f.kind == ServiceSlow
}

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
			case "{service}":
				if t.Service == "" {
					return anyService
				}
				return theService + t.Service
			case "{by}":
				return duration.Format(t.By)
			default:
				return duration.Format(t.For)
			}
		})
	}
	return fmt.Sprintf("not a fault: %s with replica %d, point %q, n %d, by %s, for %s, code %d, service %q", t.Kind, t.Replica, t.Point, t.N, t.By, t.For, t.Code, t.Service)
}

// ParseFault reads a sentence that [FaultSentences] lists.
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
			case "service":
				t.Service, _ = strings.CutPrefix(text, theService)
				if text == anyService {
					t.Service = ""
				}
			case "by":
				t.By, err = duration.Parse(strings.TrimPrefix(text, "-"))
				if strings.HasPrefix(text, "-") {
					t.By = -t.By
				}
			case "for":
				t.For, err = duration.Parse(text)
			}
			if err != nil {
				return Fault{}, fmt.Errorf("sim: %q: %w", sentence, err)
			}
		}
		return t, nil
	}
	return Fault{}, fmt.Errorf("sim: %q is not a fault: write it like %q", sentence, nearest(sentence).text)
}

// nearest returns the form that has most words of a sentence, and few others.
func nearest(sentence string) (best form) {
	said, most := strings.Fields(strings.ToLower(sentence)), 0
	for i, f := range forms {
		score := 0
		for word := range strings.FieldsSeq(strings.ToLower(placeholder.ReplaceAllString(f.text, ""))) {
			score--
			if slices.ContainsFunc(said, func(s string) bool { return s == word || len(s) > 2 && strings.HasPrefix(word, s) }) {
				score += 2
			}
		}
		if i == 0 || score > most {
			best, most = f, score
		}
	}
	return best
}

func positive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number from 1 on", text)
	}
	return n, nil
}

// FaultSentences returns all sentences for faults, with {n}, {by}, {for} and
// others where a value stands.
func FaultSentences() (all []string) {
	for _, f := range forms {
		all = append(all, f.text)
	}
	return all
}
