package chat

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/term"
)

// pace is how often virtual time catches up with the wall clock.
const pace = 100 * time.Millisecond

// Terminal talks on a terminal until /quit, Ctrl-C or Ctrl-D: on the whole screen, or with
// NO_COLOR or a TERM that is dumb or missing line by line. Virtual time keeps pace with the
// wall clock, and /wait jumps ahead of it.
func (c *Chat) Terminal(in, out *os.File) error {
	if name := os.Getenv("TERM"); os.Getenv("NO_COLOR") != "" || name == "dumb" || name == "" && runtime.GOOS != "windows" {
		return c.lines(in, out)
	}
	return c.full(in, out)
}

// lines talks line by line. What the bot says appears above the line that is being typed.
func (c *Chat) lines(in, out *os.File) error {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("chat: set up the terminal: %w", err)
	}
	defer term.Restore(int(in.Fd()), before)
	screen := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, c.prompt())
	resize := func() {
		if width, height, err := term.GetSize(int(out.Fd())); err == nil && width > 0 {
			_ = screen.SetSize(width, height) // keeps the old size
		}
	}
	resize()
	c.out, c.side = screen, screen
	fmt.Fprintln(screen, "Say something, or /help. Time runs as the clock on the wall; /wait 15s jumps.")

	stop := make(chan struct{})
	var pacing sync.WaitGroup
	pacing.Go(func() {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-stop:
				return
			case now := <-tick.C:
				resize()
				c.mu.Lock()
				passed := now.Sub(last).Truncate(time.Millisecond) // as Redis counts: what is due in 15 s is due after /wait 15s
				if err := c.world.Wait(passed); err != nil {
					c.complain(err)
				}
				last = last.Add(passed)
				c.show()
				c.mu.Unlock()
			}
		}
	})
	defer pacing.Wait()
	defer close(stop)

	for {
		text, err := screen.ReadLine()
		if errors.Is(err, io.EOF) { // Ctrl-C or Ctrl-D, which leave the cursor in the line
			fmt.Fprintln(screen)
			return nil
		}
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			return fmt.Errorf("chat: read: %w", err)
		}
		c.mu.Lock()
		err = c.line(text)
		c.show()
		if err != nil && !errors.Is(err, errQuit) {
			c.complain(err)
		}
		screen.SetPrompt(c.prompt())
		c.mu.Unlock()
		if errors.Is(err, errQuit) {
			return nil
		}
	}
}
