package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSending sends what is no text: a contact, a voice note, and a file.
func TestSending(t *testing.T) {
	s := start(t)
	p := s.open()
	p.Press("Send something else", ana)
	p.Press("Contact", ana+" .more")
	p.Fill("Name", "Dora Paz", ana+` [aria-label="Send a contact"]`)
	p.Press("Send contact", ana)
	p.Sees("Dora Paz", ana+" .messages")
	p.Press("Send something else", ana)
	p.Press("Voice note", ana)
	p.Sees("voice note", ana+" .messages")
	file := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(file, []byte("milk\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Press("Send something else", ana)
	p.Do(chromedp.SetUploadFiles(ana+` input[type=file]`, []string{file}))
	p.Sees("list.txt", ana+" .messages")
	for _, want := range []string{`"formatted_name":"Dora Paz"`, `"voice":true`, `"filename":"list.txt"`} {
		if !s.got(want) {
			t.Errorf("the bot got no %s", want)
		}
	}
}
