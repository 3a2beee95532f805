// Package place is what a world has of its own on the machine: a folder and an id.
//
//	p := place.New(seed)
//	dir, err := p.Dir() // made now
//	err = p.Remove()    // the folder and what is in it
//	p.Free()            // the id may be given again
package place

import (
	"fmt"
	"os"
	"sync"
)

// Place is safe for concurrent use.
type Place struct {
	ID string // that no other has until Free

	mu   sync.Mutex // guards what follows
	made string     // the folder; "": none
}

var (
	taken   = make(map[string]bool) // ids
	takenMu sync.Mutex
)

// New returns a place whose id depends on the seed, and on how many others of that seed
// are taken.
func New(seed uint64) *Place {
	takenMu.Lock()
	defer takenMu.Unlock()
	id := fmt.Sprintf("world%x", seed)
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("world%x_%d", seed, n)
	}
	taken[id] = true
	return &Place{ID: id}
}

// Free lets the id be given again.
func (p *Place) Free() {
	takenMu.Lock()
	defer takenMu.Unlock()
	delete(taken, p.ID)
}

// Dir returns the folder, the same each time until Remove.
func (p *Place) Dir() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == "" {
		made, err := os.MkdirTemp("", p.ID+"-")
		if err != nil {
			return "", fmt.Errorf("sim: make a folder for the world: %w", err)
		}
		p.made = made
	}
	return p.made, nil
}

// Remove removes the folder, if there is one.
func (p *Place) Remove() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == "" {
		return nil
	}
	if err := os.RemoveAll(p.made); err != nil {
		return fmt.Errorf("sim: remove the world's folder: %w", err)
	}
	p.made = ""
	return nil
}
