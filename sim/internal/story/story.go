// Package story writes a failure to a folder, for people: a recording, the trace, the shortest steps to it
// as a scenario and as a Go test, how it is replayed, and the conversation side by side.
//
//	err := s.Write("testdata/failures/seed-7-nothing-is-said-twice")
//
// It knows no world. Which scenario steps exist is the business of sim/steps, whose words it
// uses.
package story

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"wappasim/sim/people"
	"wappasim/sim/recording"
	"wappasim/sim/trace"
)

// Story is a failure and all that is needed to have it happen again.
type Story struct {
	Seed     uint64
	Property string
	Why      string
	Report   string // as a test prints it
	Replay   string // the command
	Trace    *trace.Trace

	Recording recording.Recording

	Steps    []Step
	People   []string          // all that there are, in the order of their numbers
	Names    map[string]string // by number
	Replicas int
	Latency  time.Duration
	Again    time.Duration // how long WhatsApp delivers again
	Until    time.Duration // when all faults heal, since the beginning
	Settle   time.Duration // from then to the end
	Options  bool          // the world had others, which no scenario knows

	Package    string // of the Go test
	Factory    string // an expression
	Properties string // an expression; "": none
	Unknown    string // what of these the reader must write, in a sentence; "": nothing
}

// Step is one of a story's steps.
type Step struct {
	At    time.Duration // since the beginning
	Who   string        // "": a fault begins
	Act   people.Act
	ByID  bool   // its title does not say which choice it taps
	Fault string // its sentence
	Code  string // of the fault, in Go
}

var notInNames = regexp.MustCompile(`[^\pL\pN]+`)

// Folder returns the name of the story's folder: of the seed and the property.
func (s Story) Folder() string {
	const most = 60 // file systems have limits
	name := fmt.Sprintf("seed-%d-%s", s.Seed, notInNames.ReplaceAllString(strings.ToLower(s.Property), "-"))
	return strings.Trim(strings.ToValidUTF8(name[:min(len(name), most)], ""), "-")
}

// Write writes the files of the story. A folder that is there is written again.
func (s Story) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("sim: write a failure: %w", err)
	}
	for name, write := range map[string]func(io.Writer) error{
		"failure.txt":    text(s.Report + "\n"),
		"replay.txt":     text(s.Replay + "\n"),
		"trace.txt":      func(w io.Writer) error { _, err := s.Trace.WriteTo(w); return err },
		"trace.jsonl":    func(w io.Writer) error { _, err := s.Trace.WriteJSON(w); return err },
		"talk.txt":       text(s.talk()),
		"story.feature":  text(s.feature()),
		"story_test.go":  s.test,
		"recording.html": s.Recording.Write,
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			return fmt.Errorf("sim: write a failure: %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o644); err != nil {
			return fmt.Errorf("sim: write a failure: %w", err)
		}
	}
	return nil
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// comment puts a text into comments, which begin with a sign.
func comment(sign, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(sign+" "+line, " \n") + "\n")
	}
	return b.String()
}
