package report

import (
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
)

// TestEvidenceSaysWhatHappened also looks for secrets in the text of a report.
func TestEvidenceSaysWhatHappened(t *testing.T) {
	report := watch(t, fakewa.Config{Token: "token-of-the-bot", AppSecret: "secret-of-the-app"}, func(p *play) {
		for range 7 {
			p.call("GET", "/"+p.s.Config().PhoneNumberID+"?access_token=token-of-the-bot", "")
		}
		p.behave(func([]said) int { return http.StatusTeapot })
		p.say(ana, "hi")
	})
	text := report.String()
	if report.Findings[1].Count != 7 || strings.Count(text, "GET /106540352242922 status 200") != maxEvidence || !strings.Contains(text, "webhook 1 wamid.") || !strings.Contains(text, "status 418") {
		t.Errorf("got\n%s", text)
	}
	if strings.Contains(text, "-of-the-") {
		t.Errorf("there is a secret in\n%s", text)
	}
	if lines := strings.Split(report.Err().Error(), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "unversioned call (7): ") {
		t.Errorf("got %q", lines)
	}
	quiet := Report{Dropped: fakewa.Dropped{Requests: 1}}
	if quiet.Err() != nil || !strings.Contains(quiet.String(), "nothing") || !strings.Contains(quiet.String(), "a part") {
		t.Errorf("got %v, %s", quiet.Err(), quiet)
	}
}
