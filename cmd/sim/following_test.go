package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wappasim/internal/browser"
)

// rows is a script that gives all rows of the time line, of which only those in sight are drawn.
const rows = `(async () => {
	const place = document.querySelector(".line .rows");
	const found = new Map();
	for (place.scrollTop = 0; ; place.scrollTop += place.clientHeight / 2) {
		await new Promise(requestAnimationFrame);
		await new Promise(requestAnimationFrame);
		for (const row of place.querySelectorAll(".row")) found.set(Number(row.getAttribute("aria-posinset")), row.querySelector("time").getAttribute("datetime") + " " + row.innerText.replace(/\s+/g, " ").slice(13));
		if (place.scrollTop + place.clientHeight >= place.scrollHeight - 1) break;
	}
	return [...found.keys()].sort((a, b) => a - b).map((n) => found.get(n));
})()`

// shows waits until the time line has the rows that are wanted.
func shows(t *testing.T, p *browser.Page, what string, want []string) {
	t.Helper()
	var got []string
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if got = browser.Value[[]string](p, rows); slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("%s: the time line has\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
}

func say(t *testing.T, url, who, text string) {
	t.Helper()
	do(t, "POST", url+"/_fakewa/users/"+who+"/messages", fmt.Sprintf(`{"type":"text","text":{"body":%q}}`, text))
}

// told is what the stream of a world's WhatsApp says of a message.
type told struct {
	At   string
	Data struct{ Status, Direction string }
}

// statuses reads so many statuses from the stream of a world's WhatsApp.
func statuses(t *testing.T, url string, n int) (all []told) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", url+"/_fakewa/events?kind=status", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for len(all) < n && lines.Scan() {
		data, found := strings.CutPrefix(lines.Text(), "data: ")
		if !found || strings.Contains(data, `"kind":"begin"`) {
			continue
		}
		var one told
		if err := json.Unmarshal([]byte(data), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) < n {
		t.Fatalf("there are %d statuses, %v", len(all), lines.Err())
	}
	return all
}

// TestStatusesHaveTheirTimes has a bot write to a phone that is off until the world is 20 seconds
// older: the page shows each status, when it came.
func TestStatusesHaveTheirTimes(t *testing.T) {
	url := serve(t, 1)
	p := browser.Open(t, url+"/")
	p.Until("the page is ready", ready)
	do(t, "PATCH", url+"/_fakewa/users/Ana", `{"silent":true}`)
	say(t, url, "Ana", "hi")
	do(t, "POST", url+"/_sim/time", `{"advance":"20s"}`)
	do(t, "PATCH", url+"/_fakewa/users/Ana", `{"silent":false}`)
	do(t, "POST", url+"/_sim/time", `{"advance":"24h"}`)
	var want []string
	for _, e := range statuses(t, url, 5) {
		if whose := "to Ana:"; e.Data.Direction == "out" {
			want = append(want, fmt.Sprintf("%s whatsapp %s %s", e.At, whose, e.Data.Status))
		} else {
			want = append(want, fmt.Sprintf("%s whatsapp Ana's message is %s", e.At, e.Data.Status))
		}
	}
	sorted := slices.Sorted(slices.Values(want)) // what happens at one instant has no order of its own
	for i, end := range []string{"09:00:00Z whatsapp Ana's message is delivered", "09:00:00Z whatsapp to Ana: sent", "09:00:15Z whatsapp to Ana: sent", "09:00:20Z whatsapp to Ana: delivered", "09:00:20Z whatsapp to Ana: delivered"} {
		if !strings.HasSuffix(sorted[i], end) {
			t.Fatalf("the stream has %q, want %q", sorted[i], end)
		}
	}
	p.Press("Every event")
	p.Choose("Kind", "Statuses")
	shows(t, p, "statuses", want)
}

// TestAllThatIsToldIsShownOnce follows a world that two people talk in at the same instant, that
// goes back and that begins anew: the time line is that of a page that is opened then.
func TestAllThatIsToldIsShownOnce(t *testing.T) {
	url := serve(t, 1)
	p := browser.Open(t, url+"/")
	p.Until("the page is ready", ready)
	same := func(what string) {
		t.Helper()
		fresh := browser.Open(t, url+"/")
		fresh.Until("the page is ready", ready)
		for _, view := range []string{"every event", "chains"} {
			p.Press("Every event")
			fresh.Press("Every event")
			var want []string
			for { // until it knows all
				next := browser.Value[[]string](fresh, rows)
				if len(next) > 1 && slices.Equal(want, next) {
					break
				}
				want = next
			}
			shows(t, p, what+", "+view, want)
		}
	}
	say(t, url, "Ana", "buy milk")
	say(t, url, "Ben", "call mum")
	do(t, "POST", url+"/_sim/faults", `{"sentence":"Redis is unreachable for 5 seconds"}`)
	do(t, "POST", url+"/_sim/time", `{"advance":"20s"}`)
	say(t, url, "Ana", "and bread")
	same("at first")
	said := browser.Value[[]string](p, rows)
	for _, words := range []string{
		"Ana says buy milk → webhook 200 in [^→]+ → Redis 2 times → “👋 Welcome", // what it has led to, in its order
		"Ben says call mum → webhook 200 in [^→]+ → EVALSHA [^→]+ → “👋 Welcome.* → 15 s later “📬 Message",
		"Ana says and bread → webhook 200 in [^→]+ → EVALSHA [^→]+ → “👋 Welcome",
		"world injects Redis is unreachable for 5 seconds",
	} {
		if n := len(regexp.MustCompile(words).FindAllString(strings.Join(said, "\n"), -1)); n != 1 {
			t.Errorf("%q is in %d rows:\n%s", words, n, strings.Join(said, "\n"))
		}
	}
	do(t, "POST", url+"/_sim/restart", `{"to":2}`)
	same("after going back")
	do(t, "POST", url+"/_sim/restart", `{}`)
	p.SeesNo("buy milk", "event-list")
	same("after a new beginning")
}

// TestManyMessagesAreNotListed has a thousand messages come while the page is open. It gets them
// by the streams: it asks for no list of theirs.
func TestManyMessagesAreNotListed(t *testing.T) {
	world := serve(t, 1)
	front := begin(t, world)
	p := browser.Open(t, front.url+"/")
	p.Until("the page is ready", ready)
	const n = 1000
	for i := range n {
		say(t, world, "Ana", fmt.Sprintf("message %d", i))
	}
	p.Sees(fmt.Sprintf("message %d", n-1), phone("Ana"))
	p.Sees(fmt.Sprintf("says message %d → webhook 200 in", n-1), "event-list")
	for _, list := range []string{"messages", "webhooks", "requests", "state"} {
		if times, _ := front.asked("/_fakewa/" + list); times > 0 {
			t.Errorf("the page asks %d times for all %s", times, list)
		}
	}
	for _, stream := range []string{"/_fakewa/events", "/_sim/events"} {
		times, bytes := front.asked(stream)
		if times != 1 || bytes > 6000*n {
			t.Errorf("the page follows %s %d times, %d bytes", stream, times, bytes)
		}
		t.Logf("%s: %d bytes", stream, bytes)
	}
	// Nothing happens for the first five seconds, and the world tells the time ten times in each.
	p.Press("Let time run as on the wall")
	var calls [2]int
	for i, hour := range []string{"09:00:01", "09:00:04"} {
		p.Until("it is "+hour, fmt.Sprintf(`document.querySelector(".clock .hour").textContent >= %q`, hour))
		for _, path := range []string{"/_sim/next", "/_sim/redis"} {
			times, bytes := front.asked(path)
			calls[i] += times
			t.Logf("%s: %d calls, %d bytes", path, times, bytes)
		}
	}
	if made := calls[1] - calls[0]; made > 10 {
		t.Errorf("the page asks %d times while time runs and nothing happens", made)
	}
}

// TestAnotherProcess cuts the connections of the page, which goes on after what it knows. Then the
// server of the world ends and another one begins at the same address, whose world is a first one
// too: the page forgets the old one, and shows the new one once.
func TestAnotherProcess(t *testing.T) {
	first, second := serve(t, 1), serve(t, 2)
	front := begin(t, first)
	p := browser.Open(t, front.url+"/")
	p.Until("the page is ready", ready)
	once := func(wanted ...string) {
		t.Helper()
		words := strings.Join(browser.Value[[]string](p, rows), "\n")
		for _, one := range wanted {
			if strings.Count(words, one) != 1 {
				t.Errorf("%q is not there once:\n%s", one, words)
			}
		}
	}
	say(t, first, "Ana", "buy milk")
	p.Sees("says buy milk → webhook 200 in", "event-list")
	front.server.CloseClientConnections()
	say(t, first, "Ana", "and bread")
	p.Sees("says and bread → webhook 200 in", "event-list")
	p.Until("the streams are there again", ready)
	once("fake begins", "bot 1 starts", "buy milk", "and bread")

	say(t, second, "Ben", "call mum")
	front.becomes(t, second)
	p.Sees("Ben says call mum → webhook 200 in", "event-list")
	p.SeesNo("buy milk")
	once("fake begins", "bot 1 starts", "call mum")
}
