package recording_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"wappasim/sim"
	"wappasim/sim/recording"
)

func Example() {
	folder, err := os.MkdirTemp("", "recording")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	file, err := os.Create(filepath.Join(folder, "talk.html"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	world, err := sim.New(newTeller)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer world.Close()
	_ = world.Say("Ana", "hello")

	fmt.Println(save(world, file))
	// Output: <nil>
}

func save(world *sim.World, file io.Writer) error {
	seen := recording.Recording{Title: "A talk with Ana", Events: world.Trace().Events()}
	err := seen.Write(file)
	return err
}
