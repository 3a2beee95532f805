// Package browser drives a Chromium in tests, by what a person sees and does: it presses
// what has a name, fills in what has a label, and waits until words are on the page.
//
//	page := browser.Open(t, "http://"+addr+"/")
//	page.Fill("Message", "hello")
//	page.Press("Send")
//	page.Sees("You said: hello")
//
// A script that fails, or something that the page's Content-Security-Policy refuses,
// fails the test. Chromium is Debian's package of that name. Without it a test is
// skipped, and fails if the variable CI is set.
package browser

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show something. It is long, since a machine may
// be busy; nothing that works waits for it.
const patience = time.Minute

// Page is a page in a browser of its own.
type Page struct {
	Context context.Context // for actions of chromedp

	t        testing.TB
	mu       sync.Mutex // guards problems
	problems []string   // that scripts or the policy had
}

// Open opens a URL in a new browser, 1280 by 800 pixels. The browser ends with the test.
func Open(t testing.TB, url string) *Page {
	t.Helper()
	p := &Page{t: t}
	t.Cleanup(func() { // after the browser's end
		for _, problem := range p.Problems() {
			t.Errorf("in the page: %s", problem)
		}
	})
	p.Context = Start(t, p.listen, chromedp.WindowSize(1280, 800))
	Call(p, log.Enable, cdp.Empty{})
	p.Do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(url))
	return p
}

// listen keeps what goes wrong in the page.
func (p *Page) listen(event any) {
	var problem string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			problem += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		// A call that is refused is the page's to tell; what the policy refuses is not.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			problem = e.Entry.Text
		}
	}
	if problem != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.problems = append(p.problems, problem)
	}
}

// Problems are what went wrong in the page so far. They no longer fail the test.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	problems := p.problems
	p.problems = nil
	return problems
}

// Do takes actions of chromedp, which must succeed.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.Context, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("in the browser: %v", err)
	}
}

// Run takes an action of chromedp, which must succeed, and returns what it gives.
func Run[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.Context, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("in the browser: %v", err)
	}
	return value
}

// Call gives the browser a command of its protocol, which must succeed.
func Call[P, R any](p *Page, command cdp.Command[P, R], parameters P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.Context, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, parameters)
	if err != nil {
		p.t.Fatalf("in the browser: %v", err)
	}
	return result
}

// Resize sets the size of the window in pixels.
func (p *Page) Resize(width, height int64) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(width, height))
}

// Dark has the system prefer dark colours, or light ones.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	Call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Value returns what an expression of JavaScript is; T must fit it. A promise is awaited.
func Value[T any](p *Page, script string) T {
	p.t.Helper()
	return Run(p, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// Until waits until an expression of JavaScript is true. what says what is waited for.
func (p *Page) Until(what, script string) {
	p.t.Helper()
	for began := time.Now(); !Value[bool](p, "Boolean("+script+")"); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			p.t.Fatalf("%s: not within %v. The page:\n%s", what, patience, p.Text())
		}
	}
}

// Text is all that stands on the page.
func (p *Page) Text() string {
	p.t.Helper()
	return Value[string](p, "document.body.innerText")
}

// Picture takes a picture of the window and writes it to a file, as PNG.
func (p *Page) Picture(path string) {
	p.t.Helper()
	if err := os.WriteFile(path, Run(p, chromedp.CaptureScreenshot()), 0o644); err != nil {
		p.t.Fatal(fmt.Errorf("write a picture: %w", err))
	}
}
