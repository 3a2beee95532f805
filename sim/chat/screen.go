package chat

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"
)

// screen is the model of the full-screen program. Its loop never calls the world: a
// command of Bubble Tea does, one at a time, and brings back a moment.
type screen struct {
	chat          *Chat
	width, height int
	size          func() (width, height int, err error) // of the terminal; nil: there is none

	now          moment
	conversation conversation
	panel        panel
	input        textarea.Model
	history      history
	completion   completion

	stands bool      // time does
	last   time.Time // on the wall clock, until when virtual time has followed
	busy   bool      // a command works with the world
	doing  bool      // with a line
	queue  []string  // lines for when it has done so
}

// full talks on the whole screen of a terminal.
func (c *Chat) full(in, out *os.File) error {
	quits := func(_ tea.Model, msg tea.Msg) tea.Msg {
		if _, signal := msg.(tea.InterruptMsg); signal {
			return tea.QuitMsg{} // else it closes the input while it is being read
		}
		return msg
	}
	s := newScreen(c)
	s.size = func() (width, height int, err error) { return term.GetSize(int(out.Fd())) }
	if _, err := tea.NewProgram(s, tea.WithInput(in), tea.WithOutput(out), tea.WithFilter(quits)).Run(); err != nil {
		return fmt.Errorf("chat: %w", err)
	}
	return nil
}

func newScreen(c *Chat) *screen {
	s := &screen{chat: c, input: newInput()}
	s.conversation.note("Say something, or /help. Time runs as the clock on the wall; /wait 15s jumps, /pause stops it.", faint)
	s.take(c.work(nil))
	s.resize(80, 24)
	return s
}

// tick lets virtual time follow the clock on the wall.
type tick time.Time

func (s *screen) Init() tea.Cmd { return s.follow() }

// follow waits for the next tick: longer, if it takes long to look at the world.
func (s *screen) follow() tea.Cmd {
	return tea.Tick(max(pace, 5*s.now.took), func(t time.Time) tea.Msg { return tick(t) })
}

// missed asks for the size of a window that was resized before the program listened, or whose
// first size has overtaken its second.
func (s *screen) missed() tea.Cmd {
	if s.size == nil {
		return nil
	}
	if width, height, err := s.size(); err != nil || width < 1 || height < 1 || width == s.width && height == s.height {
		return nil
	}
	return tea.RequestWindowSize
}

func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.resize(msg.Width, msg.Height)
		return s, nil
	case tick:
		return s, tea.Batch(s.pass(time.Time(msg)), s.follow(), s.missed())
	case moment:
		s.busy, s.doing = false, false
		if s.take(msg) {
			return s, tea.Quit
		}
		return s, s.next()
	case tea.KeyPressMsg:
		if cmd, done := s.key(msg); done {
			return s, cmd
		}
	}
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(msg)
	s.layout()
	return s, cmd
}

// key does what a key is for, unless the input takes it.
func (s *screen) key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	if k.String() != "tab" && k.String() != "shift+tab" {
		s.completion.end()
	}
	page := max(s.rows()-1, 1)
	switch k.String() {
	case "ctrl+c":
		if s.input.Value() == "" {
			return tea.Quit, true
		}
		s.input.Reset() // as a shell does
	case "ctrl+z":
		return tea.Suspend, true
	case "ctrl+d":
		if s.input.Value() != "" {
			return nil, false
		}
		return tea.Quit, true
	case "enter":
		return s.enter(), true
	case "tab":
		s.complete(1)
	case "shift+tab":
		s.complete(-1)
	case "up":
		if s.input.Line() > 0 || !s.atEdge(true) {
			return nil, false
		}
		s.recall(-1)
	case "down":
		if s.input.Line() < s.input.LineCount()-1 || !s.atEdge(false) {
			return nil, false
		}
		s.recall(1)
	case "pgup":
		s.conversation.scroll(page)
	case "pgdown":
		s.conversation.scroll(-page)
	case "shift+up":
		s.panel.scroll(1)
	case "shift+down":
		s.panel.scroll(-1)
	case "alt+pgup":
		s.panel.scroll(page)
	case "alt+pgdown":
		s.panel.scroll(-page)
	case "esc":
		s.panel.show("")
	default:
		return nil, false
	}
	s.layout()
	return nil, true
}

// enter takes the line that was typed. A line that begins with "/" and has more lines
// behind it was pasted, and each is a line of its own.
func (s *screen) enter() tea.Cmd {
	text := s.input.Value()
	s.input.Reset()
	s.layout()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	s.history.add(text)
	s.conversation.scroll(-s.conversation.up)
	if strings.HasPrefix(text, "/") {
		s.queue = append(s.queue, strings.Split(text, "\n")...)
	} else {
		s.queue = append(s.queue, text)
	}
	return s.next()
}

// next begins with the next line that waits.
func (s *screen) next() tea.Cmd {
	for !s.busy && len(s.queue) > 0 {
		text := s.queue[0]
		s.queue = s.queue[1:]
		if s.own(text) {
			continue
		}
		if strings.HasPrefix(text, "/") {
			s.conversation.note(text, faint)
		} else if title := s.numbered(text); title != "" {
			text = "/tap " + title
		} else {
			text = strings.TrimPrefix(text, " ")
		}
		s.busy, s.doing = true, true
		return func() tea.Msg { return s.chat.work(func() error { return s.chat.line(text) }) }
	}
	return nil
}

// pass lets the time pass that has passed on the wall.
func (s *screen) pass(now time.Time) tea.Cmd {
	if s.last.IsZero() || s.stands {
		s.last = now
	}
	if s.busy || s.stands {
		return nil
	}
	passed := now.Sub(s.last).Truncate(time.Millisecond) // as Redis counts: what is due in 15 s is due after /wait 15s
	s.last = s.last.Add(passed)
	s.busy = true
	return func() tea.Msg { return s.chat.work(func() error { return s.chat.world.Wait(passed) }) }
}

// take shows a moment, and tells whether it is the last one.
func (s *screen) take(m moment) (over bool) {
	again := m.err != nil && s.now.err != nil && m.err.Error() == s.now.err.Error() && m.said == ""
	s.conversation.update(m)
	if m.said != "" {
		s.conversation.note(strings.TrimRight(m.said, "\n"), faint)
	}
	if m.err != nil && !again && !errors.Is(m.err, errQuit) {
		s.conversation.note(m.err.Error(), bad)
	}
	s.now = m
	s.panel.update(m)
	s.layout()
	return errors.Is(m.err, errQuit)
}

// own does what is about the screen alone, and tells whether the line was that.
func (s *screen) own(text string) bool {
	word := strings.TrimSpace(text)
	switch word {
	case "/trace", "/state", "/fault", "/help":
		s.panel.show(strings.TrimPrefix(word, "/"))
		s.panel.update(s.now)
	case "/pause":
		s.stands = !s.stands
		said := "time runs again"
		if s.stands {
			said = "time stands still until /pause"
		}
		s.conversation.note(said, faint)
	default:
		return false
	}
	s.layout()
	return true
}

// numbered returns the title of what a number taps: a button or row of the bot's last words.
func (s *screen) numbered(text string) string {
	var n int
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil || fmt.Sprint(n) != text || n < 1 || n > len(s.now.offered) {
		return ""
	}
	return s.now.offered[n-1]
}
