package browser

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Start starts a headless Chromium and returns the context for actions of chromedp in its
// first page. What happens there is told to listen. The browser ends with the test, and
// takes its temporary files along.
func Start(t testing.TB, listen func(event any), options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("needs chromium: apt-get install chromium")
	}
	// A Chromium that is killed leaves its lock in the folder for temporary files. The
	// folder's name is short, as the lock is a socket: a path of up to 107 bytes.
	files, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(files); err != nil {
			t.Errorf("the browser's temporary files: %v", err)
		}
	})
	options = append(options, chromedp.ExecPath(path), chromedp.Env("TMPDIR="+files))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], options...)...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		closing, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := chromedp.Cancel(closing); err != nil {
			t.Logf("the browser ends: %v", err)
		}
		end()
	})
	// The first call starts the browser, and a deadline would be the browser's.
	if err := chromedp.Listen(ctx, listen); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}
