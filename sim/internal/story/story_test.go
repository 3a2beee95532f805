package story

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/sim/people"
	"wappasim/sim/recording"
	"wappasim/sim/trace"
)

// TestStory writes a story with what is hard to say: quotes, several lines, JSON with three
// quotes, an emoji of two parts, exact times and a long property.
func TestStory(t *testing.T) {
	happened := new(trace.Trace)
	happened.Add(trace.Event{Who: "+15550000001", What: trace.Says, Text: "a long text of many words that does not fit into one column\nand goes on"})
	happened.Add(trace.Event{Who: "bot 1", What: trace.Calls, To: "+15550000001", IDs: []string{"wamid.1"}, Text: "I see"})
	happened.Add(trace.Event{Who: "world", What: trace.Injects, Text: "the bot crashes"})
	s := Story{
		Seed: 7, Property: "Größe is kept: " + strings.Repeat("very ", 20) + "long", Why: "it is not\nreally", Trace: happened, Report: "sim: it fails", Replay: "go test",
		People: []string{"Ana", "Ben"}, Names: map[string]string{"+15550000001": "Ana"}, Replicas: 2, Latency: 5 * time.Millisecond, Again: time.Hour, Until: 26 * time.Hour, Settle: time.Minute,
		Recording: recording.Recording{Title: "Seed 7", Broke: 2, Events: happened.Events()},
		Options:   true, Package: "my_test", Factory: "newBot", Properties: "properties()...",
		Steps: []Step{
			{At: 1, Who: "Ana", Act: people.Say("she said \"hi\"\n\"\"\" \\")},
			{At: 14*time.Second + 629720754, Who: "Ben", Act: people.React("❤️")},
			{At: 14*time.Second + 629720754, Who: "Ben", Act: people.Send(fakewa.Order("sku", 2))},
			{At: time.Minute, Who: "Ben", Act: people.Act{Kind: people.Taps, Offer: people.Offer{Title: "Yes", ID: "y-1"}, Later: 2}, ByID: true},
			{At: time.Minute, Who: "Ana", Act: people.Send(fakewa.Image("my cat"))},
			{At: 90 * time.Second, Fault: "the bot crashes", Code: `sim.Fault{Kind: "crash"}`},
		},
	}
	dir := filepath.Join(t.TempDir(), s.Folder())
	err := s.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if name := filepath.Base(dir); !strings.HasPrefix(name, "seed-7-größe-is-kept-very-very-") || len(name) > 60 {
		t.Errorf("the folder is %s", name)
	}
	for file, parts := range map[string][]string{
		"story.feature": {
			"# it is not\n# really\n", "# The workload had options", "\n    Given the time is ", "And the people are Ana, Ben\n", "When 0.000001 milliseconds have passed since the beginning\n",
			"And Ana sends the message:\n      \"\"\"\n      {\"text\":{\"body\":\"she said \\u0022hi\\u0022\\n\\u0022\\u0022\\u0022 \\\\\"},\"type\":\"text\"}\n",
			"And 14.629720754 seconds have passed since the beginning\n    And Ben reacts \"❤️\"\n    And Ben sends the message:\n", "And 1 minute has passed since the beginning\n    And Ben taps \"y-1\", which 2 later ",
			"And Ana sends an image captioned \"my cat\"\n", "    And the bot crashes\n    And 26 hours have passed since the beginning\n    And all faults heal\n    And 1 minute passes\n    Then it holds that Größe is kept: very ",
		},
		"story_test.go": {
			"// it is not\n// really\n", `Act: people.Say("she said \"hi\"\n\"\"\" \\")`, `Act: people.React("❤️")`, "{At: 60 * time.Second, Who: \"Ben\", Act: people.Act{Kind: \"taps\", Offer: people.Offer{Title: \"Yes\", ID: \"y-1\"}, Later: 2}},",
			`Act: people.Send(fakewa.Content{"order": map[string]any{"catalog_id": `, "{At: 90 * time.Second, Fault: sim.Fault{Kind: \"crash\"}},\n\t\t{At: 93600 * time.Second, Fault: sim.Fault{Kind: sim.Heal}},",
		},
		"talk.txt": {
			"Ana, +15550000001                            | the bot\n", "  a long text of many words that does not fit  |\n              into one column                              |\n              and goes on                                  |\n",
			" | I see\n", "  ---- the bot crashes                         |\n",
		},
		"replay.txt": {"go test\n"}, "failure.txt": {"sim: it fails\n"}, "recording.html": {"<title>Seed 7</title>", `"broke":2`}, "trace.txt": {`says "a long text`}, "trace.jsonl": {`"what":"says"`},
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Error(err)
		}
		for _, part := range parts {
			if !bytes.Contains(text, []byte(part)) {
				t.Errorf("%s does not have %q:\n%s", file, part, text)
			}
		}
	}
	if _, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "story_test.go"), nil, parser.AllErrors); err != nil {
		t.Error(err)
	}
}
