package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wappasim/sim/recording"
	"wappasim/sim/trace"
)

// long writes a recording with many events, of which every tenth is a message and some fail,
// and as many changes of keys, and returns its file.
func long(t testing.TB, events int) string {
	t.Helper()
	var keys recording.Keys
	seen := recording.Recording{Title: "Long", Keys: &keys, Names: map[string]string{"+15550000001": "Ana", "+15550000002": "Ben"}}
	began := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for n := 1; n <= events; n++ {
		e := trace.Event{N: n, At: began.Add(time.Duration(n) * 100 * time.Millisecond)}
		switch n % 10 {
		case 1:
			e.Who, e.What, e.To, e.Text, e.Type = fmt.Sprintf("+1555000000%d", 1+n/10%2), trace.Says, "whatsapp", fmt.Sprint("text ", n), "text"
			e.IDs = []string{fmt.Sprint("wamid.", n)}
		case 2:
			e.Who, e.What, e.To, e.Text, e.Type, e.Status, e.Code = "bot 1", trace.Calls, "+15550000001", fmt.Sprint("answer ", n), "text", 400, 131047
		case 3:
			e.Who, e.What, e.Text = "world", trace.Injects, "the bot crashes"
			if n%100 != 3 {
				e.Who, e.What, e.Text = "redis", trace.Expires, "0 key"
			}
		default:
			e.Who, e.What, e.To, e.Text, e.Answer = "bot 1", trace.Commands, "redis", fmt.Sprint("SET key ", n), "OK"
			keys.Note(n, []recording.Key{{Name: "key", Value: fmt.Sprint(n)}})
		}
		seen.Events = append(seen.Events, e)
	}
	file := filepath.Join(t.TempDir(), "long.html")
	var out bytes.Buffer
	if err := seen.Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestManyEventsHaveFewElements wants the page of 100,000 events to be as large as its window
// is, and to find its way in them.
func TestManyEventsHaveFewElements(t *testing.T) {
	const events = 100_000
	file := long(t, events)
	info, err := os.Stat(file)
	if err != nil || info.Size() > 250*events {
		t.Errorf("it has %d bytes an event, %v", info.Size()/events, err)
	}
	b := open(t, file, 1200)
	few := func(after string) {
		t.Helper()
		if all := ask[int](b, "document.querySelectorAll('*').length"); all > 2500 {
			t.Errorf("%s the page has %d elements", after, all)
		}
	}
	few("at the end")
	if last := ask[string](b, "[...document.querySelectorAll('chat-phone .words')].at(-1).textContent"); last != fmt.Sprint("text ", events-9) && last != fmt.Sprint("text ", events-19) {
		t.Errorf("the last message is %q", last)
	}
	if key := ask[string](b, "document.querySelector('key-list pre').textContent"); key != fmt.Sprint(events) {
		t.Errorf("Redis holds %q", key)
	}
	b.press(kb.Home)
	few("at the beginning")
	ask[any](b, "document.querySelector('event-list .rows').scrollTop = 1e6")
	ask[any](b, "new Promise((over) => requestAnimationFrame(() => requestAnimationFrame(() => over(true))))")
	if row := ask[string](b, "[...document.querySelectorAll('event-list .row')].map((row) => row.getAttribute('aria-posinset')).sort((a, b) => a - b)[10]"); !strings.HasPrefix(row, "333") {
		t.Errorf("a row in sight is number %s", row)
	}
	few("after scrolling")

	// Only what failed, of one person.
	ask[any](b, `(() => {
		const [person] = document.querySelectorAll("event-filters select");
		person.value = "+15550000001";
		document.querySelector("event-filters input").click();
	})()`)
	if sizes := ask[[]string](b, "[...new Set([...document.querySelectorAll('event-list .row')].map((row) => row.getAttribute('aria-setsize') + row.className))]"); len(sizes) != 1 || sizes[0] != fmt.Sprintf("%drow failed", events/10) {
		t.Errorf("filtered rows are %q", sizes)
	}
	// A row that is chosen by the keys of the list is the moment.
	b.do(chromedp.Focus(chromedp.CSS("event-list .rows")))
	b.press(kb.ArrowDown)
	b.press(kb.ArrowDown)
	if at := ask[string](b, "document.querySelector('input[type=range]').value"); at != "12" {
		t.Errorf("the moment is %s", at)
	}
	if title := ask[string](b, "document.querySelector('event-inspector').textContent"); !strings.Contains(title, "131047") {
		t.Errorf("the inspector shows %q", title)
	}
	b.end()
}

// BenchmarkScrub pulls the slider through 100,000 events, and scrolls through the list, by a step
// in each frame.
func BenchmarkScrub(b *testing.B) {
	page := open(b, long(b, 100_000), 1200)
	for what, move := range map[string]string{
		"scrub":  "slider.value = 20000 + n * 85; slider.dispatchEvent(new Event('input'))",
		"scroll": "rows.scrollTop = (n * 1997) % rows.scrollHeight",
	} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				rate := ask[float64](page, `new Promise((over) => {
					const slider = document.querySelector("input[type=range]"), rows = document.querySelector("event-list .rows"), began = performance.now();
					let n = 0;
					const frame = () => {
						if (n++ === 120) return over(120000 / (performance.now() - began));
						`+move+`;
						requestAnimationFrame(frame);
					};
					requestAnimationFrame(frame);
				})`)
				b.ReportMetric(rate, "frames/s")
			}
		})
	}
}

// TestAnEmptyRecordingOpens has nothing that happened.
func TestAnEmptyRecordingOpens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "empty.html")
	var out bytes.Buffer
	if err := (recording.Recording{Title: "Nothing"}).Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, file, 1200)
	b.press(kb.ArrowRight)
	if text := ask[string](b, "document.querySelector('main').textContent"); !strings.Contains(text, "Nobody says anything.") || !strings.Contains(text, "was not recorded") {
		t.Errorf("it shows %q", text)
	}
	b.end()
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteTellsOfErrors(t *testing.T) {
	if err := (recording.Recording{}).Write(fullDisk{}); err == nil || err.Error() != "recording: write: the disk is full" {
		t.Errorf("got %v", err)
	}
}
