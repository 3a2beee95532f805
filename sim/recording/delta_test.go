package recording_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wappasim/sim/recording"
	"wappasim/sim/trace"
)

// TestAChangeCostsWhatChanged has a value of every type grow to 2,000 messages, one at a time: the
// notes have each message once.
func TestAChangeCostsWhatChanged(t *testing.T) {
	const messages = 2000
	message := func(n int) string { return fmt.Sprintf("%04d %s %[1]d", n, strings.Repeat("some words ä 🎉 ", 5)) }
	var all []string
	for n := range messages {
		all = append(all, message(n))
	}
	for name, value := range map[string]func(n int) string{
		"hash": func(n int) string {
			return lines(n, func(i int) string { return fmt.Sprintf("field %d: %s", i*7919%messages, all[i]) })
		},
		"list":         func(n int) string { return strings.Join(all[:n], "\n") + "\n" },
		"pushed left":  func(n int) string { return strings.Join(all[messages-n:], "\n") + "\n" },
		"trimmed list": func(n int) string { return strings.Join(all[max(0, n-500):n], "\n") + "\n" },
		"sorted set": func(n int) string {
			return lines(n, func(i int) string { return fmt.Sprintf("%d: %d", i*7919%messages, i) })
		},
		"session": func(n int) string {
			return fmt.Sprintf(`{"n":%d,"messages":["%s"],"last":%d}`, n, strings.Join(all[:n], `","`), n)
		},
		"moved": func(n int) string { return strings.Join(append(slices.Clone(all[n:]), all[:n]...), "\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var keys recording.Keys
			for n := 1; n <= messages; n++ {
				keys.NoteSome(n, []recording.Key{{Name: "k", Value: value(n)}})
			}
			noted, err := json.Marshal(&keys)
			if err != nil {
				t.Fatal(err)
			}
			if each := len(noted) / messages; each > 4*len(all[0]) {
				t.Errorf("%d bytes a change of %d", each, len(all[0]))
			}
			for _, n := range []int{700, messages} {
				if got := rebuilt(t, noted, n, time.Time{}); len(got) != 1 || got[0].Value != value(n) {
					t.Errorf("after %d it is another", n)
				}
			}
		})
	}
}

// lines are n lines in order.
func lines(n int, line func(int) string) string {
	var all []string
	for i := range n {
		all = append(all, line(i))
	}
	slices.Sort(all)
	return strings.Join(all, "\n") + "\n"
}

// TestDeltasMakeTheValue notes values that are made of pieces of those before, cut and put together
// anywhere, with characters of one to four bytes and with what is no text.
func TestDeltasMakeTheValue(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	var keys recording.Keys
	var values []string
	value := ""
	for n := range 3000 {
		cut := func() string {
			from := draw.IntN(len(value) + 1)
			return value[from : from+draw.IntN(len(value)-from+1)]
		}
		switch draw.IntN(6) {
		case 0:
			value += strings.Repeat([]string{"a", "é", "€", "🎉", "<&>", "line\n", "\xff"}[draw.IntN(7)], draw.IntN(40))
		case 1:
			value = cut() + fmt.Sprint(n) + cut()
		case 2:
			value = value[draw.IntN(len(value)+1):] + cut()
		default:
			at := draw.IntN(len(value) + 1)
			value = value[:at] + fmt.Sprintf(" new €🎉 %d ", n) + value[at:]
		}
		value = value[:min(len(value), 3000)]
		keys.Note(n+1, []recording.Key{{Name: "k", Value: value}})
		values = append(values, value)
	}
	noted, err := json.Marshal(&keys)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(noted), `"parts"`); n < 1000 {
		t.Errorf("only %d are made of parts", n)
	}
	for n := 1; n <= len(values); n += 37 {
		want := strings.Map(func(r rune) rune { return r }, values[n-1])
		if got := rebuilt(t, noted, n, time.Time{}); len(got) != 1 || got[0].Value != want || !utf8.ValidString(want) {
			t.Fatalf("after %d: got %+v, want %q", n, got, want)
		}
	}
}

// TestNotesEnd notes more than there is room for: what was noted stays, and it is said where it
// ends.
func TestNotesEnd(t *testing.T) {
	keys := recording.Keys{Most: 1000}
	for n := 1; n <= 100; n++ {
		keys.NoteSome(n, []recording.Key{{Name: fmt.Sprint(n), Value: "value"}})
	}
	noted, err := json.Marshal(&keys)
	if err != nil {
		t.Fatal(err)
	}
	var says struct{ Until, Most int }
	if err := json.Unmarshal(noted, &says); err != nil || says.Most != 1000 || says.Until < 15 || says.Until > 30 || len(noted) > 1100 {
		t.Fatalf("got %+v, %v: %s", says, err, noted)
	}
	if got := rebuilt(t, noted, says.Until-1, time.Time{}); len(got) != says.Until-1 {
		t.Errorf("%d keys before event %d", len(got), says.Until)
	}
}

// TestThePageMakesValuesOfParts looks at a session that has grown by a message an event, with
// characters of all lengths, at some of its moments, forwards and backwards; and at where its notes
// end.
func TestThePageMakesValuesOfParts(t *testing.T) {
	const events = 3000
	session := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ",é € 🎉 text %d", i)
		}
		return fmt.Sprintf(`{"n":%d,"messages":[%s]}`, n, b.String())
	}
	keys := recording.Keys{Most: 400_000}
	seen := recording.Recording{Title: "Grows", Keys: &keys}
	for n := 1; n <= events; n++ {
		seen.Events = append(seen.Events, trace.Event{N: n, At: time.Unix(int64(n), 0).UTC(), Who: "bot 1", What: trace.Commands, To: "redis", Text: "SETRANGE"})
		keys.NoteSome(n, []recording.Key{{Name: "session", Value: session(n)}, {Name: "timer", Value: "x", Gone: n%3 == 0, Expires: time.Unix(int64(n+1), 0)}})
	}
	file := filepath.Join(t.TempDir(), "grows.html")
	var out bytes.Buffer
	if err := errors.Join(seen.Write(&out), os.WriteFile(file, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	b := open(t, file, 1200)
	ended := ask[string](b, "document.querySelector('.redis-panel > [role=status]').textContent")
	var until int
	if _, err := fmt.Sscanf(ended, "From event %d on it is not known what was in Redis", &until); err != nil || until < 1500 || until >= events || !strings.HasSuffix(ended, "400,000 bytes that are kept of them.") {
		t.Fatalf("at the end the page says %q, %v", ended, err)
	}
	show := func(n int) {
		ask[any](b, fmt.Sprintf("(() => { const slider = document.querySelector('input[type=range]'); slider.value = %d; slider.dispatchEvent(new Event('input')); })()", n))
	}
	for _, n := range []int{until - 1, 1, 2, 700, 1400, 255, 1024, 1300} {
		show(n)
		if got := ask[string](b, "document.querySelector('key-list pre').textContent"); got != session(n) {
			t.Errorf("after event %d the page shows %.60q", n, got)
		}
		want := "session changed"
		if n == 1 {
			want = "session new"
		}
		want += []string{", timer gone", ", timer new", ", timer changed"}[n%3]
		if got := ask[string](b, "[...document.querySelectorAll('key-list summary')].map((key) => [key.querySelector('.name'), key.querySelector('.change')].map((part) => part?.textContent).join(' ')).join(', ')"); got != want {
			t.Errorf("after event %d: %q, want %q", n, got, want)
		}
	}
	for _, n := range []int{until - 1, until, until - 1, events} {
		show(n)
		if shown := ask[[]bool](b, "[document.querySelector('key-list').checkVisibility(), document.querySelector('.redis-panel > [role=status]').checkVisibility()]"); shown[0] != (n < until) || shown[1] != (n >= until) {
			t.Errorf("event %d of %d: the keys are seen, and the words: %t", n, until, shown)
		}
	}
	b.shoot("ended")
	b.end()
}

// TestPartsAreOfWholeCharacters has what is found again begin, or end, within a character of which
// other bytes are alike.
func TestPartsAreOfWholeCharacters(t *testing.T) {
	text := strings.Repeat("0123456789", 10)
	for _, values := range [][2]string{
		{text[:31] + "é" + text, "before ũ" + text + text[:50] + "after"},
		{text + "é" + text[:40] + "x", text + "è" + text[:40] + "y"},
		{text + "é", text + "è"},
		{"é" + text, "ũ" + text},
		{"🎉" + text, "🎊" + text},
	} {
		var keys recording.Keys
		for n, value := range values {
			keys.Note(n, []recording.Key{{Name: "k", Value: value}})
		}
		noted, err := json.Marshal(&keys)
		if err != nil {
			t.Fatal(err)
		}
		if got := rebuilt(t, noted, 1, time.Time{}); len(got) != 1 || got[0].Value != values[1] || !strings.Contains(string(noted), `"parts"`) {
			t.Errorf("got %+v, want %q: %s", got, values[1], noted)
		}
	}
}
