package people_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
	"wappasim/sim"
	"wappasim/sim/people"
)

// moment is one of a seed, in which somebody has seen two messages with buttons, a text
// before, between and after them, and what cannot be tapped.
func moment(seed uint64, past ...people.Act) people.Moment {
	offers := func(titles ...string) (m fakewa.Message) {
		m.Direction = fakewa.Out
		for _, title := range titles {
			m.Choices = append(m.Choices, message.Choice{Kind: "button", ID: "id-" + title, Title: title})
		}
		return m
	}
	link := fakewa.Message{Direction: fakewa.Out, Choices: []message.Choice{{Kind: "cta_url", ID: "https://example.com", Title: "Open"}}}
	return people.Moment{
		Who: "Ana", Words: "apple 001", Rand: rand.New(rand.NewPCG(seed, 1)), Past: past,
		Seen: []fakewa.Message{{Text: "hello"}, offers("Pizza", "Pasta"), {Text: "Well?"}, offers("Small", "Pizza"), link, {Text: "Please choose."}},
	}
}

// often asks a person in many moments, and counts what they do.
func often(p people.Person, in func(seed uint64) people.Moment) map[string]int {
	acts := make(map[string]int)
	for seed := range uint64(400) {
		acts[p(in(seed)).String()]++
	}
	return acts
}

// want wants a person to do some things, and nothing else.
func want(t *testing.T, acts map[string]int, all ...string) {
	t.Helper()
	for _, act := range all {
		if acts[act] == 0 {
			t.Errorf("nobody %q in %v", act, acts)
		}
	}
	for act := range acts {
		if !slices.Contains(all, act) {
			t.Errorf("somebody %q", act)
		}
	}
}

func TestOfferedIsInOrder(t *testing.T) {
	want := []people.Offer{{"Small", "id-Small", 3}, {"Pizza", "id-Pizza", 3}, {"Pizza", "id-Pizza", 1}, {"Pasta", "id-Pasta", 1}}
	if got := moment(1).Offered(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := (people.Moment{}).Offered(); got != nil {
		t.Errorf("nobody has offered %v", got)
	}
}

// TestTapCountsLaterOffers taps the older one of two buttons that are alike.
func TestTapCountsLaterOffers(t *testing.T) {
	m := moment(1)
	for i, want := range []int{0, 0, 1, 0} {
		if act := m.Tap(m.Offered()[i]); act.Kind != people.Taps || act.Offer != m.Offered()[i] || act.Later != want {
			t.Errorf("offer %d: got %+v", i, act)
		}
	}
}

func TestTapperTapsWhatIsOffered(t *testing.T) {
	acts := often(people.Tapper, func(seed uint64) people.Moment { return moment(seed) })
	want(t, acts, `taps "Small"`, `taps "Pizza"`, `taps "Pasta"`, `taps "Pizza", which 1 later message offers too`)
	if old := acts[`taps "Pasta"`] + acts[`taps "Pizza", which 1 later message offers too`]; old > 50 {
		t.Errorf("%d of 400 taps are on the old message", old)
	}
	again := moment(1).Tap(people.Offer{Title: "Yes", ID: "yes"}) // which nobody offers any more
	acts = often(people.Tapper, func(seed uint64) people.Moment { return moment(seed, people.Say("hello"), again) })
	want(t, acts, `taps "Yes"`, `taps "Small"`, `taps "Pizza"`, `taps "Pasta"`, `taps "Pizza", which 1 later message offers too`)
	acts = often(people.Tapper, func(seed uint64) people.Moment {
		m := moment(seed, again)
		m.Seen = nil
		return m
	})
	want(t, acts, `says "apple 001"`)
}

// TestFillerFillsInTheLatestFlow also writes, and only writes if there is no flow.
func TestFillerFillsInTheLatestFlow(t *testing.T) {
	m := func(seed uint64) people.Moment {
		now := moment(seed)
		for _, title := range []string{"Old", "New"} {
			now.Seen = append(now.Seen, fakewa.Message{Direction: fakewa.Out, Choices: []message.Choice{{Kind: "flow", ID: "t", Title: title}}})
		}
		return now
	}
	if got := m(1).Flows(); len(got) != 2 || got[0].Title != "New" || got[1].Title != "Old" {
		t.Errorf("got %v", got)
	}
	want(t, often(people.Filler, m), `says "apple 001"`, `fills the flow "New" with "apple 001" and choice 0`, `fills the flow "New" with "apple 001" and choice 1`, `fills the flow "New" with "apple 001" and choice 2`,
		`fills the flow "New" with "apple 001" and choice 3`, `fills the flow "New" with "apple 001" and choice 4`, `fills the flow "New" with "apple 001" and choice 5`)
	want(t, often(people.Filler, func(seed uint64) people.Moment { return moment(seed) }), `says "apple 001"`)
}

func TestSenderSendsEveryType(t *testing.T) {
	acts := often(people.Sender, func(seed uint64) people.Moment { return moment(seed) })
	want(t, acts, `sends an image captioned "apple 001"`, `sends a video captioned "apple 001"`, `sends the document "apple 001.pdf"`,
		`sends the location of "apple 001" at "1 Hacker Way"`, "sends a voice message", "sends an audio file", "sends a sticker",
		`sends the contact "apple 001" with the number "+15550100000"`, `orders 2 of "apple 001"`, "sends a poll",
		`reacts "👍"`, `reacts "❤️"`, `reacts ""`)
	for seed := range uint64(100) {
		if act := people.Sender(moment(seed)); act.Kind == people.Sends && act.Content.Check() != nil {
			t.Errorf("%s: %v", act, act.Content.Check())
		}
	}
}

func TestReaderWritesOnce(t *testing.T) {
	if act := people.Reader(moment(1)); act.String() != `says "apple 001"` {
		t.Errorf("got %s", act)
	}
	if act := people.Reader(moment(1, people.Say("hello"))); act.Kind != people.Reads {
		t.Errorf("got %s", act)
	}
}

// TestBlockerAlternates follows one person for a while.
func TestBlockerAlternates(t *testing.T) {
	var past []people.Act
	blocked, blocks := false, 0
	for seed := range uint64(200) {
		act := people.Blocker(moment(seed, past...))
		switch {
		case blocked && act.Kind != people.Unblocks, !blocked && act.Kind == people.Unblocks, seed == 0 && act.Kind == people.Blocks:
			t.Fatalf("act %d: %s, after %v", seed, act, past)
		case act.Kind == people.Blocks:
			blocks++
		}
		blocked = act.Kind == people.Blocks
		past = append(past, act)
	}
	if blocks < 20 || blocks > 80 {
		t.Errorf("%d of 200 acts block", blocks)
	}
}

func TestReturnerStaysAway(t *testing.T) {
	p := people.Returner(25*time.Hour, people.Writer)
	first := often(p, func(seed uint64) people.Moment { return moment(seed) })
	want(t, first, `says "apple 001"`)
	acts := often(p, func(seed uint64) people.Moment { return moment(seed, people.Say("hello")) })
	want(t, acts, `says "apple 001"`, "pauses for 25h0m0s")
}

// TestMixDoesEachAsOften has one person twice.
func TestMixDoesEachAsOften(t *testing.T) {
	silent := func(people.Moment) people.Act { return people.Read() }
	acts := often(people.Mix(people.Writer, silent, silent), func(seed uint64) people.Moment { return moment(seed) })
	want(t, acts, `says "apple 001"`, "reads the messages")
	if n := acts["reads the messages"]; n < 230 || n > 300 {
		t.Errorf("%d of 400 times two thirds", n)
	}
}

func TestAnybodyMostlyTaps(t *testing.T) {
	kinds := make(map[people.Kind]int)
	for seed := range uint64(400) {
		kinds[people.Anybody(moment(seed, people.Say("hello"))).Kind]++
	}
	if kinds[people.Taps] < 200 || kinds[people.Sends] < 50 || kinds[people.Reads] == 0 || kinds[people.Reacts] == 0 || len(kinds) != 4 {
		t.Errorf("got %v", kinds)
	}
}

func TestActsAreSentences(t *testing.T) {
	for want, act := range map[string]people.Act{
		`says "hello"`:      people.Say("hello"),
		`sends an image`:    people.Send(fakewa.Image("")),
		`sends a video`:     people.Send(fakewa.Video("")),
		`sends a location`:  people.Send(fakewa.Location(1, 2, "", "")),
		`sends "[tap Yes]"`: people.Send(fakewa.ButtonReply("yes", "Yes")),
		`taps "Yes", which 2 later messages offer too`: {Kind: people.Taps, Offer: people.Offer{Title: "Yes"}, Later: 2},
		`reacts "👍"`:         people.React("👍"),
		`reads the messages`: people.Read(),
		`fills the flow "Book" with "a b" and choice 2`: people.Fill(people.Offer{Title: "Book"}, "a b", 2),
		`blocks the business`:                           people.Block(),
		`unblocks the business`:                         people.Unblock(),
		`pauses for 25h0m0s`:                            people.Pause(25 * time.Hour),
		`does nothing`:                                  {},
	} {
		if got := act.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A person of one's own. The package comment has the same lines.
func Example() {
	shy := func(m people.Moment) people.Act {
		if len(m.Past) > 0 && len(m.Offered()) == 0 {
			return people.Read()
		}
		return people.Anybody(m)
	}
	workload := sim.Workload{People: []people.Person{people.Tapper, shy}}
	fmt.Println(len(workload.People), "people")
	fmt.Println("the second one", shy(people.Moment{Past: []people.Act{people.Say("hello")}}))
	// Output:
	// 2 people
	// the second one reads the messages
}

// TestEditorKnowsWhatThereIs wants an editor to edit and delete what is there now.
func TestEditorKnowsWhatThereIs(t *testing.T) {
	in := func(past ...people.Act) map[string]int {
		return often(people.Editor, func(seed uint64) people.Moment { return moment(seed, past...) })
	}
	want(t, in(), `says "apple 001"`)
	one, two := people.Say("one"), people.Say("two")
	want(t, in(one, two), `says "apple 001"`, `edits "one" to "apple 001"`, `deletes "one"`, `edits "two" to "apple 001"`, `deletes "two"`)
	want(t, in(one, two, people.Edit("one", "three"), people.Delete("two")), `says "apple 001"`, `edits "three" to "apple 001"`, `deletes "three"`)
	want(t, in(people.Send(fakewa.Sticker()), one, people.Delete("one"), people.React("👍")), `says "apple 001"`)
}
