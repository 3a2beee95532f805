package steps

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/sim"
	"wappasim/sim/internal/inside"
)

// outVariable is the environment variable that names the folder for failures.
const outVariable = "SIM_OUT"

// record notes what happens, if there is a folder for failures.
func (s *scenario) record(w *sim.World) {
	if os.Getenv(outVariable) != "" {
		s.keys = inside.Record(w)
	}
}

var notInNames = regexp.MustCompile(`[^\pL\pN]+`)

// writeRecording writes what happened in a scenario that failed, at an event, into a file that
// is named after it.
func (s *scenario) writeRecording(played *godog.Scenario, failed error, broke int) error {
	if s.keys == nil || failed == nil || errors.Is(failed, godog.ErrSkip) || errors.Is(failed, godog.ErrUndefined) || errors.Is(failed, godog.ErrPending) {
		return nil
	}
	seen := inside.Recorded(s.begun, s.keys)
	seen.Title, seen.Why, seen.Broke = played.Name, failed.Error(), broke
	folder := os.Getenv(outVariable)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	const most = 100 // file systems have limits
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(strings.TrimSuffix(filepath.Base(played.Uri), ".feature")+" "+played.Name), "-"), "-")
	file, err := os.Create(filepath.Join(folder, strings.ToValidUTF8(name[:min(len(name), most)], "")+".html"))
	if err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	return errors.Join(seen.Write(file), file.Close())
}
