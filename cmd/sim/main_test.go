package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the scripts' golden parts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sim": main})
}

// TestScripts runs the chat as a user does, through pipes.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", UpdateScripts: *update})
}

// BenchmarkFirstPrompt is the time from start to prompt, of a world with a bot.
func BenchmarkFirstPrompt(b *testing.B) {
	for b.Loop() {
		in, err := os.Open(os.DevNull)
		if err != nil {
			b.Fatal(err)
		}
		if status := run(nil, in, os.Stdout, os.Stderr); status != 0 {
			b.Fatal(status)
		}
		in.Close()
	}
}
