package chat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wappasim/sim/internal/inside"
)

// keep writes the talk so far: as a recording if that is what the name ends in, else as a
// scenario.
func (c *Chat) keep(name string) error {
	const end = ".html"
	if filepath.Ext(name) != end {
		return c.save(name)
	}
	seen := inside.Recorded(c.world, c.keys)
	seen.Title = strings.TrimSuffix(filepath.Base(name), end)
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if err := errors.Join(seen.Write(file), file.Close()); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	fmt.Fprintf(c.side, "saved as %s\n", name)
	return nil
}
