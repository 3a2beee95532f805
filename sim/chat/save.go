package chat

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// save writes the talk so far as a scenario or as a recording.
func (c *Chat) save(name string) error {
	var write func(io.Writer) error
	title := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	switch filepath.Ext(name) {
	case ".feature":
		write = func(w io.Writer) error { _, err := io.WriteString(w, c.scene.Feature(title)); return err }
	case ".html":
		seen := c.seen()
		seen.Title = title
		write = seen.Write
	default:
		return errUsage
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	fmt.Fprintf(c.side, "saved as %s\n", name)
	return nil
}
