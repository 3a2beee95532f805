// Package recording writes what happened in a world as one HTML file, which opens in any
// browser without a network: phones, the events, and Redis at any moment.
//
//	seen := recording.Recording{Title: "A talk with Ana", Events: world.Trace().Events()}
//	err := seen.Write(file)
//
// A failure that is written to a folder has one, and so has the chat's /save talk.html; both
// note Redis' keys too. A trace alone has only commands and answers, so a recording without
// Keys shows no Redis.
//
// A recording cannot be played on: a bot does not run backwards. Its replay line plays the
// whole run again.
package recording

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"sync"
	"time"

	"wappasim/fakewa/page/parts"
	"wappasim/sim/trace"
)

// Recording is what happened, and what is to be said about it.
type Recording struct {
	Title    string            `json:"title"`
	Replay   string            `json:"replay,omitempty"`   // the command that plays it again; "": there is none
	Property string            `json:"property,omitempty"` // that does not hold; "": nothing is known to be wrong
	Why      string            `json:"why,omitempty"`      // it does not
	Broke    int               `json:"broke,omitempty"`    // the number of the event at which it did not; 0: it is not known
	Names    map[string]string `json:"names,omitempty"`    // of people, by their numbers
	Events   []trace.Event     `json:"events"`
	Keys     *Keys             `json:"keys,omitempty"` // nil: they were not noted
}

//go:embed recording.html *.js recording.css
var files embed.FS

// page is what all recordings have in common.
type page struct {
	frame         *template.Template
	script, style []byte
}

var common = sync.OnceValues(func() (p page, err error) {
	var own []byte
	for _, name := range []string{"open.js", "story.js", "redis.js", "strip.js", "recording.js"} {
		module, err := files.ReadFile(name)
		if err != nil {
			return page{}, err
		}
		own = append(own, module...)
	}
	if p.script, err = parts.Script(own); err != nil {
		return page{}, err
	}
	sheet, err := files.ReadFile("recording.css")
	if err != nil {
		return page{}, err
	}
	if p.style, err = parts.Style(sheet); err != nil {
		return page{}, err
	}
	p.frame, err = template.ParseFS(files, "recording.html")
	return p, err
})

// Write writes the recording as an HTML file. It has what people and the bot wrote, and what
// was in Redis, as data: nothing of it is markup or script.
func (r Recording) Write(w io.Writer) error {
	if r.Events == nil {
		r.Events = []trace.Event{}
	}
	return write(w, r.Title, r)
}

// WriteViewer writes a page without a recording, in which a person opens one.
func WriteViewer(w io.Writer) error { return write(w, "Recordings", nil) }

func write(w io.Writer, title string, recording any) error {
	common, err := common()
	if err != nil {
		return fmt.Errorf("recording: make the page: %w", err)
	}
	data, err := json.Marshal(recording) // with < as \u003c, so that no text ends the element that holds it
	if err != nil {
		return fmt.Errorf("recording: encode what happened: %w", err)
	}
	var out bytes.Buffer
	err = common.frame.Execute(&out, map[string]any{
		"Title":  title,
		"Policy": "default-src 'none'; script-src '" + hash(common.script) + "'; style-src '" + hash(common.style) + "'; base-uri 'none'; form-action 'none'",
		"Style":  template.CSS(common.style),
		"Data":   template.HTML("<script id=\"data\" type=\"application/json\">" + string(data) + "</script>"),
		"Script": template.HTML("<script type=\"module\">" + string(common.script) + "</script>"),
	})
	if err != nil {
		return fmt.Errorf("recording: make the page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("recording: write: %w", err)
	}
	return nil
}

// hash names a script or a style sheet in a Content-Security-Policy.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Event returns the number of the event at a time: the first one then, else the last one before;
// 0: there is none.
func Event(events []trace.Event, at time.Time) (n int) {
	for _, e := range events {
		switch {
		case e.At.Equal(at):
			return e.N
		case e.At.After(at):
			return n
		}
		n = e.N
	}
	return n
}
