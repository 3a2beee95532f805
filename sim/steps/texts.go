package steps

import (
	"regexp"
	"strings"
	"time"
)

// has tells whether a text has these words in it, and is whether it is exactly this
// one. With a running bot, times of day in them count within the tolerance.
func (s *scenario) has(text, words string) bool {
	return strings.Contains(text, words) || s.live != nil && sameButTimes(text, words, `(?s)%s`, s.live.cfg.Tolerance)
}

func (s *scenario) is(text, want string) bool {
	return text == want || s.live != nil && sameButTimes(text, want, `(?s)^%s$`, s.live.cfg.Tolerance)
}

var timeOfDay = regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`)

// sameButTimes looks for words in a text, in which each time of day may be off by a
// tolerance.
func sameButTimes(text, words, pattern string, tolerance time.Duration) bool {
	want := timeOfDay.FindAllString(words, -1)
	if want == nil {
		return false
	}
	quoted := timeOfDay.ReplaceAllString(regexp.QuoteMeta(words), `(\d\d:\d\d:\d\d)`)
	for _, got := range regexp.MustCompile(strings.Replace(pattern, "%s", quoted, 1)).FindAllStringSubmatch(text, -1) {
		same := true
		for i, clock := range want {
			w, errWant := time.Parse(time.TimeOnly, clock)
			g, errGot := time.Parse(time.TimeOnly, got[i+1])
			same = same && errWant == nil && errGot == nil && g.Sub(w).Abs() <= tolerance
		}
		if same {
			return true
		}
	}
	return false
}
