package chat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Pipe reads lines until their end or /quit. Time stands still but for /wait, so
// that the same lines give the same output. What is said goes to out: the line
// behind a prompt, then what the bot says. Everything else goes to side.
func (c *Chat) Pipe(in io.Reader, out, side io.Writer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out, c.side = out, side
	for lines := bufio.NewReader(in); ; {
		text, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("chat: read: %w", err)
		}
		if text == "" {
			return nil
		}
		if text[len(text)-1] != '\n' {
			text += "\n"
		}
		if _, err := io.WriteString(out, c.prompt()+text); err != nil {
			return fmt.Errorf("chat: write: %w", err)
		}
		done := c.line(text)
		c.show()
		switch {
		case errors.Is(done, errQuit):
			return nil
		case c.err != nil:
			return fmt.Errorf("chat: write: %w", c.err)
		case done != nil:
			c.complain(done)
		}
	}
}
