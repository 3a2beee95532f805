package cmd_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wappasim/bot/redistest"
	"wappasim/cmd/internal/stacktest"
)

// TestScenariosPassLive plays scenarios with the running bot, in real time.
func TestScenariosPassLive(t *testing.T) {
	t.Parallel()
	s := &stack{t: t, redis: stacktest.StartRedis(t), fake: "http://" + redistest.FreeAddr(t), bot: "http://" + redistest.FreeAddr(t), silence: "15s", log: stacktest.NewLog(t)}
	bot := s.startBot()
	defer bot.Terminate()
	features, err := filepath.Abs("../features")
	if err != nil {
		t.Fatal(err)
	}
	c := stacktest.Command(t, "sim", "test", "-webhook", s.bot+"/webhook", "-graph", strings.TrimPrefix(s.fake, "http://"), "-app-secret", "stack-secret",
		"-token", "stack-token", "-concurrency", "20", "-longest", "20s", "-tolerance", "4s", "-format", "progress,junit:report.xml",
		filepath.Join(features, "echo.feature"), filepath.Join(features, "sending.feature"), filepath.Join(features, "users.feature"), filepath.Join(features, "webhook.feature"))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v\n%s\n%s\n%s", err, out, &stderr, s.log)
	}
	t.Logf("%s\n%s", out, &stderr)
	for _, want := range []string{"waits are real, and matched to within 4s\n", `a session that was sent back is over: "1 day passes" would take longer than 20s`} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr does not say %q:\n%s", want, &stderr)
		}
	}
	data, err := os.ReadFile(filepath.Join(c.Dir, "report.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	if err := xml.Unmarshal(data, &report); err != nil || report.Failures != 0 || report.Tests-report.Skipped < 10 {
		t.Errorf("got %v %+v\n%s", err, report, data)
	}
}
