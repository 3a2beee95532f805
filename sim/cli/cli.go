// Package cli is the command line of a program that tests a bot: a chat with
// it, its scenarios, exploration, and talks that are replayed.
//
//	func main() { cli.Main(factory) }
//
// is such a program; "help" says what it does. Main lives here and not in sim,
// which does not know the steps and the chat that are built on it.
package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cucumber/godog"
	"golang.org/x/term"

	"wappasim/sim"
	"wappasim/sim/chat"
	"wappasim/sim/steps"
	"wappasim/sim/web"
)

// Program is what a command line tests. Bot is required.
type Program struct {
	Name    string      // default: that of its file
	Command string      // how a person calls it, for the lines that replay; default: as it was called
	Bot     sim.Factory // called after the flags were read

	// Options are those of all worlds: of the chat, scenarios, exploration and replay.
	// What a flag, a step, a workload or a recording sets comes after them.
	Options []sim.Option

	Register   func(*godog.ScenarioContext) // adds all steps in a world; default [steps.Register] with Options, and Steps
	Steps      func(*godog.ScenarioContext) // adds the program's own steps that are made of others, also with a running bot; may be nil
	Settings   []string                     // patterns of steps that set the bot up; see [steps.LiveConfig]
	Properties func() []sim.Property        // default [sim.AnyBot]; called after the flags were read
	Faults     []sim.FaultKind              // that the bot tolerates; explore injects them by default

	Flags func(*flag.FlagSet) // adds flags of the bot's; may be nil
}

// Main runs the program of a bot and exits.
func Main(f sim.Factory, properties ...sim.Property) {
	p := Program{Bot: f}
	if properties != nil {
		p.Properties = func() []sim.Property { return properties }
	}
	os.Exit(p.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const usage = `usage: %[1]s [flags]                         chat with the bot
       %[1]s test [flags] [FILE or FOLDER]   play scenarios, in worlds or with a running bot
       %[1]s explore [flags]                 look for the seed that breaks a property
       %[1]s replay [flags] TALK.jsonl       play a recorded talk and compare the bot's half
       %[1]s steps                           print the steps of scenarios, as Markdown
       %[1]s COMMAND -help                   list the flags of a command
`

// Run does what the arguments say, and returns the exit status: 0, 1 if the bot
// is at fault, 2 if the arguments are.
func (p Program) Run(args []string, stdin, stdout *os.File, stderr io.Writer) (status int) {
	p.Name = cmp.Or(p.Name, filepath.Base(os.Args[0]))
	p.Command = cmp.Or(p.Command, called(os.Args[0]))
	if p.Properties == nil {
		p.Properties = sim.AnyBot
	}
	if p.Register == nil {
		p.Register = func(sc *godog.ScenarioContext) {
			steps.Suite{Bot: p.Bot, Options: p.Options, Properties: p.Properties}.Register(sc)
			if p.Steps != nil {
				p.Steps(sc)
			}
		}
	}
	word := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		word, args = args[0], args[1:]
	}
	c := &call{Program: p, stdin: stdin, stdout: stdout, stderr: stderr, name: strings.TrimSpace(p.Name + " " + word)}
	c.flags = flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.flags.SetOutput(stderr)
	if word == "" {
		c.flags.Usage = func() {
			fmt.Fprintf(stderr, usage+"flags of the chat:\n", p.Name)
			c.flags.PrintDefaults()
		}
	}
	if p.Flags != nil {
		p.Flags(c.flags)
	}
	var err error
	switch word {
	case "":
		err = c.chat(args)
	case "test":
		err = c.test(args)
	case "explore":
		err = c.explore(args)
	case "replay":
		err = c.replay(args)
	case "steps":
		_, err = io.WriteString(stdout, steps.Document())
	case "help":
		fmt.Fprintf(stdout, usage, p.Name)
	default:
		err = wrong("there is no command %q: %s help lists them", word, p.Name)
	}
	switch bad, ok := errors.AsType[*wrongArguments](err); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case ok:
		if bad.text != "" {
			fmt.Fprintf(stderr, "%s: %s\n", c.name, bad.text)
		}
		return 2
	}
	if !errors.Is(err, errFailed) {
		fmt.Fprintln(stderr, err)
	}
	return 1
}

// called returns how a person can call the program again: go run has removed it by then.
func called(program string) string {
	if strings.Contains(program, "go-build") {
		return filepath.Base(program)
	}
	return program
}

// call is one run of a program.
type call struct {
	Program
	name          string
	flags         *flag.FlagSet
	stdin, stdout *os.File
	stderr        io.Writer
}

// wrongArguments are the caller's fault. The text is empty if they were told.
type wrongArguments struct{ text string }

func (e *wrongArguments) Error() string { return e.text }

func wrong(format string, args ...any) error { return &wrongArguments{fmt.Sprintf(format, args...)} }

// errFailed is returned when what failed was told.
var errFailed = errors.New("failed")

// parse reads the flags and returns the arguments after them, as many as wanted.
func (c *call) parse(args []string, least, most int) ([]string, error) {
	switch err := c.flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, err
	case err != nil:
		return nil, &wrongArguments{}
	case c.flags.NArg() > most:
		return nil, wrong("%q is one argument too many", c.flags.Arg(most))
	case c.flags.NArg() < least:
		return nil, wrong("the name of a file is missing")
	}
	return c.flags.Args(), nil
}

// pipeStart is when time begins on a pipe.
var pipeStart = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func (c *call) chat(args []string) error {
	start := c.flags.String("start", "", "the `time` at which the world begins, as 2026-01-05T10:30:45Z (default now on a terminal, "+pipeStart.Format(time.RFC3339)+" on a pipe)")
	user := c.flags.String("user", "+1234567890", "your `number`")
	var page webFlag
	c.flags.Var(&page, "web", "serve the world to a browser, at `-web=ADDRESS` or at "+webAddress)
	seed := c.flags.Uint64("seed", 0, "with -web: the `seed` from which ids come")
	host := c.flags.String("host", "", "with -web: another `name` under which the world is called, such as that of a container")
	replicas := c.flags.Int("replicas", 1, "with -web: `how many` bots there are")
	if _, err := c.parse(args, 0, 0); err != nil {
		return err
	}
	onTerminal := term.IsTerminal(int(c.stdin.Fd())) && term.IsTerminal(int(c.stdout.Fd()))
	begin := pipeStart
	if onTerminal {
		begin = time.Now().Truncate(time.Millisecond)
	}
	options := append([]sim.Option{sim.Start(begin)}, c.Options...)
	if *start != "" {
		given, err := time.Parse(time.RFC3339, *start)
		if err != nil {
			return wrong("-start is %q: want a time like 2026-01-05T10:30:45Z", *start)
		}
		options = append(options, sim.Start(given))
	}
	if page.on {
		return c.web(page.address, web.Config{Bot: c.Bot, Options: options, Seed: *seed, Replicas: *replicas, Hosts: strings.Fields(*host)})
	}
	w, err := sim.New(c.Bot, options...)
	if err != nil {
		return &wrongArguments{err.Error()}
	}
	begin = w.Now()
	began := time.Now()
	talk, err := chat.New(w, *user)
	switch {
	case err != nil:
	case onTerminal:
		err = talk.Terminal(c.stdin, c.stdout)
	default:
		err = talk.Pipe(c.stdin, c.stdout, c.stderr)
		if passed := w.Now().Sub(begin); passed > 0 {
			defer func() { c.cost(passed, time.Since(began)) }()
		}
	}
	return errors.Join(err, w.Close())
}

// cost tells what time has cost.
func (c *call) cost(simulated, took time.Duration) {
	fmt.Fprintf(c.stderr, "%s simulated in %s\n", simulated.Round(time.Millisecond), took.Round(100*time.Microsecond))
}

func (c *call) replay(args []string) error {
	names, err := c.parse(args, 1, 1)
	if err != nil {
		return err
	}
	talk, err := os.Open(names[0])
	if err != nil {
		return wrong("%v", err)
	}
	defer talk.Close()
	if err := sim.Replay(c.Bot, talk, c.Options...); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s: the bot says what it said\n", names[0])
	return nil
}
