package recording_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	chromium "wappasim/internal/browser"
)

// patience is how long a browser may take for one step: a machine may be busy.
const patience = 4 * time.Minute

// browser is a page in a browser that reaches no network.
type browser struct {
	t   testing.TB
	ctx context.Context

	mu    sync.Mutex // guards what follows
	asked []string   // URLs
	threw []string   // what scripts have thrown
}

// open opens a file in a headless Chromium in which every name is unknown and every connection
// is refused. The test is skipped without Chromium, but for CI=true.
func open(t testing.TB, file string, width int64) *browser {
	t.Helper()
	b := &browser{t: t}
	b.ctx = chromium.Start(t, b.listen, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), chromedp.ProxyServer("127.0.0.1:9"))
	file, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(width, 800), chromedp.Navigate("file://"+file))
	return b
}

// listen notes what the page asks for and what goes wrong in it.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "file:") || len(b.asked) == 0 {
			b.asked = append(b.asked, e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.threw = append(b.threw, e.ExceptionDetails.Text)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// press presses a key as a person does.
func (b *browser) press(key string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

// ask evaluates an expression.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// prefer has the browser prefer light or dark.
func (b *browser) prefer(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// shoot writes a picture of what is seen into the folder RECORDING_SHOTS, for people.
func (b *browser) shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("RECORDING_SHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// end wants the page to have asked for nothing but itself, and to have thrown nothing.
func (b *browser) end() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.asked) != 1 || !strings.HasPrefix(b.asked[0], "file:") {
		b.t.Errorf("the page asked for %q", b.asked)
	}
	if b.threw != nil {
		b.t.Errorf("the page threw %q", b.threw)
	}
}
