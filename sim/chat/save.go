package chat

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"wappasim/sim/internal/inside"
)

// save writes the talk so far as what the name ends in: a scenario or a recording.
func (c *Chat) save(name string) error {
	end := filepath.Ext(name)
	title := strings.TrimSuffix(filepath.Base(name), end)
	var write func(io.Writer) error
	switch end {
	case ".feature":
		write = func(w io.Writer) error {
			_, err := io.WriteString(w, c.scene.Feature(title))
			return err
		}
	case ".html":
		seen := inside.Recorded(c.world, c.keys)
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
