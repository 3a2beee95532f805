package recording_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"wappasim/sim/recording"
	"wappasim/sim/trace"
)

// TestARecordingIsOpened chooses files in the viewer: one that is no recording, one whose data is
// none, and one that is. Nothing that stands in a file is carried out.
func TestARecordingIsOpened(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	made := func(name string, into func(*os.File) error) string {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := into(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	viewer := made("viewer.html", func(f *os.File) error { return recording.WriteViewer(f) })
	good := made("good.html", func(f *os.File) error {
		return recording.Recording{Title: "</script><script>hacked = true</script>", Events: []trace.Event{{N: 1, Who: "Ana", What: trace.Says, Text: "hello"}}}.Write(f)
	})
	b := open(t, viewer, 1200)
	choose := func(file string) { b.do(chromedp.SetUploadFiles("#file", []string{file})) }
	until := func(what string) {
		ask[bool](b, "new Promise((done) => { const look = () => ("+what+" ? done(true) : setTimeout(look, 10)); look(); })")
	}
	said := func() string { return ask[string](b, "document.querySelector('[role=status]').textContent") }
	for _, file := range []string{write("other.html", "<p>hello</p><script>hacked = true</script>"), write("odd.html", `<script id="data" type="application/json">{"events":1}</script>`)} {
		choose(file)
		until(fmt.Sprintf("document.querySelector('[role=status]').textContent.includes(%q)", filepath.Base(file)))
		if want := filepath.Base(file) + " is no recording: want an HTML file that was saved as one."; said() != want {
			t.Errorf("got %q", said())
		}
	}
	choose(good)
	until("document.querySelector('input[type=range]')")
	if title, hacked := ask[string](b, "document.title"), ask[bool](b, "'hacked' in window"); title != "</script><script>hacked = true</script>" || hacked {
		t.Errorf("the title is %q; a script of the file was carried out: %t", title, hacked)
	}
	b.end()
}
