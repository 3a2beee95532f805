package chat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// save writes the talk so far as a scenario.
func (c *Chat) save(name string) error {
	const end = ".feature"
	if filepath.Ext(name) != end {
		return errUsage
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	_, err = file.WriteString(c.scene.Feature(strings.TrimSuffix(filepath.Base(name), end)))
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	fmt.Fprintf(c.side, "saved as %s\n", name)
	return nil
}
