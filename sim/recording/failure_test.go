package recording_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/redis/go-redis/v9"

	"wappasim/sim"
	"wappasim/sim/internal/botsend"
	"wappasim/sim/people"
	"wappasim/sim/trace"
)

// Texts that would do something if they were taken as HTML.
const (
	image  = `<img src="https://evil.example/x.png" onerror="document.title='owned'">`
	script = `</script><script>document.title='owned'</script><!--`
)

// teller is a bot that counts each person's messages in Redis and offers two buttons. Its
// planted bug: it answers the second message of a person twice.
type teller struct {
	env   sim.Env
	redis *redis.Client
}

func newTeller(env sim.Env) (sim.App, error) {
	return &teller{env, redis.NewClient(env.Redis.Simple())}, nil
}

func (b *teller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&hook) // a status has no messages
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				n, err := b.redis.Incr(r.Context(), "count:"+m.From).Result()
				err = errors.Join(err, b.redis.Set(r.Context(), "last:"+m.From, m.Text.Body, time.Minute).Err())
				for range min(n, 2) {
					err = errors.Join(err, b.answer(m.From, fmt.Sprintf("%d: %s", n, m.Text.Body)))
				}
				if err != nil {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			}
		}
	}
}

func (b *teller) answer(to, text string) error {
	return botsend.Send(b.env.Life, b.env, to, "interactive", map[string]any{
		"type": "button", "body": map[string]string{"text": text},
		"action": map[string]any{"buttons": []any{
			map[string]any{"type": "reply", "reply": map[string]string{"id": "a", "title": "Orders"}},
			map[string]any{"type": "reply", "reply": map[string]string{"id": "b", "title": "Help"}},
		}},
	})
}

func (b *teller) Run(ctx context.Context) error { <-ctx.Done(); return nil }
func (b *teller) Close() error                  { return b.redis.Close() }

// attacker says texts that are HTML.
func attacker(m people.Moment) people.Act {
	if len(m.Past)%2 == 0 {
		return people.Say(image)
	}
	return people.Say(script)
}

// once is that nobody gets the same text twice in a second.
var once = sim.Property{Name: "no answer <b>comes</b> twice", Check: func(t *trace.Trace) (found []sim.Violation) {
	last := make(map[string]trace.Event)
	for _, e := range t.Events() {
		if e.What != trace.Calls || len(e.IDs) == 0 {
			continue
		}
		before, said := last[e.To+e.Text]
		if said && e.At.Sub(before.At) < time.Second {
			found = append(found, sim.Violation{At: before.At, Until: e.At, Why: fmt.Sprintf("events %d and %d are the same", before.N, e.N)})
		}
		last[e.To+e.Text] = e
	}
	return found
}}

// failed explores the bot with the bug, and returns the failure and its recording.
func failed(t *testing.T) (failure *sim.Failure, file string) {
	t.Helper()
	workload := sim.Workload{Users: 2, Events: 12, Settle: 2 * time.Minute, People: []people.Person{attacker}, Faults: []sim.FaultKind{sim.Crash}, Out: t.TempDir(), Replay: "go test -run 'Teller' # seed %d"}
	_, err := sim.Explore(newTeller, sim.Seeds(20), workload, once)
	failure, ok := errors.AsType[*sim.Failure](err)
	if !ok || failure.Folder == "" {
		t.Fatalf("it was not found, or not written: %v", err)
	}
	return failure, filepath.Join(failure.Folder, "recording.html")
}

// TestAFailureOpensAsOneFile looks at a failure as a person does: the header, the moment at which
// it broke, and moments before and after, by mouse and keys.
func TestAFailureOpensAsOneFile(t *testing.T) {
	failure, file := failed(t)
	events := failure.Trace.Events()
	broke := slices.IndexFunc(events, func(e trace.Event) bool {
		return strings.HasSuffix(failure.Why, fmt.Sprintf(" and %d are the same", e.N))
	}) + 1
	b := open(t, file, 1200)
	if title := ask[string](b, "document.title"); title != fmt.Sprint("Seed ", failure.Seed) {
		t.Errorf("the title is %q", title)
	}
	for selector, want := range map[string]string{".broken": "It does not hold that " + once.Name, ".why": failure.Why, ".replay code": failure.Replay} {
		if got := ask[string](b, fmt.Sprintf("document.querySelector(%q).textContent", selector)); got != want {
			t.Errorf("%s is %q, not %q", selector, got, want)
		}
	}
	checkMoment(t, b, failure, broke) // where it opens
	if left := ask[string](b, "[...document.querySelectorAll('key-list .left')].map((left) => left.textContent).join()"); left != "for ever,59 s" {
		t.Errorf("the TTLs are %s", left)
	}
	b.shoot("broke")

	b.press(kb.Home)
	checkMoment(t, b, failure, 1)
	b.do(chromedp.Click(chromedp.CSS(".break")))
	checkMoment(t, b, failure, broke)
	b.press(kb.ArrowLeft)
	checkMoment(t, b, failure, broke-1)
	b.press(kb.ArrowRight)
	checkMoment(t, b, failure, broke)
	b.press(kb.Home)
	messages := 0
	for n, e := range events {
		if n > 0 && (e.What == trace.Says || e.What == trace.Calls && e.Type != "") {
			messages++
			b.press(kb.ArrowRight, chromedp.ModifierShift)
			checkMoment(t, b, failure, e.N)
		}
	}
	if messages < 4 {
		t.Errorf("there are %d messages", messages)
	}
	b.press(kb.End)
	checkMoment(t, b, failure, len(events))

	// The slider is clicked at the place of the step, and pulled to it by its own input.
	box := ask[[]float64](b, "(({left, top, width, height}) => [left, top, width, height])(document.querySelector('input[type=range]').getBoundingClientRect())")
	at := box[0] + 8 + (box[2]-16)*float64(broke-1)/float64(len(events)-1)
	b.do(chromedp.MouseClickXY(at, box[1]+box[3]/2))
	checkMoment(t, b, failure, broke)
	if marked := ask[string](b, "document.querySelector('event-list [aria-selected=true]').textContent"); !strings.Contains(marked, "breaks here") {
		t.Errorf("the chosen event is %q", marked)
	}
	b.end()
}

// checkMoment wants the page to show what there was after an event.
func checkMoment(t *testing.T, b *browser, f *sim.Failure, n int) {
	t.Helper()
	if got := ask[string](b, "document.querySelector('input[type=range]').value"); got != fmt.Sprint(n) {
		t.Fatalf("the slider is at %s, not %d", got, n)
	}
	said := make(map[string][]string)
	redis := make(map[string]string)
	for _, e := range f.Trace.Events()[:n] {
		number := strings.TrimPrefix(cmp.Or(e.To, e.Who), "+")
		command := strings.SplitN(e.Text, " ", 3)
		switch {
		case e.What == trace.Says:
			said[e.Who] = append(said[e.Who], e.Text)
		case e.What == trace.Calls && e.Type != "":
			said["+"+number] = append(said["+"+number], strings.TrimSuffix(e.Text, "\n[1] Orders  [2] Help")+"/Orders/Help")
		case e.What == trace.Commands && strings.EqualFold(command[0], "incr"):
			redis[command[1]] = strings.TrimPrefix(e.Answer, "(integer) ")
		case e.What == trace.Commands && strings.EqualFold(command[0], "set"):
			redis[command[1]] = strings.TrimSuffix(command[2], " ex 60")
		case e.What == trace.Expires:
			t.Fatalf("nobody listens, but %s", e)
		}
	}
	last := f.Trace.Events()[n-1].At
	for _, e := range f.Trace.Events()[:n] {
		if key := strings.SplitN(e.Text+"  ", " ", 3)[1]; e.What == trace.Commands && strings.HasPrefix(key, "last:") && last.Sub(e.At) >= time.Minute {
			delete(redis, key)
		}
	}
	shown := ask[map[string][]string](b, `Object.fromEntries([...document.querySelectorAll("chat-phone")].map((phone) => ["+1555000000" + (phone.querySelector("h2").textContent === "Ana" ? 1 : 2),
		[...phone.querySelectorAll(".mine, .theirs")].map((li) => [...li.querySelectorAll(".words, .choice")].map((part) => part.textContent).join("/"))]))`)
	for number, texts := range said {
		if !slices.Equal(shown[number], texts) {
			t.Errorf("after event %d the phone of %s shows %q, not %q", n, number, shown[number], texts)
		}
	}
	keys := ask[map[string]string](b, `Object.fromEntries([...document.querySelectorAll("key-list li:not(.gone):not(.nothing)")].map((li) => [li.querySelector(".name").textContent, li.querySelector("pre").textContent]))`)
	if fmt.Sprint(keys) != fmt.Sprint(redis) {
		t.Errorf("after event %d Redis is shown with %q, not %q", n, keys, redis)
	}
}

// TestWhatPeopleWriteIsText wants no element of what people wrote, and no second policy.
func TestWhatPeopleWriteIsText(t *testing.T) {
	_, file := failed(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), image[:8]) || strings.Contains(string(text), script[:18]) {
		t.Error("the file has a message as it was written")
	}
	if size := len(text); size < 30_000 || size > 200_000 {
		t.Errorf("it has %d bytes", size)
	}
	b := open(t, file, 1200)
	b.press(kb.End)
	for expression, want := range map[string]int{
		"document.querySelectorAll('img, iframe, object, embed, link, form').length": 0, "document.scripts.length": 2, "document.styleSheets.length": 1,
		"document.querySelectorAll('meta[http-equiv]').length": 1, "document.querySelectorAll('b.comes').length": 0,
	} {
		if got := ask[int](b, expression); got != want {
			t.Errorf("%s is %d", expression, got)
		}
	}
	if texts := ask[[]string](b, "[...document.querySelectorAll('.mine .words')].map((p) => p.textContent)"); !slices.Contains(texts, image) {
		t.Errorf("the phones show %q", texts)
	}
	// Nothing that gets in may run or reach the network: the policy is asked, not only the code.
	blocked := ask[bool](b, `new Promise((over) => {
		document.addEventListener("securitypolicyviolation", () => over(true));
		const made = document.createElement("script");
		made.textContent = "document.title = 'owned'";
		document.body.append(made);
		setTimeout(() => over(false), 2000);
	})`)
	if title := ask[string](b, "document.title"); !blocked || title == "owned" {
		t.Errorf("the policy blocks %t, and the title is %s", blocked, title)
	}
}
